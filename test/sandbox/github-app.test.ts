import { createSign, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type GitHubForge, startGitHub } from "./github-forge.js";

let forge: GitHubForge;

beforeAll(async () => {
  forge = await startGitHub();
  const { user: owner } = forge.person("ada");
  await forge.store.createRepository({ path: "ada/tally", owner, private: true });
});
afterAll(() => forge.close());

const now = () => Math.floor(Date.now() / 1000);

function jwt(claims: Readonly<Record<string, unknown>>, key = forge.privateKey): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}

const valid = () => ({ iat: now() - 60, exp: now() + 540, iss: forge.store.app?.id });
const asApp = (claims: object = {}, key?: string) =>
  forge.api(`Bearer ${jwt({ ...valid(), ...claims }, key)}`);

describe("an app on the GitHub sandbox", () => {
  it("knows itself and its installation by its JWT", async () => {
    const installation = forge.store.app?.installationId ?? 0;
    expect((await asApp().get("/app")).body).toMatchObject({ slug: "sluice", id: forge.store.app?.id });
    expect((await asApp().get("/app/installations")).body).toMatchObject([{ id: installation }]);
    expect((await asApp().get(`/app/installations/${installation}`)).body).toMatchObject({
      app_slug: "sluice",
    });
    expect((await asApp().get("/app/installations/1")).status).toBe(404);
    expect((await asApp().get("/repos/ada/tally/installation")).body).toMatchObject({ id: installation });
    expect((await asApp().get("/repos/ada/none/installation")).status).toBe(404);
    const config = await asApp().get("/app/hook/config");
    expect(config.body).toMatchObject({ url: forge.store.app?.webhookUrl, secret: "********" });
  });

  it("gets a token for its installation, and works with that", async () => {
    const path = `/app/installations/${forge.store.app?.installationId ?? 0}/access_tokens`;
    const made = await asApp().post(path, {});
    expect(made.status).toBe(201);
    const { token, expires_at: end } = made.body as { token: string; expires_at: string };
    expect(Date.parse(end) - Date.now()).toBeGreaterThan(3_500_000);
    const installed = forge.api(`token ${token}`);
    expect((await installed.get("/installation/repositories")).body).toMatchObject({
      total_count: 1,
      repositories: [{ full_name: "ada/tally", permissions: { push: true } }],
    });
    expect((await installed.get("/repos/ada/tally")).status).toBe(200);
    expect((await installed.get("/user")).body).toMatchObject({
      message: "Resource not accessible by integration",
    });
    expect((await installed.get("/repos/ada/tally/hooks")).status).toBe(403);
    expect((await installed.get("/app")).status).toBe(401);
  });

  it("is refused with a token that is old, early, long, of somebody else, or none at all", async () => {
    const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const key = stranger.export({ type: "pkcs1", format: "pem" }).toString();
    const message = async (api: ReturnType<typeof asApp>) => {
      const { status, body } = await api.get("/app");
      expect(status).toBe(401);
      return (body as { message: string }).message;
    };
    expect(await message(asApp({ exp: now() - 1 }))).toContain("'Expiration time' claim");
    expect(await message(asApp({ exp: now() + 3600 }))).toContain("too far in the future");
    expect(await message(asApp({ iat: now() + 300 }))).toContain("'Issued at' claim");
    expect(await message(asApp({ iss: 1 }))).toBe("A JSON web token could not be decoded");
    expect(await message(asApp({}, key))).toBe("A JSON web token could not be decoded");
    expect(await message(forge.api("Bearer a.b.c"))).toBe("A JSON web token could not be decoded");
    expect(await message(forge.person("ada").api)).toBe("A JSON web token could not be decoded");
  });

  it("is no account: what people do needs its installation", async () => {
    expect((await asApp().get("/user")).status).toBe(403);
    expect((await asApp().get("/repos/ada/tally")).status).toBe(404);
    expect((await forge.person("ada").api.get("/installation/repositories")).status).toBe(403);
  });
});
