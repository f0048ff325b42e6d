import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import nock from "nock";
import { Secret } from "../../src/domain/secret.js";
import { createGitHubForge } from "../../src/forges/github/adapter.js";
import { answerByHand } from "./prepared-answers.js";

const now = new Date();
const site = "https://github.example";
const deliveries = "/api/v3/app/hook/deliveries";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

function app() {
  const authentication = { kind: "app", appId: "42", privateKey: new Secret(privateKey) } as const;
  const settings = { name: "forge.example", url: site, clock: { now: () => now } };
  return createGitHubForge({ ...settings, authentication });
}

function lostDeliveries() {
  const forge = app();
  if (!forge.lostDeliveries) throw new Error("an App has them");
  return forge.lostDeliveries;
}

interface Failed {
  readonly id: number;
  readonly minutesAgo: number;
  readonly guid?: string;
  readonly redelivery?: boolean;
}

/** Lists of failed webhooks, page after page, and the ids of those that were asked for again. */
function failedWebhooks(...pages: readonly (readonly Failed[])[]) {
  const sent: number[] = [];
  for (const [index, page] of pages.entries()) {
    const link = `<${site}${deliveries}?status=failure&cursor=v1_${index + 1}>; rel="next"`;
    nock(site)
      .get(deliveries)
      .query({ status: "failure", per_page: 100, ...(index > 0 && { cursor: `v1_${index}` }) })
      .reply(200, page.map(shown), index + 1 < pages.length ? { link } : {});
  }
  nock(site)
    .post(/\/attempts$/)
    .times(100)
    .optionally()
    .reply(202, (uri) => {
      sent.push(Number(uri.split("/").at(-2)));
      return {};
    });
  return sent;
}

function shown({ id, minutesAgo, guid = `guid-${id}`, redelivery = false }: Failed) {
  const at = new Date(now.getTime() - minutesAgo * 60_000).toISOString();
  return { id, guid, redelivery, delivered_at: at, status_code: 502 };
}

const hourAgo = new Date(now.getTime() - 3_600_000);
const never = () => Promise.resolve(false);

answerByHand();

describe("webhooks of a GitHub App that failed", () => {
  it("come again in their order, from all pages, and none from before", async () => {
    const sent = failedWebhooks(
      [{ id: 4, minutesAgo: 1 }],
      [
        { id: 3, minutesAgo: 30 },
        { id: 2, minutesAgo: 59 },
        { id: 1, minutesAgo: 61 },
      ],
    );

    expect(await lostDeliveries().redeliver(hourAgo, never)).toBe(3);
    expect(sent).toEqual([2, 3, 4]);
  });

  it("do not come again where they arrived another way, or another try failed as well", async () => {
    const sent = failedWebhooks([
      { id: 4, minutesAgo: 1, guid: "tried", redelivery: true },
      { id: 3, minutesAgo: 2, guid: "tried" },
      { id: 2, minutesAgo: 3, guid: "arrived" },
      { id: 1, minutesAgo: 4, guid: "lost" },
    ]);

    const count = await lostDeliveries().redeliver(hourAgo, (guid) => Promise.resolve(guid === "arrived"));
    expect(count).toBe(1);
    expect(sent).toEqual([1]);
  });

  it("come again a hundred at a time, the newest: sweeps find what the others told of", async () => {
    const sent = failedWebhooks(
      Array.from({ length: 150 }, (_, index) => ({ id: 200 - index, minutesAgo: 1 })),
    );

    expect(await lostDeliveries().redeliver(hourAgo, never)).toBe(100);
    expect(sent.at(0)).toBe(101);
    expect(sent.at(-1)).toBe(200);
  });
});

describe("a GitHub App without a webhook", () => {
  it.each([
    [404, { message: "Not Found" }],
    [200, { url: null }],
  ])("is told of where GitHub answers %i", async (status, answer) => {
    nock(site).get("/api/v3/app/hook/config").reply(status, answer);
    const health = await app().hooks?.look({ forge: "forge.example", path: "rpms/hello" });
    expect(health).toEqual({ health: "trouble", trouble: "no webhook leads to Sluice" });
  });
});
