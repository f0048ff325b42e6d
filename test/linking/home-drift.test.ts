import { describe, expect, it } from "@jest/globals";
import { Drift, type DriftServices } from "../../src/linking/homecoming/home-drift.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";

const repository = { forge: "gitlab.com", path: "rpms/tally" };
const distGit = { repository, branch: "main" };
const pair = { id: "1", state: "open", sourceGit: { repository, number: 1 } } as unknown as Pair;

/** A branch at some tip, into which the pair's commit can be merged or not. */
function driftAt(tip: string, notes: Map<string, string | undefined>, stale: readonly Pair[]): Drift {
  return new Drift({
    forges: { for: () => ({ findBranch: () => Promise.resolve(tip) }) },
    clones: { with: () => Promise.resolve(stale) },
    pairs: { goingTo: () => Promise.resolve([pair]) },
    homecomings: { from: () => Promise.resolve([]) },
    report: {
      noted: (_: Pair, topic: string) => Promise.resolve(notes.get(topic)),
      note: (_: Pair, topic: string, text: string | undefined) => Promise.resolve(notes.set(topic, text)),
    },
  } as unknown as DriftServices);
}

async function move(tip: string, notes: Map<string, string | undefined>, stale: readonly Pair[]) {
  const drift = driftAt(tip, notes, stale);
  await drift.tell({ distGit, stale: await drift.warn(distGit), moved: true });
  return notes.get("stale");
}

describe("what dist-git's move made stale", () => {
  it("is told before it is converted anew", async () => {
    const notes = new Map<string, string | undefined>();
    await driftAt("a".repeat(40), notes, [pair]).warn(distGit);
    expect(notes.get("stale")).toContain("`main` moved on to aaaaaaa");
  });

  it("stays told where whoever was cut off had it converted already, until the next move", async () => {
    const notes = new Map<string, string | undefined>();
    await driftAt("a".repeat(40), notes, [pair]).warn(distGit);
    expect(await move("a".repeat(40), notes, [])).toContain("converted anew");
    expect(await move("b".repeat(40), notes, [])).toBeUndefined();
  });
});
