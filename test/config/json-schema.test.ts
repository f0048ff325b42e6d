import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readFile, writeFile } from "node:fs/promises";
import { parse } from "yaml";
import { linksFileSchema, sourceFileSchema } from "../../src/config/json-schema.js";

const published = [
  { file: "sluice.schema.json", made: linksFileSchema },
  { file: "source-git.schema.json", made: sourceFileSchema },
];

describe.each(published)("schemas/$file", ({ file, made }) => {
  const url = new URL(`../../schemas/${file}`, import.meta.url);

  it("is what the program checks by (`npm run schemas` writes it)", async () => {
    const text = `${JSON.stringify(made(), undefined, 2)}\n`;
    if (process.env["SLUICE_WRITE_SCHEMAS"] === "1") await writeFile(url, text);

    expect(await readFile(url, "utf8")).toBe(text);
  });

  it("describes every key", () => {
    expect(undescribed(made())).toEqual([]);
  });
});

describe("the schema of sluice.yml", () => {
  const fits = (text: string) => new Ajv2020({ strict: false }).compile(linksFileSchema())(parse(text));

  it("takes what the program takes", () => {
    expect(
      fits(`
forges:
  gitlab.com: { kind: gitlab, identities: { bot: { secrets: { token: BOT } } } }
  github.com: { kind: github, url: https://github.com, secrets: { app-id: ID, private-key: KEY } }
defaults: { layout: rpm, via: fork }
commands: { prefix: /bot, rights: { retry: { access: read } } }
limits: { commits: 3 }
keep-deliveries: 12 hours
users: users.yml
links:
  - { source-git: gitlab.com/a/b, dist-git: github.com/c/d, branches: { main: rawhide }, results: one }
`),
    ).toBe(true);
  });

  it.each([
    "{ forges: {}, links: [], defautls: {} }",
    "{ forges: { a: { kind: gitea } }, links: [] }",
    "{ forges: {}, links: [{ source-git: a/b/c, dist-git: a/b/d, layuot: rpm }] }",
  ])("refuses what the program refuses: %s", (text) => {
    expect(fits(text)).toBe(false);
  });
});

/** The keys of a schema that tell a reader nothing. */
function undescribed(schema: unknown, path = ""): string[] {
  if (!(schema instanceof Object)) return [];
  const { properties = {}, ...rest } = schema as { readonly properties?: Readonly<Record<string, object>> };
  const here = Object.entries(properties).flatMap(([key, value]) => {
    const at = `${path}.${key}`;
    return "description" in value ? undescribed(value, at) : [at, ...undescribed(value, at)];
  });
  return [...here, ...Object.values(rest).flatMap((inner) => undescribed(inner, path))];
}
