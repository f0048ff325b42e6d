import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { describe, expect, it } from "@jest/globals";
import { OperatorError } from "../../src/domain/errors.js";
import { Secret } from "../../src/domain/secret.js";
import {
  identifyGitHubDelivery,
  mayBeSigned,
  readGitHubDelivery,
  verifyGitHubDelivery,
} from "../../src/forges/github/webhook.js";

interface Examples {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}
const published = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Examples[];

function examplesOf(event: string): readonly Record<string, unknown>[] {
  return published.find(({ name }) => name === event)?.examples ?? [];
}

function read(event: string, payload: unknown) {
  return readGitHubDelivery({ forge: "github.com", event, body: JSON.stringify(payload) });
}

describe("GitHub's own examples of webhooks", () => {
  it.each(published.map(({ name }) => name))("%s is read, or passed over with a reason", (event) => {
    for (const example of examplesOf(event)) {
      const delivery = read(event, example);
      if (delivery.outcome === "skipped") expect(delivery.reason).toMatch(/\w+ \w+/);
      else expect(delivery.events).toHaveLength(1);
    }
  });

  it.each(["pull_request", "push", "status", "check_run", "check_suite", "workflow_run"])(
    "%s is there and says something",
    (event) => {
      const outcomes = examplesOf(event).map((example) => read(event, example).outcome);
      expect(outcomes).toContain("events");
    },
  );
});

describe("a GitHub delivery", () => {
  const repository = { full_name: "rpms/hello" };
  const ref = { forge: "github.com", path: "rpms/hello" };

  it("about a pull request names it in the repository that it wants to change", () => {
    const sender = { id: 3 };
    expect(read("pull_request", { action: "labeled", number: 7, repository, sender })).toEqual({
      outcome: "events",
      events: [{ kind: "merge-request", mergeRequest: { repository: ref, number: 7 }, by: 3 }],
    });
  });

  it("about a push names the branch, also one with slashes and one that was deleted", () => {
    expect(read("push", { ref: "refs/heads/fix/overflow", deleted: true, repository })).toEqual({
      outcome: "events",
      events: [{ kind: "branch", repository: ref, branch: "fix/overflow" }],
    });
  });

  it("about a tag is passed over", () => {
    expect(read("push", { ref: "refs/tags/v1", repository })).toEqual({
      outcome: "skipped",
      reason: "only branches are followed, not tags",
    });
  });

  it.each([
    ["status", { sha: "abc", repository }],
    ["check_run", { check_run: { head_sha: "abc" }, repository }],
    ["check_suite", { check_suite: { head_sha: "abc" }, repository }],
    ["workflow_run", { workflow_run: { head_sha: "abc" }, repository }],
  ])("%s names the commit", (event, payload) => {
    expect(read(event, payload)).toEqual({
      outcome: "events",
      events: [{ kind: "commit-status", commit: { repository: ref, commit: "abc" } }],
    });
  });

  it("of a known event and an unknown shape calls the operator and names the field", () => {
    const readIt = () => read("check_run", { check_run: { head_sha: 7 }, repository });
    expect(readIt).toThrow(OperatorError);
    expect(readIt).toThrow("github.com's webhook check_run has an unknown shape at check_run.head_sha");
  });

  it("sent as a form says how the hook has to be set", () => {
    const readIt = () => readGitHubDelivery({ forge: "github.com", event: "push", body: "payload=%7B%7D" });
    expect(readIt).toThrow("set the hook's content type to application/json");
  });

  it("is known by GitHub's id, which a redelivery repeats", () => {
    const headers = { "x-github-delivery": "72d3162e", "x-github-event": "push" };
    expect(identifyGitHubDelivery({ headers, body: Buffer.from("{}") })).toEqual({
      id: "72d3162e",
      event: "push",
    });
  });
});

describe("GitHub's signature", () => {
  const webhookSecret = new Secret("It's a Secret to Everybody");
  const body = Buffer.from("Hello, World!");
  const sign = (key: string, bytes: Buffer) =>
    `sha256=${createHmac("sha256", key).update(bytes).digest("hex")}`;
  const verify = (signature: string | undefined, bytes = body) =>
    verifyGitHubDelivery({ headers: { "x-hub-signature-256": signature }, body: bytes }, { webhookSecret });

  it("is the one of GitHub's documentation", () => {
    expect(verify("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")).toBe(true);
  });

  it("must be by our secret, over these very bytes, and there", () => {
    expect(verify(sign("development", body))).toBe(false);
    expect(verify(sign("It's a Secret to Everybody", body), Buffer.from("Hello, World?"))).toBe(false);
    expect(verify(undefined)).toBe(false);
    expect(verify("")).toBe(false);
  });

  it("is missed before the body is read", () => {
    const ours = sign("It's a Secret to Everybody", body);
    const may = (signature: string | undefined) => mayBeSigned({ "x-hub-signature-256": signature });
    expect([ours, undefined, "", "sha256=", "sha1=0123", `${ours}0`].map(may)).toEqual([
      ...[true, false, false, false, false, false],
    ]);
  });

  it("cannot be checked without a secret, and then nothing is taken", () => {
    const check = () =>
      verifyGitHubDelivery(
        { headers: { "x-hub-signature-256": sign("", body) }, body },
        { webhookSecret: new Secret("") },
      );
    expect(check).toThrow(OperatorError);
  });
});
