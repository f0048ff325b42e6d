import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { OperatorError } from "../../src/domain/errors.js";
import { Secret } from "../../src/domain/secret.js";
import {
  checkGitLabSecrets,
  identifyGitLabDelivery,
  mayBeGitLabs,
  readGitLabDelivery,
  verifyGitLabDelivery,
} from "../../src/forges/gitlab/webhook.js";

const examples = new URL("../fixtures/gitlab-webhooks/", import.meta.url);
const example = (file: string) => readFileSync(new URL(file, examples), "utf8");
const read = (event: string, body: string) => readGitLabDelivery({ forge: "gitlab.com", event, body });

describe("GitLab's own examples of webhooks", () => {
  const names: Readonly<Record<string, string>> = {
    "job.json": "Job Hook",
    "merge_request.json": "Merge Request Hook",
    "note_commit.json": "Note Hook",
    "note_merge_request.json": "Note Hook",
    "pipeline.json": "Pipeline Hook",
    "push.json": "Push Hook",
    "tag_push.json": "Tag Push Hook",
  };

  it("are all known here", () => {
    const files = readdirSync(examples).filter((file) => file.endsWith(".json"));
    expect(files.sort()).toEqual(Object.keys(names).sort());
  });

  it("of a merge request names it in the target project", () => {
    expect(read("Merge Request Hook", example("merge_request.json"))).toEqual({
      outcome: "events",
      events: [
        {
          kind: "merge-request",
          mergeRequest: {
            repository: { forge: "gitlab.com", path: "awesome_space/awesome_project" },
            number: 1,
          },
          by: 1,
        },
      ],
      repositoryId: 14,
    });
  });

  const ofCi = [
    {
      ...{ file: "pipeline.json", path: "gitlab-org/gitlab-test", repositoryId: 1 },
      commit: "bcbb5ec396a2c0f828686f14fac9b80b780504f2",
    },
    {
      ...{ file: "job.json", path: "jsmithy2/release-tools-fake", repositoryId: 31_537_070 },
      commit: "95d49d1efbd941908580e79d65e4b5ecaf4a8305",
    },
  ];
  it.each(ofCi)("$file names the commit", ({ file, path, commit, repositoryId }) => {
    expect(read(names[file] ?? "", example(file))).toEqual({
      outcome: "events",
      events: [{ kind: "commit-status", commit: { repository: { forge: "gitlab.com", path }, commit } }],
      repositoryId,
    });
  });

  it("of a push names the branch", () => {
    expect(read("Push Hook", example("push.json"))).toEqual({
      outcome: "events",
      events: [
        { kind: "branch", repository: { forge: "gitlab.com", path: "mike/diaspora" }, branch: "master" },
      ],
      repositoryId: 15,
    });
  });

  it.each(["note_commit.json", "note_merge_request.json", "tag_push.json"])(
    "%s is passed over with a reason",
    (file) => {
      expect(read(names[file] ?? "", example(file))).toMatchObject({
        outcome: "skipped",
        reason: expect.stringMatching(/\w+ \w+/),
      });
    },
  );

  it("with a field gone calls the operator and names it", () => {
    const body = example("merge_request.json").replace('"iid": 1', '"iid": "one"');
    expect(() => read("Merge Request Hook", body)).toThrow(OperatorError);
    expect(() => read("Merge Request Hook", body)).toThrow("at object_attributes.iid");
  });
});

describe("a GitLab delivery", () => {
  const body = Buffer.from('{"a":1}');

  it("is known by its idempotency key, which retries and resends repeat", () => {
    const headers = { "idempotency-key": "f5e5", "webhook-id": "other", "x-gitlab-event": "Push Hook" };
    expect(identifyGitLabDelivery({ headers, body })).toEqual({ id: "f5e5", event: "Push Hook" });
  });

  it("of an older server is told from others of one recursion", () => {
    const id = (text: string) =>
      identifyGitLabDelivery({ headers: { "x-gitlab-event-uuid": "13792a34" }, body: Buffer.from(text) }).id;
    expect(id("one")).toBe(id("one"));
    expect(id("one")).not.toBe(id("two"));
  });
});

