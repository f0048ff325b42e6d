import { describe, expect, it } from "@jest/globals";
import type { LinkEntry } from "../../src/config/configuration.js";
import type { CommitState } from "../../src/domain/commit-status.js";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import { type Awaited, Patience } from "../../src/linking/mirror/patience.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import { type Progress, waitsToMerge } from "../../src/linking/telling/progress.js";
import type { Told } from "../../src/linking/telling/told.js";
import { progressComment, progressStatus } from "../../src/linking/wording/progress-wording.js";
import { linkEntry } from "../config/link-entry.js";
import { MovableClock } from "../world/clock.js";

const anHour = 3600;
const commit = "b".repeat(40);
const pair = { id: 1, sourceGit: { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 } };
const counterpart = {
  ref: { repository: { forge: "github.com", path: "rpms/tally" }, number: 3 },
  webUrl: "https://github.com/rpms/tally/pull/3",
  sigil: "#",
} as const;

/** A merge that waits, looked at as often as somebody asks; what is told is remembered, whoever asks next. */
function waiting(policy: Partial<LinkEntry> = {}) {
  // It stands still but for what passes.
  const clock = new MovableClock(0);
  const later: Date[] = [];
  let told: Partial<Told> = { mergeRequest: {} as MergeRequest, notes: new Map() };
  const patience = () =>
    new Patience({
      clock,
      told: { of: () => Promise.resolve(told as Told) },
      tryLater: (_, at) => Promise.resolve(void later.push(at)),
    });
  const look = async (...results: readonly (readonly [string, CommitState])[]) => {
    const waits = await patience().waits({
      ...{ pair: pair as Pair, commit, policy: linkEntry(policy) },
      results: results.map(([context, state]) => ({ context, state, description: "" })),
    });
    if (waits) told = { ...told, progress: { stage: "merge-waits", counterpart, ...waits } };
    return waits;
  };
  /** dist-git's status in source-git was given up. */
  const giveUp = () => {
    const shown = { sourceCommit: "a".repeat(40), distCommit: commit, results: [], shownAsStatuses: true };
    told = { ...told, results: shown };
  };
  /** source-git's side cannot be merged yet. */
  const tooEarly = async () => {
    const waits = await patience().tries(pair as Pair, "its CI runs");
    const progress = { stage: "dist-ended", how: "merged", counterpart } as const;
    told = { ...told, progress: waits ? { ...progress, waits } : progress };
    return told.progress;
  };
  return { look, clock, giveUp, later, tooEarly };
}

function said(waits: Awaited | undefined) {
  return textsOf({ stage: "merge-waits", counterpart, verdict: "pending", ...waits });
}

function textsOf(progress: Progress) {
  const words = { prefix: "/sluice", commit: () => "", head: () => "" };
  return { status: progressStatus(progress), comment: progressComment(progress, words) };
}

describe("a merge that waits for a green CI", () => {
  it("is made once all is green, and waits for what failed, goes on, or is required", async () => {
    const { look } = waiting({ requiredResults: ["build"] });

    expect(await look(["build", "success"])).toBeUndefined();
    expect(await look(["build", "failure"])).toMatchObject({ verdict: "failed" });
    expect(await look(["build", "running"])).toMatchObject({ verdict: "pending" });
    const waits = await look(["cla", "success"]);
    expect(said(waits).comment).toContain("It still has to tell of `build`, which the link requires.");
  });

  it("is never made where nothing is heard, and says how to go on once dist-git's CI was given up", async () => {
    const { look, clock, giveUp, later } = waiting();
    expect(said(await look()).status).toMatchObject({ state: "pending" });

    giveUp();
    clock.pass(1000 * anHour);
    const { status, comment } = said(await look());
    expect(status).toMatchObject({ state: "neutral", description: expect.stringContaining("says nothing") });
    expect(comment).toMatch(
      /no CI has said anything of it\.[^]*merge it there by hand[^]*`merge-without-ci`/,
    );
    expect(later).toEqual([]);
  });

  it("is made without a CI where the link says after how long, whichever process looks then", async () => {
    const { look, clock, giveUp, later } = waiting({ mergeWithoutCi: anHour * 1000 });
    const begun = clock.now().getTime();
    await look();
    giveUp();
    clock.pass(anHour / 2);
    const { status, comment } = said(await look());
    expect(status).toMatchObject({ state: "pending", description: expect.stringContaining("until") });
    expect(comment).toContain("it is merged without at ");

    clock.pass(anHour / 2 - 1);
    expect(await look()).toBeDefined();
    expect(new Set(later.map((at) => at.getTime() - begun))).toEqual(new Set([anHour * 1000]));
    clock.pass(1);
    expect(await look()).toBeUndefined();
  });

  it("waits for a CI that speaks up late, and for required results for ever", async () => {
    const late = waiting({ mergeWithoutCi: anHour * 1000 });
    await late.look();
    late.clock.pass(2 * anHour);
    expect(await late.look(["build", "running"])).toMatchObject({ verdict: "pending" });

    const required = waiting({ mergeWithoutCi: anHour * 1000, requiredResults: ["build"] });
    await required.look();
    required.clock.pass(2 * anHour);
    expect(await required.look()).toMatchObject({ verdict: "pending", missing: ["build"] });
  });
});

describe("a merge of source-git's side that comes too early", () => {
  it("is tried again, ever more seldom, for half a day", async () => {
    const { tooEarly, clock, later } = waiting();
    const pauses: number[] = [];
    for (let told = await tooEarly(); told && waitsToMerge(told); told = await tooEarly()) {
      const next = later.at(-1) ?? new Date(0);
      pauses.push((next.getTime() - clock.now().getTime()) / 60_000);
      clock.passUntil(next);
    }

    expect(pauses.slice(0, 2)).toEqual([1, 1]);
    expect(Math.max(...pauses)).toBe(60);
    expect(pauses.length).toBeLessThan(30);
    expect(pauses.reduce((sum, pause) => sum + pause)).toBe(12 * 60);
  });

  it("is told to be waited for, by a status for which the forge has not to wait", async () => {
    const { tooEarly } = waiting();
    const { status, comment } = textsOf((await tooEarly()) as Progress);

    expect(status.state).toBe("success");
    expect(comment).toMatch(/has to wait: its CI runs\. Sluice tries it again until 2\d{3}-.+ UTC\./);
  });
});
