import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { checkGitLabWebhook } from "./gitlab-webhooks.js";

function example(name: string): Record<string, unknown> {
  const file = new URL(`../fixtures/gitlab-webhooks/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
}

describe("an example of GitLab's webhooks", () => {
  it("fits itself", () => {
    expect(checkGitLabWebhook("Push Hook", example("push"))).toEqual([]);
    expect(checkGitLabWebhook("Pipeline Hook", example("pipeline"))).toEqual([]);
  });

  it("finds what a payload lacks, has too much, and has of another type", () => {
    const lacking = Object.entries(example("push")).filter(([key]) => key !== "ref");
    expect(checkGitLabWebhook("Push Hook", Object.fromEntries(lacking))).toEqual([
      "Push Hook: ref is missing",
    ]);
    expect(checkGitLabWebhook("Push Hook", { ...example("push"), colour: "red" })).toEqual([
      "Push Hook: colour is unknown",
    ]);
    expect(checkGitLabWebhook("Push Hook", { ...example("push"), commits: [{ id: 7 }] })).toEqual([
      "Push Hook: commits[].id is a number and not a string",
    ]);
  });

  it("knows no other events", () => {
    expect(checkGitLabWebhook("Wiki Page Hook", {})).toEqual(["Wiki Page Hook: there is no example of it"]);
  });
});
