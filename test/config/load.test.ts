import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { Configuration } from "../../src/config/configuration.js";
import { readEnvironment } from "../../src/config/environment.js";
import { loadConfiguration } from "../../src/config/load.js";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const signingToken = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const gitlab = { GITLAB_TOKEN: "glpat-1", GITLAB_WEBHOOK_SECRET: "hook-1" };
const app = { APP_ID: "42", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "hook-2" };

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-config-"));
});
afterAll(() => rm(directory, { recursive: true }));

/** The configuration of a file with these forges under these variables. */
async function load(forges: string, variables: Record<string, string>): Promise<Configuration> {
  const file = join(directory, "sluice.yml");
  await writeFile(file, `forges: ${forges}\nlinks: []\n`);
  return loadConfiguration(file, readEnvironment(variables));
}

/** The sentences of the refusal, without the place of the file. */
async function refusal(forges: string, variables: Record<string, string>): Promise<string> {
  const error = await load(forges, variables).then(
    () => {
      throw new Error("it was not refused");
    },
    (reason: unknown) => reason as Error & { remedy?: string },
  );
  return [error.message.replaceAll(directory, ""), error.remedy]
    .filter((part) => part !== undefined)
    .join(". ");
}

/** What the configuration holds, secrets included. */
function revealed(value: unknown): unknown {
  if (value instanceof Object && "reveal" in value) return (value as { reveal(): string }).reveal();
  if (!(value instanceof Object)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

describe("a GitLab forge", () => {
  it("takes its secrets from the default variables", async () => {
    const { forges } = await load("{ gitlab.com: { kind: gitlab } }", gitlab);

    expect(revealed(forges[0])).toEqual({
      kind: "gitlab",
      name: "gitlab.com",
      url: "https://gitlab.com",
      webhooks: "repositories",
      token: "glpat-1",
      webhookSecret: "hook-1",
      identities: {},
    });
  });

  it("takes them from the variables that the file names", async () => {
    const { forges } = await load(
      "{ internal: { kind: gitlab, secrets: { token: INTERNAL_TOKEN, signing: INTERNAL_SIGNING } } }",
      { ...gitlab, INTERNAL_TOKEN: "glpat-2", INTERNAL_SIGNING: signingToken },
    );

    expect(revealed(forges[0])).toMatchObject({ token: "glpat-2", signingToken });
    expect(forges[0]).not.toHaveProperty("webhookSecret");
  });

  it.each([
    ["a token", { GITLAB_WEBHOOK_SECRET: "x" }, "no access token for gitlab.com. Set GITLAB_TOKEN."],
    [
      "a webhook secret",
      { GITLAB_TOKEN: "x" },
      "no webhook secret for gitlab.com. Set GITLAB_WEBHOOK_SECRET, or GITLAB_SIGNING_TOKEN.",
    ],
  ])("is refused without %s, whose variable is named", async (_, variables, sentence) => {
    expect(await refusal("{ gitlab.com: { kind: gitlab } }", variables)).toContain(sentence);
  });

  it("is refused with a signing token that is none, which is not shown", async () => {
    const sentence = await refusal("{ gitlab.com: { kind: gitlab } }", {
      ...gitlab,
      GITLAB_SIGNING_TOKEN: "s3cr3t",
    });

    expect(sentence).toContain("GITLAB_SIGNING_TOKEN is not a signing token");
    expect(sentence).not.toContain("s3cr3t");
  });
});

describe("a GitHub forge", () => {
  const github = "{ github.com: { kind: github } }";

  it("is an App, by Probot's variables", async () => {
    const { forges } = await load(github, app);

    expect(revealed(forges[0])).toEqual({
      kind: "github",
      name: "github.com",
      url: "https://github.com",
      webhooks: "repositories",
      authentication: { kind: "app", appId: "42", privateKey },
      webhookSecret: "hook-2",
      identities: {},
    });
  });

  it("takes the private key on one line, in base64 or from a file", async () => {
    const file = join(directory, "key.pem");
    await writeFile(file, privateKey);

    for (const key of [
      { PRIVATE_KEY: privateKey.replaceAll("\n", "\\n") },
      { PRIVATE_KEY: Buffer.from(privateKey).toString("base64") },
      { PRIVATE_KEY_PATH: file },
    ]) {
      const { forges } = await load(github, { APP_ID: "42", WEBHOOK_SECRET: "hook-2", ...key });
      expect(revealed(forges[0])).toMatchObject({ authentication: { privateKey } });
    }
  });

  it("works with a user's token where there is no App", async () => {
    const { forges } = await load(github, { GITHUB_TOKEN: "ghp_1", WEBHOOK_SECRET: "hook-2" });

    expect(revealed(forges[0])).toMatchObject({ authentication: { kind: "token", token: "ghp_1" } });
  });

  it("works with the token that the file names, even beside an App's variables", async () => {
    const { forges } = await load("{ github.com: { kind: github, secrets: { token: BOT_TOKEN } } }", {
      ...app,
      BOT_TOKEN: "ghp_2",
    });

    expect(revealed(forges[0])).toMatchObject({ authentication: { kind: "token", token: "ghp_2" } });
  });

  it.each([
    [
      "credentials",
      { WEBHOOK_SECRET: "x" },
      "no credentials for github.com. Set APP_ID and PRIVATE_KEY, or GITHUB_TOKEN.",
    ],
    [
      "a private key",
      { APP_ID: "1", WEBHOOK_SECRET: "x" },
      "no private key for github.com. Set PRIVATE_KEY or PRIVATE_KEY_PATH.",
    ],
    ["a webhook secret", { GITHUB_TOKEN: "x" }, "no webhook secret for github.com. Set WEBHOOK_SECRET."],
    [
      "a secret of its own",
      { GITHUB_TOKEN: "x", WEBHOOK_SECRET: "development" },
      "WEBHOOK_SECRET holds the example that everybody knows; choose a random secret",
    ],
    [
      "a number of its App",
      { APP_ID: "my-app", PRIVATE_KEY: privateKey, WEBHOOK_SECRET: "x" },
      "APP_ID is not the number of a GitHub App",
    ],
    [
      "a key in PEM format",
      { APP_ID: "1", PRIVATE_KEY: "s3cr3t", WEBHOOK_SECRET: "x" },
      "PRIVATE_KEY is not a private key in PEM format",
    ],
  ])("is refused without %s", async (_, variables, sentence) => {
    expect(await refusal(github, variables)).toContain(sentence);
  });
});

describe("identities of a forge", () => {
  const bots = "{ a: { secrets: { token: BOT_A } }, b: { secrets: { token: BOT_B } } }";

  it("act beside the forge's own, or in its place where it names none", async () => {
    const variables = { ...gitlab, BOT_A: "glpat-a", BOT_B: "glpat-b" };
    const replaced = await load(`{ gitlab.com: { kind: gitlab, identities: ${bots} } }`, variables);
    const beside = await load(
      `{ gitlab.com: { kind: gitlab, secrets: { token: GITLAB_TOKEN }, identities: ${bots} } }`,
      variables,
    );

    expect(revealed(replaced.forges[0])).toMatchObject({
      token: "glpat-a",
      identities: { 0: { id: "a", token: "glpat-a" }, 1: { id: "b", token: "glpat-b" } },
    });
    expect(revealed(beside.forges[0])).toMatchObject({ token: "glpat-1" });
  });

  it("may be an App and an account", async () => {
    const forges =
      "{ github.com: { kind: github, secrets: { app-id: APP_ID, private-key: PRIVATE_KEY }," +
      " identities: { bot: { secrets: { token: BOT } } } } }";
    const { forges: found } = await load(forges, { ...app, BOT: "ghp_3" });

    expect(revealed(found[0])).toMatchObject({
      authentication: { kind: "app", appId: "42" },
      identities: { 0: { id: "bot", authentication: { kind: "token", token: "ghp_3" } } },
    });
  });

  it("are checked one by one, and called by their names", async () => {
    const forges = `{ gitlab.com: { kind: gitlab, identities: ${bots} } }`;

    expect(await refusal(forges, { ...gitlab, BOT_A: "glpat-a" })).toBe(
      "forges.gitlab.com.identities.b: the environment has no access token for b on gitlab.com. Set BOT_B.",
    );
  });

  it("name one account each", async () => {
    const forges = "{ github.com: { kind: github, identities: { bot: { secrets: { app-id: APP_ID } } } } }";

    expect(await refusal(forges, { ...app })).toContain(
      "identities.bot.secrets: names not exactly one account. Name token, or app-id and private-key.",
    );
  });
});

describe("two forges of a kind", () => {
  it("may not live on the same variables", async () => {
    const forges = "{ gitlab.com: { kind: gitlab }, internal: { kind: gitlab } }";

    expect(await refusal(forges, gitlab)).toContain(
      "would use the same GITLAB_TOKEN, GITLAB_WEBHOOK_SECRET, GITLAB_SIGNING_TOKEN as another gitlab forge." +
        " Name variables of its own, for example secrets:" +
        " { token: INTERNAL_TOKEN, webhook: INTERNAL_WEBHOOK_SECRET, signing: INTERNAL_SIGNING_TOKEN }.",
    );
  });

  it("may say so explicitly", async () => {
    const secrets = "secrets: { token: GITLAB_TOKEN, webhook: GITLAB_WEBHOOK_SECRET }";
    const forges = `{ gitlab.com: { kind: gitlab }, internal: { kind: gitlab, ${secrets} } }`;

    expect((await load(forges, gitlab)).forges).toHaveLength(2);
  });
});

describe("the configuration", () => {
  it("never prints a secret", async () => {
    const configuration = await load("{ gitlab.com: { kind: gitlab }, github.com: { kind: github } }", {
      ...gitlab,
      ...app,
    });

    for (const printed of [JSON.stringify(configuration), inspect(configuration, { depth: 9 })]) {
      expect(printed).toContain("[secret]");
      expect(printed).not.toMatch(/glpat-1|hook-1|hook-2|PRIVATE KEY/);
    }
  });

  it("is refused with one sentence where there is no file", async () => {
    await expect(loadConfiguration(join(directory, "none.yml"), readEnvironment({}))).rejects.toMatchObject({
      kind: "missing",
      message: "there is no links file",
      where: join(directory, "none.yml"),
    });
  });

  it("says all at once what the file and the environment lack", async () => {
    const sentence = await refusal("{ gitlab.com: { kind: gitlab, knd: x } }", {});

    expect(sentence).toBe(
      [
        "/sluice.yml has 3 problems:",
        "  /sluice.yml:1:39: forges.gitlab.com.knd: unknown key. Did you mean kind?",
        "  /sluice.yml:1:11: forges.gitlab.com: the environment has no access token for gitlab.com. Set GITLAB_TOKEN.",
        "  /sluice.yml:1:11: forges.gitlab.com: the environment has no webhook secret for gitlab.com." +
          " Set GITLAB_WEBHOOK_SECRET, or GITLAB_SIGNING_TOKEN.",
      ].join("\n"),
    );
  });
});
