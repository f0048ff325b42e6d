import { describe, expect, it } from "@jest/globals";
import { commandDefaults } from "../../src/domain/command.js";
import type { Comment } from "../../src/domain/comment.js";
import type { Settled } from "../../src/linking/reconciler/sweeps.js";
import { Commander, type CommanderServices } from "../../src/linking/commands/commander.js";

const sourceGit = { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 };
const distGit = { repository: { forge: "github.com", path: "rpms/tally" }, number: 1 };

interface Cut {
  /** What it had settled before it was cut off. */
  readonly settled?: Settled;
  readonly told?: string[];
}

/** Sluice was cut off once it had given up the counterpart that the comment is on, and before there was another. */
function commanderAfterwards({ settled, told = [] }: Cut = {}): Commander {
  const pair = { sourceGit, distGit: { ...distGit, number: undefined }, state: "opening" };
  const forge = {
    findAccess: () => Promise.resolve("write"),
    findMergeRequest: () => Promise.resolve({ state: "open", source: {} }),
    ensureReaction: (_: unknown, reaction: string) => Promise.resolve(void told.push(reaction)),
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
    obeyed: {
      begin: () => Promise.resolve("again"),
      later: () => Promise.resolve(new Set()),
      settled: () => Promise.resolve(settled),
      settle: () => Promise.resolve(),
    },
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

  it("is told as it was settled, though it would be refused by now", async () => {
    const told: string[] = [];
    const settled = { answer: undefined, reaction: "done", orders: ["trust"] } as const;
    const late = { ...comment, body: `/sluice trust ${"a".repeat(40)}` };

    expect(await commanderAfterwards({ settled, told }).obey(late, sourceGit)).toMatchObject({
      outcome: "obeyed",
      orders: ["trust"],
    });
    expect(told).toEqual(["done"]);
  });

  it("is for nobody where no pair has the merge request, and a bare word is nothing", async () => {
    const elsewhere = { ...comment, ref: { mergeRequest: { ...sourceGit, number: 8 }, id: 4 } };

    expect(await commanderAfterwards().obey(elsewhere)).toEqual({ outcome: "unpaired" });
    expect(await commanderAfterwards().obey({ ...elsewhere, body: "thank you" })).toMatchObject({
      outcome: "nothing",
    });
  });
});
