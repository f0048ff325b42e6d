import type { Person } from "../../config/configuration.js";
import type { ForgeName } from "../../domain/refs.js";
import { codeCell } from "../wording/cells.js";
import type { Link } from "./links.js";

/**
 * How dist-git's texts name somebody of source-git, as Markdown: by their login there where the users file knows it, which
 * notifies them only if the link wants it; else by the login that they have in source-git.
 */
export function namedInDistGit({ entry, users }: Link, login: string): string {
  const known = loginOn(entry.distGit.forge, { users, forge: entry.sourceGit.forge, login });
  if (known === undefined) return codeCell(login);
  return entry.mentions ? `@${known}` : codeCell(known);
}

interface Known {
  readonly users: readonly Person[];
  readonly forge: ForgeName;
  readonly login: string;
}

/** Forges compare logins without regard to case. */
function loginOn(there: ForgeName, { users, forge, login }: Known): string | undefined {
  return users.find((person) => person.get(forge)?.toLowerCase() === login.toLowerCase())?.get(there);
}
