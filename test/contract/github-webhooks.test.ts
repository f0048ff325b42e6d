import { describe, expect, it } from "@jest/globals";
import { checkGitHubWebhook } from "./github-webhooks.js";

describe("GitHub's example webhooks", () => {
  it("know all their events", () => {
    expect(checkGitHubWebhook("pipeline", {})).toEqual(["GitHub has no event pipeline"]);
  });

  it("tell what a payload lacks, has too much, and has in another form", () => {
    const differences = checkGitHubWebhook("status", {
      sha: 7,
      state: null,
      pipeline: {},
      commit: { sha: "" },
    });
    expect(differences).toEqual(
      expect.arrayContaining([
        "status.sha is number, not string",
        "status.pipeline is in no example",
        "status.repository is missing",
        "status.commit.author is missing",
      ]),
    );
    expect(differences).not.toContainEqual(expect.stringContaining("status.state"));
  });
});
