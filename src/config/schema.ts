import { z } from "zod";
import { commandDefaults, type CommandName, commandNames } from "../domain/command.js";
import { duration } from "./duration.js";
import { refuse } from "./refuse.js";

const byteUnits: Readonly<Record<string, number>> = { MB: 10 ** 6, GB: 10 ** 9, TB: 10 ** 12 };

/** `20 GB`, as bytes. */
const size = z.string().transform((text, context) => {
  const [, count = "", unit = ""] = /^([1-9]\d{0,5}) (MB|GB|TB)$/.exec(text) ?? [];
  const bytes = Number(count) * (byteUnits[unit] ?? 0);
  if (bytes > 0) return bytes;
  refuse(context, { message: "not a size", remedy: "Write 20 GB or 500 MB." });
  return z.NEVER;
});

const count = z.int().min(1);

const settings = {
  users: z
    .string()
    .min(1)
    .describe("File of people with their login on each forge, from this file's folder.")
    .optional(),
  limits: z
    .strictObject({
      commits: count.default(500).describe("Commits of one merge request."),
      "patch-bytes": count.default(20_000_000).describe("What its commits change, as patches, in bytes."),
      files: count.default(5000).describe("Files that it changes."),
    })
    .describe("How much one merge request may be of, before it is refused.")
    .prefault({}),
  "keep-deliveries": duration
    .describe("How long received deliveries are kept: `30 days`, `12 hours`, `90 minutes`.")
    .prefault("30 days"),
  "keep-ended": duration
    .describe("How long what was told and pushed is remembered of pairs that have ended: `90 days`.")
    .prefault("90 days"),
  reconcile: z
    .union([z.literal("never").transform(() => undefined), duration])
    .describe(
      "How often everything is compared with the forges, whatever webhooks told: `10 minutes`; or `never`.",
    )
    .prefault("10 minutes"),
  "api-reserve": z
    .int()
    .min(0)
    .max(90)
    .default(20)
    .describe("The part of a forge's API budget, in percent, at which comparing waits."),
  "git-cache": size
    .describe(
      "How large all copies of repositories together may grow before the oldest go: `20 GB`, `500 MB`.",
    )
    .prefault("20 GB"),
};

/** The whole file: its parts are looked at one by one, so that one mistake hides no other. */
export const fileSchema = z.strictObject({
  forges: z.record(z.string(), z.unknown()),
  links: z.array(z.unknown()),
  defaults: z.unknown().optional(),
  commands: z.unknown().optional(),
  ...settings,
});

/** Settings of the whole service that are one value each. */
export const settingsSchema = z.object(settings);

const accessNeeded = "The access level on the repository of the comment that is enough.";
const authorMay = "Whether the merge request's own author may, without it.";

const right = z
  .strictObject({
    access: z.enum(["none", "read", "write", "admin"]).describe(accessNeeded),
    author: z.boolean().default(false).describe(authorMay),
  })
  .optional();

/** Who may trust opens dist-git's CI. */
const rightToTrust = z
  .strictObject({
    access: z.enum(["write", "admin"]).describe(accessNeeded),
    author: z.literal(false).default(false).describe("Never: nobody trusts what is their own."),
  })
  .optional();

const anyRight = Object.fromEntries(
  commandNames.map((name) => [name, right.describe(`Who may give the command ${name}.`)]),
) as Readonly<Record<CommandName, typeof right>>;

/** How commands are written, and who may give them. */
export const commandsSchema = z.strictObject({
  prefix: z
    .string()
    .regex(/^\/[A-Za-z][\w-]{0,30}$/, { error: "not a word behind a slash, such as /sluice" })
    .default(commandDefaults.prefix)
    .describe("What a line begins with that is a command: a word behind a slash."),
  rights: z
    .strictObject({ ...anyRight, trust: rightToTrust.describe("Who may give the command trust.") })
    .describe("Who may give which command; a command that is named replaces its default.")
    .prefault({}),
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
  gitlab: {
    token: variable.describe("Variable of the access token."),
    webhook: variable.describe("Variable of the webhook's secret token."),
    signing: variable.describe("Variable of the webhook's signing token."),
  },
  github: {
    "app-id": variable.describe("Variable of the App's number."),
    "private-key": variable.describe(
      "Variable of the App's private key; with _PATH behind it, of the key's file.",
    ),
    webhook: variable.describe("Variable of the webhook's secret."),
    token: variable.describe("Variable of an account's token, instead of an App."),
  },
};

/** The secrets of one more identity; an App of its own signs with a secret of its own. */
const identitySecrets = {
  gitlab: z.strictObject({ token: secrets.gitlab.token }),
  github: z
    .strictObject(secrets.github)
    .partial()
    .superRefine((given, context) => {
      const isApp = given["app-id"] !== undefined && given["private-key"] !== undefined;
      if (isApp !== (given.token !== undefined)) return;
      const remedy = "Name token, or app-id and private-key.";
      refuse(context, { message: "names not exactly one account", remedy });
    }),
};

/** A forge of the kind that it says it is; of an unknown kind, everything but its secrets can be looked at. */
export function forgeSchema(kind: unknown) {
  const known: z.ZodType<Partial<Record<string, string>>> =
    kind === "github" || kind === "gitlab"
      ? z.strictObject(secrets[kind]).partial()
      : z.record(z.string(), variable);
  return z.strictObject({
    kind: z
      .enum(kind === "github" || kind === "gitlab" ? [kind] : ["github", "gitlab"])
      .describe("What it is."),
    url: url.describe("Where its web pages are; https://<its name> unless given.").optional(),
    secrets: known.describe("The names of the environment variables that hold its secrets.").optional(),
    identities: identitiesOf(kind)
      .describe(
        "Further accounts by the name that links call them by; the first acts where no link names one.",
      )
      .optional(),
    webhooks: z
      .enum(["repositories", "groups"])
      .default("repositories")
      .describe(
        "Where its webhooks are set up: in each `repositories`, where a missing one is told, or in `groups` (GitHub: organisations).",
      ),
  });
}

type Secrets = Partial<Record<string, string>>;

/** By the name that links call them by. */
function identitiesOf(kind: unknown): z.ZodType<Readonly<Record<string, { readonly secrets: Secrets }>>> {
  const known: z.ZodType<Secrets> =
    kind === "github" || kind === "gitlab" ? identitySecrets[kind] : z.record(z.string(), variable);
  return z.record(
    z.string().regex(/^[A-Za-z0-9][\w.-]*$/),
    z.strictObject({ secrets: known.describe("The names of the variables that hold its secrets.") }),
  );
}
