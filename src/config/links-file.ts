import { readFile } from "node:fs/promises";
import type { z } from "zod";
import { UserError } from "../domain/errors.js";
import { commandDefaults, type CommandSettings, type Rights } from "../domain/command.js";
import type { ForgeName } from "../domain/refs.js";
import { type CheckedLink, contradictionsIn } from "./contradictions.js";
import type { ForgeEntry } from "./forge-entry.js";
import { check, keyOf, valueAt } from "./check.js";
import { camelKeys } from "./camel.js";
import type { Limits, LinkEntry, LinkLayout, LinkPolicy } from "./configuration.js";
import { type Path, readYaml, type YamlFile } from "./document.js";
import type { Problem } from "./problem.js";
import { defaultsSchema, linkSchema, refusalOfSides } from "./link-schema.js";
import { commandsSchema, fileSchema, forgeSchema, settingsSchema } from "./schema.js";

/** What the links file says, as far as it is right, and everything that is wrong with it. */
export interface LinksFile {
  readonly forges: readonly ForgeEntry[];
  readonly links: readonly LinkEntry[];
  readonly commands: CommandSettings;
  /** Where the people are listed, from the folder of this file. */
  readonly users: string | undefined;
  readonly limits: Limits;
  readonly keepDeliveries: number;
  readonly keepEnded: number;
  readonly reconcile: number | undefined;
  readonly apiReserve: number;
  readonly gitCache: number;
  readonly problems: readonly Problem[];
}

/** Reads and checks the links file; throws `UserError` where there is none. */
export async function readLinksFile(file: string): Promise<LinksFile> {
  return checkLinksFile(file, await textOf(file));
}

/** Checks the text of a links file: every mistake is reported, each with file, line, column and key. */
export function checkLinksFile(file: string, text: string): LinksFile {
  const yaml = readYaml(file, text);
  if (yaml.problems.length > 0) return { ...nothing, problems: yaml.problems };
  if (yaml.value === null) {
    const problem = { where: yaml.where([]), key: "", message: "the file is empty", remedy: example };
    return { ...nothing, problems: [problem] };
  }
  const whole = check(yaml, [], fileSchema);
  const forges = namesUnder(yaml, "forges").map((name) => checkForge(yaml, name));
  const names = forges.map(({ name }) => name);
  const defaults = checkDefaults(yaml);
  const links = indexesUnder(yaml, "links").map((index) =>
    checkLink({ yaml, path: ["links", index] }, { forges: names, defaults: defaults.policy }),
  );
  const commands = checkCommands(yaml);
  const known = forges.flatMap(({ entry }) => entry ?? []);
  const contradictions = { problems: contradictionsIn(yaml, links, known) };
  return {
    forges: known,
    links: links.flatMap(({ entry }) => entry ?? []),
    commands: commands.settings,
    ...settingsOf(yaml),
    problems: [whole, ...forges, commands, defaults, ...links, contradictions].flatMap(
      ({ problems }) => problems,
    ),
  };
}

/** What a link does where neither it nor `defaults` says anything. */
const policyDefaults: LinkPolicy = {
  branches: [["*", "*"]],
  trust: "members",
  trusted: [],
  trustLaterPushes: false,
  trustByReview: true,
  sensitivePaths: [],
  labels: [],
  results: "jobs",
  requiredResults: [],
  logExcerpts: false,
  distChanges: "merge-request",
  via: "branch",
  afterSourceMerge: "keep",
  mergeWithoutCi: "never",
  afterDistMerge: "comment",
  mentions: false,
  identities: {},
};

const nothing = { forges: [], links: [], commands: commandDefaults, ...settingsOf({ value: {} }) };

const example = "Name forges and links; the README has an example.";

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UserError(
      missing ? "missing" : "invalid",
      {
        message: missing ? "there is no links file" : "the links file cannot be read",
        where: file,
        remedy: "Name one with --config FILE; the README has an example.",
      },
      { cause: error },
    );
  }
}

function checkCommands(yaml: YamlFile): {
  readonly settings: CommandSettings;
  readonly problems: readonly Problem[];
} {
  if (valueAt(yaml.value, ["commands"]) === undefined) return { settings: commandDefaults, problems: [] };
  const { data, problems } = check(yaml, ["commands"], commandsSchema);
  if (!data) return { settings: commandDefaults, problems };
  const given = Object.entries(data.rights).filter(([, right]) => right !== undefined);
  const rights = { ...commandDefaults.rights, ...Object.fromEntries(given) } as Rights;
  return { settings: { prefix: data.prefix, rights }, problems };
}