describe("GitLab's secret token", () => {
  const clock = { now: () => new Date("2026-11-21T12:00:00Z") };
  const webhookSecret = new Secret("open sesame");
  const verify = (token: string | undefined) =>
    verifyGitLabDelivery(
      { headers: { "x-gitlab-token": token }, body: Buffer.from("{}") },
      { webhookSecret },
      clock,
    );

  it("has to be ours", () => {
    expect(verify("open sesame")).toBe(true);
    expect(verify("open sesam")).toBe(false);
    expect(verify("")).toBe(false);
    expect(verify(undefined)).toBe(false);
  });

  it("or a signing token has to be configured", () => {
    expect(() => checkGitLabSecrets({})).toThrow(OperatorError);
    expect(() => checkGitLabSecrets({ webhookSecret: new Secret("") })).toThrow(OperatorError);
    expect(() => checkGitLabSecrets({ signingToken: new Secret("whsec_") })).toThrow(OperatorError);
    expect(() => checkGitLabSecrets({ signingToken: new Secret("plain") })).toThrow(OperatorError);
  });
});

describe("GitLab's signature", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  const key = Buffer.alloc(32, 7);
  const signingToken = new Secret(`whsec_${key.toString("base64")}`);
  const webhookSecret = new Secret("open sesame");
  const body = Buffer.from('{"object_kind":"push"}');

  function signed({ by = key, at = now, over = body, token }: Signing = {}) {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const hmac = createHmac("sha256", by).update(`f5e5.${timestamp}.`).update(over).digest("base64");
    const headers = {
      "webhook-id": "f5e5",
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${hmac}`,
      "x-gitlab-token": token,
    };
    return { headers, body };
  }
  interface Signing {
    readonly by?: Buffer;
    readonly at?: Date;
    readonly over?: Buffer;
    readonly token?: string;
  }
  const clock = { now: () => now };

  it("is the one that Standard Webhooks describes", () => {
    const at = { now: () => new Date(1614265330 * 1000) };
    const delivery = {
      headers: {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      },
      body: Buffer.from('{"test": 2432232314}'),
    };
    const known = new Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    expect(verifyGitLabDelivery(delivery, { signingToken: known }, at)).toBe(true);
  });

  it("has to be by our key over these very bytes", () => {
    expect(verifyGitLabDelivery(signed(), { signingToken }, clock)).toBe(true);
    expect(verifyGitLabDelivery(signed({ by: Buffer.alloc(32) }), { signingToken }, clock)).toBe(false);
    expect(verifyGitLabDelivery(signed({ over: Buffer.from("{}") }), { signingToken }, clock)).toBe(false);
  });

  it("may be one of several, as while keys are changed", () => {
    const { headers } = signed();
    const several = { ...headers, "webhook-signature": `v1,AAAA ${headers["webhook-signature"]}` };
    expect(verifyGitLabDelivery({ headers: several, body }, { signingToken }, clock)).toBe(true);
  });

  it("lasts five minutes", () => {
    const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
    expect(verifyGitLabDelivery(signed({ at: minutes(-4) }), { signingToken }, clock)).toBe(true);
    expect(verifyGitLabDelivery(signed({ at: minutes(-6) }), { signingToken }, clock)).toBe(false);
    expect(verifyGitLabDelivery(signed({ at: minutes(6) }), { signingToken }, clock)).toBe(false);
  });

  it("counts more than the plain token beside it", () => {
    const forged = signed({ by: Buffer.alloc(32), token: "open sesame" });
    expect(verifyGitLabDelivery(forged, { signingToken, webhookSecret }, clock)).toBe(false);
  });

  it("is missed, or found to be too old, before the body is read", () => {
    const may = (delivery: { readonly headers: Readonly<Record<string, string | undefined>> }) =>
      mayBeGitLabs(delivery.headers, { signingToken, webhookSecret }, clock);
    const old = new Date(now.getTime() - 6 * 60_000);

    expect(may(signed({ by: Buffer.alloc(32) }))).toBe(true);
    expect(may(signed({ at: old }))).toBe(false);
    expect(may({ headers: { "x-gitlab-token": "open sesame" } })).toBe(true);
    expect(may({ headers: { "x-gitlab-token": "open barley" } })).toBe(false);
    expect(may({ headers: {} })).toBe(false);
  });

  it("cannot be left out where only a signing token is configured", () => {
    const unsigned = { headers: { "x-gitlab-token": "open sesame" }, body };
    expect(verifyGitLabDelivery(unsigned, { signingToken }, clock)).toBe(false);
    expect(verifyGitLabDelivery(unsigned, { signingToken, webhookSecret }, clock)).toBe(true);
  });
});
