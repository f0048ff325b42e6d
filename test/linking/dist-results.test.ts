import { expect, it } from "@jest/globals";
import type { CommitRef } from "../../src/domain/refs.js";
import type { Forge } from "../../src/forges/forge.js";
import { distResults } from "../../src/linking/results/dist-results.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import { verdictOf } from "../../src/linking/mirror/verdict.js";

const repository = { forge: "gitlab.com", path: "rpms/tally" };
const fork = { forge: "gitlab.com", path: "sluice-bot/tally" };
const forge = {
  listCommitStatuses: ({ repository: { path } }: CommitRef) =>
    path === fork.path
      ? [{ context: "build", state: "failed", description: "" }]
      : [
          { context: "lint", state: "success", description: "" },
          { context: "dist-git/other", state: "pending", description: "" },
        ],
} as unknown as Forge;

it("dist-git's results are those of our fork as well, and none of our own", async () => {
  const pair = { distGit: { repository, number: 1, fork } } as unknown as Pair;
  const found = await distResults(forge, pair, { commit: "a".repeat(40) });
  expect(found.map(({ context }) => context)).toEqual(["lint", "build"]);
  expect(verdictOf(found)).toBe("failed");
});
