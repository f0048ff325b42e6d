import { readFile } from "node:fs/promises";
import { UserError } from "../domain/errors.js";
import { commandDefaults, type CommandSettings, type Rights } from "../domain/command.js";
import type { ForgeName } from "../domain/refs.js";
import { check, keyOf, valueAt } from "./check.js";
import type { ForgeSettings, LinkEntry } from "./configuration.js";
import { type Path, readYaml, type YamlFile } from "./document.js";
import type { Problem } from "./problem.js";
import { commandsSchema, fileSchema, forgeSchema, linkSchema, refusalOfSides } from "./schema.js";

/** What the links file says, as far as it is right, and everything that is wrong with it. */
export interface LinksFile {
  readonly forges: readonly ForgeEntry[];
  readonly links: readonly LinkEntry[];
  readonly commands: CommandSettings;
  readonly problems: readonly Problem[];
}

/** A forge as the file has it: its secrets are still names of variables. */
export interface ForgeEntry {
  readonly name: ForgeName;
  readonly kind: ForgeSettings["kind"];
  readonly url: string;
  /** The variables named in the file, by role: `token`, `webhook`, … */
  readonly secrets: Readonly<Partial<Record<string, string>>>;
  /** Where it stands, for problems with what the environment has for it. */
  readonly where: string;
  readonly key: string;
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
  const links = indexesUnder(yaml, "links").map((index) => checkLink(yaml, index, names));
  const commands = checkCommands(yaml);
  return {
    forges: forges.flatMap(({ entry }) => entry ?? []),
    links: links.flatMap(({ entry }) => entry ?? []),
    commands: commands.settings,
    problems: [whole, ...forges, commands, ...links, repeated(yaml, links)].flatMap(
      ({ problems }) => problems,
    ),
  };
}

const nothing = { forges: [], links: [], commands: commandDefaults };

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

  const { kind, url = `https://${name}`, secrets = {} } = data;
  const entry = { name, kind, url, secrets, where: yaml.where(path, "key"), key: keyOf(path) };
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

interface CheckedLink {
  readonly index: number;
  readonly entry: LinkEntry | undefined;
  readonly problems: readonly Problem[];
}

function checkLink(yaml: YamlFile, index: number, forges: readonly ForgeName[]): CheckedLink {
  const path = ["links", index];
  const { data, problems } = check(yaml, path, linkSchema(forges));
  if (!data) return { index, entry: undefined, problems };

  const { "source-git": sourceGit, "dist-git": distGit, layout, trust } = data;
  const refusal = refusalOfSides(sourceGit, distGit);
  const { "after-source-merge": afterSourceMerge, "after-dist-merge": afterDistMerge } = data;
  const branches = Object.entries(data.branches);
  const trusting = {
    trust,
    trusted: data.trusted,
    trustLaterPushes: data["trust-later-pushes"],
    trustByReview: data["trust-by-review"],
    sensitivePaths: data["sensitive-paths"],
  };
  const { labels } = data;
  const entry = {
    sourceGit,
    distGit,
    layout,
    branches,
    ...trusting,
    labels,
    afterSourceMerge,
    afterDistMerge,
    distChanges: data["dist-changes"],
  };
  if (!refusal) return { index, entry, problems };
  return { index, entry, problems: [...problems, { where: yaml.where(path), key: keyOf(path), ...refusal }] };
}

/** Two links between the same repositories: which of them should hold? Back and forth, each would mirror the other's. */
function repeated(yaml: YamlFile, links: readonly CheckedLink[]): { readonly problems: readonly Problem[] } {
  const first = new Map<string, number>();
  const problems = links.flatMap(({ index, entry }) => {
    if (!entry) return [];
    const { sourceGit, distGit } = entry;
    const sides = JSON.stringify([sourceGit, distGit]).toLowerCase();
    const back = first.get(JSON.stringify([distGit, sourceGit]).toLowerCase());
    const earlier = first.get(sides);
    first.set(sides, earlier ?? index);
    const path = ["links", index];
    const place = { where: yaml.where(path), key: keyOf(path) };
    if (back !== undefined) {
      const message = `links back what ${keyOf(["links", back])} links`;
      return [{ ...place, message, remedy: "Name each pair of repositories once, source-git first." }];
    }
    if (earlier === undefined) return [];
    const message = `links the same repositories as ${keyOf(["links", earlier])}`;
    return [{ ...place, message, remedy: "Merge their branches." }];
  });
  return { problems };
}

function namesUnder(yaml: YamlFile, key: string): string[] {
  const value = valueAt(yaml.value, [key]);
  return value instanceof Object && !Array.isArray(value) ? Object.keys(value) : [];
}

function indexesUnder(yaml: YamlFile, key: string): number[] {
  const value = valueAt(yaml.value, [key]);
  return Array.isArray(value) ? [...value.keys()] : [];
}
