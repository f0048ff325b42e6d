import { describe, expect, it } from "@jest/globals";
import type { CommitState } from "../../src/domain/commit-status.js";
import type { RerunChoice } from "../../src/forges/forge.js";
import { type Press, Rerunner, type RerunnerServices } from "../../src/linking/results/rerunner.js";

const repository = { forge: "github.com", path: "src/tally" };
const distCommit = "c".repeat(40);
const pressedAt = new Date("2026-11-21T12:00:00.501Z");
const before = "2026-11-21T11:59:00Z";
const after = "2026-11-21T12:01:00Z";
/** Forges tell of seconds. */
const sameSecond = "2026-11-21T12:00:00Z";

/** What runs again where somebody pressed the button of the check run for `build`. */
async function press(
  ci: Readonly<Record<string, readonly [CommitState, string?]>>,
  { triedSince, action }: Pick<Press, "triedSince" | "action"> = {},
): Promise<readonly RerunChoice[]> {
  const asked: RerunChoice[] = [];
  const forge = {
    checkRuns: {
      rerequested: () =>
        Promise.resolve({ key: `sluice 7 ${distCommit}`, context: "dist-git/build", commit: "d" }),
    },
    listCommitStatuses: () =>
      Object.entries(ci).map(([context, [state, finishedAt]]) => ({ context, state, finishedAt })),
    rerunJobs: (_: unknown, choice: RerunChoice) => Promise.resolve(asked.push(choice) ? ["some"] : []),
  };
  const services = {
    forges: { for: () => forge },
    pairs: {
      withSourceGit: () => Promise.resolve({ distGit: { repository, number: 1 } }),
      isMirrored: () => Promise.resolve(true),
    },
    counterparts: { find: () => Promise.resolve({}) },
  } as unknown as RerunnerServices;
  await new Rerunner(services).press({ check: { repository, id: 1, of: "run" }, triedSince, action });
  return asked;
}

describe("the button of a check run", () => {
  it("runs its job again, whatever came of it", async () => {
    const build = { which: "job", name: "build" };
    expect(await press({ build: ["failure", after] })).toEqual([build]);
    expect(await press({ build: ["success", before] })).toEqual([build]);
  });

  it("runs nothing twice where somebody was cut off who had it run already", async () => {
    const again = { triedSince: pressedAt };
    expect(await press({ build: ["success", after] }, again)).toEqual([]);
    expect(await press({ build: ["success", sameSecond] }, again)).toEqual([]);
    expect(await press({ build: ["running"] }, again)).toEqual([]);
    expect(await press({ build: ["success", after] }, { ...again, action: "rerun" })).toEqual([]);
  });

  it("runs what whoever was cut off had not come to", async () => {
    const again = { triedSince: pressedAt };
    const ci = { build: ["failure", before], lint: ["failure", after] } as const;
    expect(await press(ci, again)).toEqual([{ which: "job", name: "build" }]);
    expect(await press(ci, { ...again, action: "retry" })).toEqual([{ which: "job", name: "build" }]);
  });
});
