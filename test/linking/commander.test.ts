import { describe, expect, it } from "@jest/globals";
import { commandDefaults } from "../../src/domain/command.js";
import type { Comment } from "../../src/domain/comment.js";
import { Commander, type CommanderServices } from "../../src/linking/commands/commander.js";

const sourceGit = { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 };
const distGit = { repository: { forge: "github.com", path: "rpms/tally" }, number: 1 };

/** Sluice was cut off once it had given up the counterpart that the comment is on, and before there was another. */
function commanderAfterwards(): Commander {
  const pair = { sourceGit, distGit: { ...distGit, number: undefined }, state: "opening" };
  const forge = {
    findAccess: () => Promise.resolve("write"),
    findMergeRequest: () => Promise.resolve({ state: "open" }),
    ensureReaction: () => Promise.resolve(),
  };
  return new Commander({
    forges: { for: () => forge, ourselves: () => Promise.resolve([]) },
    links: { from: () => [{ distGit: distGit.repository }] },
    pairs: {
      withSourceGit: (ref: typeof sourceGit) => Promise.resolve(ref === sourceGit ? pair : undefined),
      withDistGit: () => Promise.resolve(undefined),
    },
    counterparts: { abandon: () => Promise.resolve(pair) },
    commands: { prefix: "/sluice", rights: commandDefaults.rights },
    obeyed: { begin: () => Promise.resolve("again"), later: () => Promise.resolve(new Set()) },
  } as unknown as CommanderServices);
}

describe("recreate, ordered on the counterpart that it replaces", () => {
  const comment = {
    ref: { mergeRequest: distGit, id: 3 },
    author: { id: 1 },
    body: "/sluice recreate",
    createdAt: new Date("2026-11-21T12:00:00Z"),
  } as Comment;

  it("goes on where it was cut off, because its turn knows the pair", async () => {
    expect(await commanderAfterwards().obey(comment, sourceGit)).toMatchObject({
      outcome: "obeyed",
      again: sourceGit,
    });
  });
});
