import type { ForgeEntry } from "./forge-entry.js";
import type { Problem } from "./problem.js";

/** The variables that hold a forge's secrets, by role; a role that the forge does without has none. */
export type Variables = Readonly<Partial<Record<string, string>>>;

/** Unless `sluice.yml` names others; GitHub's are Probot's. */
const defaults = {
  gitlab: { token: "GITLAB_TOKEN", webhook: "GITLAB_WEBHOOK_SECRET", signing: "GITLAB_SIGNING_TOKEN" },
  github: {
    "app-id": "APP_ID",
    "private-key": "PRIVATE_KEY",
    webhook: "WEBHOOK_SECRET",
    token: "GITHUB_TOKEN",
  },
} as const;

/** Who names one of two alternatives (App or token, secret or signing token) does not want the other by default. */
const alternatives: readonly (readonly [named: string, unwanted: readonly string[]])[] = [
  ["app-id", ["token"]],
  ["token", ["app-id", "private-key"]],
  ["webhook", ["signing"]],
  ["signing", ["webhook"]],
];

/** Whose forge has named identities acts as one of those, unless its own credentials are named, too. */
const credentials = ["token", "app-id", "private-key"];

export function variablesOf({ kind, secrets, identities }: ForgeEntry): Variables {
  const alternative = alternatives.flatMap(([named, others]) => (secrets[named] === undefined ? [] : others));
  const unwanted = identities.length === 0 ? alternative : [...alternative, ...credentials];
  const wanted = Object.entries(defaults[kind]).filter(([role]) => !unwanted.includes(role));
  return { ...Object.fromEntries(wanted), ...secrets };
}

/** Two forges of a kind cannot both live on the default variables: their secrets differ. */
export function sharedDefaults(entries: readonly ForgeEntry[]): Problem[] {
  const users = new Map<string, ForgeEntry>();
  return entries.flatMap((entry) => {
    const byDefault = Object.entries(variablesOf(entry)).filter(
      ([role]) => entry.secrets[role] === undefined,
    );
    const shared = byDefault.filter(([, variable = ""]) => users.has(variable));
    for (const [, variable = ""] of byDefault) users.set(variable, users.get(variable) ?? entry);
    return shared.length === 0 ? [] : [sharing(entry, Object.fromEntries(shared))];
  });
}

function sharing(entry: ForgeEntry, shared: Variables): Problem {
  const message = `would use the same ${Object.values(shared).join(", ")} as another ${entry.kind} forge`;
  const own = Object.entries(shared).map(
    ([role, variable = ""]) => `${role}: ${prefixed(entry.name, variable)}`,
  );
  const remedy = `Name variables of its own, for example secrets: { ${own.join(", ")} }.`;
  return { where: entry.where, key: entry.key, message, remedy };
}

function prefixed(forge: string, variable: string): string {
  const prefix = forge.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return `${/^\d/.test(prefix) ? "FORGE_" : ""}${prefix}_${variable.replace(/^GIT(LAB|HUB)_/, "")}`;
}
