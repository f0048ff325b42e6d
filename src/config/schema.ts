import { z } from "zod";
import { commandDefaults, type CommandName, commandNames } from "../domain/command.js";
import type { ForgeName } from "../domain/refs.js";
import type { RepositoryPattern } from "./configuration.js";
import { placeholder, readRepositoryPattern, type Refusal, refusalOfBranch } from "./patterns.js";

/** What a schema refuses, with the way out beside the message. */
type Context = z.core.$RefinementCtx;

function refuse(context: Context, refusal: Refusal, at: { path?: string[]; part?: "key" } = {}): void {
  const params = { remedy: refusal.remedy, part: at.part };
  context.addIssue({ code: "custom", message: refusal.message, params, path: at.path ?? [] });
}

/** The whole file: its parts are looked at one by one, so that one mistake hides no other. */
export const fileSchema = z.strictObject({
  forges: z.record(z.string(), z.unknown()),
  links: z.array(z.unknown()),
  commands: z.unknown().optional(),
});

const right = z
  .strictObject({ access: z.enum(["none", "read", "write", "admin"]), author: z.boolean().default(false) })
  .optional();

/** Who may trust opens dist-git's CI. */
const rightToTrust = z
  .strictObject({ access: z.enum(["write", "admin"]), author: z.literal(false).default(false) })
  .optional();

const anyRight = Object.fromEntries(commandNames.map((name) => [name, right])) as Readonly<
  Record<CommandName, typeof right>
>;

/** How commands are written, and who may give them. */
export const commandsSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^\/[A-Za-z][\w-]{0,30}$/, { error: "not a word behind a slash, such as /sluice" })
    .default(commandDefaults.prefix),
  rights: z.strictObject({ ...anyRight, trust: rightToTrust }).default({}),
});

/** The name of an environment variable. The message does not show it: somebody may have pasted the secret itself. */
const variable = z.string().regex(/^[A-Z][A-Z0-9_]*$/, {
  error:
    "not the name of an environment variable (capitals, digits and _); write the variable's name here, never the secret",
});

const url = z.string().transform((text, context) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.search !== "" || parsed.hash !== "") {
    refuse(context, { message: "not an http(s) address", remedy: "Write https://git.example.com." });
  } else if (parsed.username !== "" || parsed.password !== "") {
    refuse(context, { message: "holds credentials", remedy: "Name their variables under secrets." });
  }
  return text.replace(/\/+$/, "");
});

/** What may stand under `secrets`, by kind. */
const secrets = {
  gitlab: { token: variable, webhook: variable, signing: variable },
  github: { "app-id": variable, "private-key": variable, webhook: variable, token: variable },
};

/** A forge of the kind that it says it is; of an unknown kind, everything but its secrets can be looked at. */
export function forgeSchema(kind: unknown) {
  const known: z.ZodType<Partial<Record<string, string>>> =
    kind === "github" || kind === "gitlab"
      ? z.strictObject(secrets[kind]).partial()
      : z.record(z.string(), variable);
  return z.strictObject({
    kind: z.enum(["github", "gitlab"]),
    url: url.optional(),
    secrets: known.optional(),
  });
}

const branches = z.record(z.string(), z.string()).superRefine((map, context) => {
  for (const [source, dist] of Object.entries(map)) {
    const badSource = refusalOfBranch(source);
    if (badSource) refuse(context, badSource, { path: [source], part: "key" });
    const badDist = refusalOfBranch(dist) ?? refusalOfStars(source, dist);
    if (badDist) refuse(context, badDist, { path: [source] });
  }
});

function refusalOfStars(source: string, dist: string): Refusal | undefined {
  if (dist.split("*").length <= source.split("*").length) return undefined;
  return { message: `has more stars than ${source}`, remedy: "Each * on the right repeats one on the left." };
}

export function linkSchema(forges: readonly ForgeName[]) {
  const repository = z.string().transform((text, context): RepositoryPattern => {
    const read = readRepositoryPattern(text, forges);
    if ("pattern" in read) return read.pattern;
    refuse(context, read.refusal);
    return z.NEVER;
  });
  return z.strictObject({
    "source-git": repository,
    "dist-git": repository,
    layout: z.enum(["rpm", "quilt", "plain"]),
    branches: branches.default({ "*": "*" }),
    trust: z.enum(["members", "everyone"]).default("members"),
    trusted: z.array(z.string().min(1)).default([]),
    "trust-later-pushes": z.boolean().default(false),
    "trust-by-review": z.boolean().default(true),
    "sensitive-paths": z.array(z.string().min(1)).default([]),
    labels: z.array(z.string().min(1)).default([]),
    "after-source-merge": z.enum(["keep", "merge-when-green", "merge"]).default("keep"),
    "after-dist-merge": z.enum(["comment", "merge", "close"]).default("comment"),
    "dist-changes": z.enum(["merge-request", "ignore"]).default("merge-request"),
  });
}

/** What the two sides of a link must have in common. */
export function refusalOfSides(source: RepositoryPattern, dist: RepositoryPattern): Refusal | undefined {
  const named = [source, dist].filter(({ path }) => path.includes(placeholder)).length;
  if (named === 1)
    return { message: `${placeholder} stands on one side only`, remedy: "Write it on both sides." };
  if (source.forge === dist.forge && source.path.toLowerCase() === dist.path.toLowerCase()) {
    return { message: "both sides are the same repository" };
  }
  return undefined;
}