function checkForge(yaml: YamlFile, name: ForgeName) {
  const path = ["forges", name];
  const { data, problems } = check(yaml, path, forgeSchema(kindOf(yaml, path)));
  const all = [...problems, ...badName(yaml, name)];
  if (!data) return { name, entry: undefined, problems: all };

  const { kind, url = `https://${name}`, secrets = {}, webhooks } = data;
  const identities = Object.entries(data.identities ?? {}).map(([id, identity]) => {
    const place = [...path, "identities", id];
    return { id, secrets: identity.secrets, where: yaml.where(place, "key"), key: keyOf(place) };
  });
  const place = { where: yaml.where(path, "key"), key: keyOf(path) };
  const entry = { name, kind, url, secrets, identities, webhooks, ...place };
  return { name, entry, problems: all };
}

function kindOf(yaml: YamlFile, path: Path): unknown {
  const value = valueAt(yaml.value, path);
  return value instanceof Object && "kind" in value ? value.kind : undefined;
}

/** The name is part of links (before the first slash) and of the webhook's address. */
function badName(yaml: YamlFile, name: ForgeName): Problem[] {
  if (/^[A-Za-z0-9][A-Za-z0-9.:-]*$/.test(name)) return [];
  const path = ["forges", name];
  const remedy = "Use letters, digits, dots and dashes, best the host's name; the address goes under url.";
  return [{ where: yaml.where(path, "key"), key: keyOf(path), message: "not a name for a forge", remedy }];
}

/** Settings that are one value each; what is wrong with them is found with the whole file. */
function settingsOf({
  value,
}: Pick<YamlFile, "value">): Pick<
  LinksFile,
  "users" | "limits" | "keepDeliveries" | "keepEnded" | "reconcile" | "apiReserve" | "gitCache"
> {
  const { users, limits, ...rest } = settingsSchema.safeParse(value).data ?? settingsSchema.parse({});
  return {
    ...{ users, limits: camelKeys(limits), keepDeliveries: rest["keep-deliveries"] },
    keepEnded: rest["keep-ended"],
    ...{ reconcile: rest.reconcile, apiReserve: rest["api-reserve"], gitCache: rest["git-cache"] },
  };
}

type GivenPolicy = Partial<LinkPolicy & { readonly layout: LinkLayout }>;

function checkDefaults(yaml: YamlFile): {
  readonly policy: GivenPolicy;
  readonly problems: readonly Problem[];
} {
  if (valueAt(yaml.value, ["defaults"]) === undefined) return { policy: {}, problems: [] };
  const { data, problems } = check(yaml, ["defaults"], defaultsSchema);
  return { policy: data ? policyOf(data) : {}, problems };
}

function policyOf({ identities, ...given }: z.output<typeof defaultsSchema>): GivenPolicy {
  const policy = camelKeys(given);
  return { ...policy, ...(identities && { identities: camelKeys(identities) }) };
}

interface ReadLink extends CheckedLink {
  readonly problems: readonly Problem[];
}

function checkLink(
  { yaml, path }: { readonly yaml: YamlFile; readonly path: Path },
  { forges, defaults }: { readonly forges: readonly ForgeName[]; readonly defaults: GivenPolicy },
): ReadLink {
  const { data, problems } = check(yaml, path, linkSchema(forges, defaults));
  if (!data) return { path, entry: undefined, problems };

  const { "source-git": sourceGit, "dist-git": distGit, ...given } = data;
  const { layout, ...policy } = { ...policyDefaults, ...defaults, ...policyOf(given) };
  if (layout === undefined) return { path, entry: undefined, problems };
  const entry = { ...policy, sourceGit, distGit, layout, line: yaml.line(path) };
  const refusal = refusalOfSides(sourceGit, distGit);
  if (!refusal) return { path, entry, problems };
  return { path, entry, problems: [...problems, { where: yaml.where(path), key: keyOf(path), ...refusal }] };
}

function namesUnder(yaml: YamlFile, key: string): string[] {
  const value = valueAt(yaml.value, [key]);
  return value instanceof Object && !Array.isArray(value) ? Object.keys(value) : [];
}

function indexesUnder(yaml: YamlFile, key: string): number[] {
  const value = valueAt(yaml.value, [key]);
  return Array.isArray(value) ? [...value.keys()] : [];
}
