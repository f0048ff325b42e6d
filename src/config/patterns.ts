import type { ForgeName } from "../domain/refs.js";
import type { RepositoryPattern } from "./configuration.js";
import { suggestion } from "./nearest.js";

/** Why a text is not what it should be, and the way out. */
export interface Refusal {
  readonly message: string;
  readonly remedy?: string | undefined;
}

export const placeholder = "{name}";

/** Reads `gitlab.com/group/{name}`: a forge that the file names, and a path on it. */
export function readRepositoryPattern(
  text: string,
  forges: readonly ForgeName[],
): { readonly pattern: RepositoryPattern } | { readonly refusal: Refusal } {
  const slash = text.indexOf("/");
  const forge = text.slice(0, Math.max(slash, 0));
  const path = text.slice(slash + 1);
  const refusal = refusalOfForm(text) ?? refusalOfForge(forge, forges) ?? refusalOfPath(path);
  return refusal ? { refusal } : { pattern: { forge, path } };
}

/** Each takes the length of a branch name as a factor more to look for. */
const mostStars = 3;

/** Why a branch pattern is none; `*` stands for any characters. */
export function refusalOfBranch(pattern: string): Refusal | undefined {
  const bad =
    pattern === "" ||
    pattern === "@" ||
    // eslint-disable-next-line no-control-regex -- git allows no control characters in names of branches.
    /[\x00-\x20\x7f~^:?[\\]|\.\.|@\{|\/\/|^[-/.]|\/\.|[/.]$|\.lock(\/|$)/.test(pattern);
  if (pattern.split("*").length - 1 > mostStars) {
    return { message: `has more than ${mostStars} stars`, remedy: "Write what they stand for." };
  }
  if (!bad) return undefined;
  return {
    message: "not a branch name or pattern",
    remedy: "Write a branch name as git takes it; * stands for any characters.",
  };
}

function refusalOfForm(text: string): Refusal | undefined {
  if (/^[a-z+]+:\/\/|^git@/.test(text)) {
    return { message: "an address, not a repository", remedy: "Write gitlab.com/group/name." };
  }
  if (!text.includes("/")) return { message: "names no repository", remedy: "Write <forge>/<path>." };
  return undefined;
}

function refusalOfForge(forge: ForgeName, forges: readonly ForgeName[]): Refusal | undefined {
  if (forges.includes(forge)) return undefined;
  return { message: `forge ${forge} is not listed under forges`, remedy: suggestion(forge, forges) };
}

function refusalOfPath(path: string): Refusal | undefined {
  const [before = "", after = "", ...more] = path.split(placeholder);
  if (more.length > 0) return { message: `${placeholder} stands in it more than once` };
  const rest = before + after;
  if (/[{}*]/.test(rest)) return { message: `${placeholder} is the only placeholder in a path` };
  if (path.endsWith(".git")) return { message: "ends in .git", remedy: "Leave .git out." };
  const components = path.replace(placeholder, "name").split("/");
  if (components.length < 2)
    return { message: "names no repository", remedy: "Write <forge>/<group>/<name>." };
  if (components.every((component) => /^\w[\w.+-]*$|^\.\w[\w.+-]*$/.test(component))) return undefined;
  return { message: "not a path of a repository", remedy: "Write <forge>/<group>/<name>, without spaces." };
}

/** What stands in place of `{name}`: one path component; the empty string where the pattern has no placeholder. */
export function nameIn(pattern: string, path: string): string | undefined {
  const [before = "", after] = pattern.split(placeholder);
  const compared = path.toLowerCase();
  if (after === undefined) return compared === pattern.toLowerCase() ? "" : undefined;
  const fits =
    compared.startsWith(before.toLowerCase()) &&
    compared.endsWith(after.toLowerCase()) &&
    path.length > before.length + after.length;
  const name = path.slice(before.length, path.length - after.length);
  return fits && !name.includes("/") ? name : undefined;
}
