import { describe, expect, it } from "@jest/globals";
import nock from "nock";
import { RetryLater } from "../../src/domain/errors.js";
import { Secret } from "../../src/domain/secret.js";
import { createGitHubForge } from "../../src/forges/github/adapter.js";
import { createGitLabForge } from "../../src/forges/gitlab/adapter.js";
import { failure } from "./outcomes.js";
import { answerByHand } from "./prepared-answers.js";

const clock = { now: () => new Date("2026-11-21T12:00:00Z") };
const ref = { repository: { forge: "forge.example", path: "rpms/hello" }, number: 7 };
const token = new Secret("sesame");
const head = "a".repeat(40);

answerByHand();

describe("GitLab refuses a merge", () => {
  const site = "https://gitlab.example";
  const merging = "/api/v4/projects/rpms%2Fhello/merge_requests/7";

  function merge() {
    return createGitLabForge({ name: "forge.example", url: site, token, clock }).merge(ref, head);
  }

  /** Its refusal says nothing; the merge request tells why. */
  function refusing(status: string) {
    nock(site).put(`${merging}/merge`).reply(405, { message: "405 Method Not Allowed" });
    nock(site).get(merging).reply(200, { detailed_merge_status: status });
  }

  it.each([
    ["not_approved", "it lacks approvals"],
    ["draft_status", "it is a draft"],
    ["something_new", "405 Method Not Allowed"],
  ])("because it is %s, in words that people understand", async (status, reason) => {
    refusing(status);
    expect(await merge()).toEqual({ outcome: "blocked", reason });
  });

  it("while it works out whether it may: time helps", async () => {
    refusing("checking");
    expect(await failure(merge())).toBeInstanceOf(RetryLater);
  });

  it("while its CI runs, of which another result will be heard", async () => {
    refusing("ci_still_running");
    expect(await merge()).toMatchObject({ outcome: "too-early" });
  });
});

describe("GitHub refuses a merge", () => {
  const site = "https://github.example";

  function mergeWhere(message: string) {
    nock(site).put("/api/v3/repos/rpms/hello/pulls/7/merge").reply(405, { message });
    const authentication = { kind: "token", token } as const;
    return createGitHubForge({ name: "forge.example", url: site, authentication, clock }).merge(ref, head);
  }

  it("as somebody pushed to the target branch at that moment: time helps", async () => {
    const raced = mergeWhere("Base branch was modified. Review and try the merge again.");
    expect(await failure(raced)).toBeInstanceOf(RetryLater);
  });

  it.each([
    ['Required status check "build" is in progress.', "too-early"],
    ["2 of 3 required status checks are expected.", "too-early"],
    ['Required status check "build" is failing.', "blocked"],
    ["At least 1 approving review is required by reviewers with write access.", "blocked"],
  ])("as %s", async (reason, outcome) => {
    expect(await mergeWhere(reason)).toEqual({ outcome, reason });
  });
});
