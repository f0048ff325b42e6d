import { z } from "zod";
import { defaultsSchema, linkSchema } from "./link-schema.js";
import { commandsSchema, forgeSchema, settingsSchema } from "./schema.js";
import { sourceSchema } from "./source-schema.js";

/** What editors need to know of `sluice.yml`; what the program itself checks goes further. */
export function linksFileSchema(): object {
  const forges = z.union([forgeSchema("github"), forgeSchema("gitlab")]);
  const file = z.strictObject({
    forges: z
      .record(z.string(), forges)
      .describe(
        "The forges by the name that links call them by, best the host's; the address may stand under url.",
      ),
    links: z.array(linkSchema([], { layout: "given" })).describe("Which repositories belong together."),
    defaults: defaultsSchema.describe("What every link does that does not say otherwise.").optional(),
    commands: commandsSchema
      .describe("How commands in comments are written, and who may give them.")
      .optional(),
    ...settingsSchema.shape,
  });
  return published(file, "sluice.yml: which repositories Sluice keeps in step, and how");
}

/** The same of `.sluice.yml` in a source-git repository. */
export function sourceFileSchema(): object {
  return published(sourceSchema, ".sluice.yml: how a source-git repository narrows its link");
}

function published(schema: z.ZodType, title: string): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { $schema, title, ...rest };
}
