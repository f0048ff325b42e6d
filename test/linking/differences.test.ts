import { describe, expect, it } from "@jest/globals";
import type { CommitState } from "../../src/domain/commit-status.js";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import {
  awaitedResults,
  distDiffers,
  homeDiffers,
  sourceDiffers,
} from "../../src/linking/reconciler/differences.js";
import type { Homecoming } from "../../src/linking/homecoming/homecomings.js";
import { noLabels } from "../../src/linking/mirror/labels.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import type { Route } from "../../src/linking/links/route.js";
import type { Told } from "../../src/linking/telling/told.js";
import { linkEntry } from "../config/link-entry.js";

const sourceGit = { forge: "gitlab.com", path: "centos/src/tally" };
const distGit = { forge: "github.com", path: "rpms/tally" };
const route: Route = { link: { sourceGit, distGit, entry: linkEntry(), users: [] }, targetBranch: "main" };
const head = "a".repeat(40);
const pushed = "b".repeat(40);
const other = "c".repeat(40);

const mergeRequest: MergeRequest = {
  ...{
    ref: { repository: sourceGit, number: 1 },
    state: "open",
    title: "Fix",
    description: "",
    draft: false,
  },
  ...{ author: { id: 1, login: "robin" }, source: { repository: sourceGit, branch: "fix" } },
  ...{ targetBranch: "main", head, labels: [], webUrl: "https://gitlab.com/1" },
};

/** Mirrored, with nothing more to do: the fingerprint is that of the title, description and draft above. */
const mirrored: Pair = {
  ...{ id: 1, sourceGit: mergeRequest.ref, state: "open", mirroredHead: head, pushedCommit: pushed },
  distGit: { repository: distGit, branch: "sluice/1", fork: undefined, targetBranch: "main", number: 7 },
  shown: {
    ...{ title: "Fix", draft: false, labels: noLabels },
    texts: "8cf516e145b84e60e14efd56273d028b142119c32c1a99ed89f2a65ab50da9ef",
  },
  ...{ pausedBy: undefined, waiting: undefined, closedWith: undefined },
};

function told(change: Partial<Told>): Told {
  const nothing = { progress: undefined, results: undefined, saidInDist: false, notes: new Map() };
  return { mergeRequest, ...nothing, ...change };
}

const failed = { stage: "failed", complaint: { message: "a conflict" } } as unknown as NonNullable<
  Told["progress"]
>;

describe("a source-git merge request", () => {
  const differs = (
    seen: Partial<MergeRequest>,
    known: { readonly pair?: Partial<Pair>; readonly told?: Partial<Told> } = {},
  ) =>
    sourceDiffers({
      ...{ mergeRequest: { ...mergeRequest, ...seen }, route },
      ...{ pair: { ...mirrored, ...known.pair }, told: told(known.told ?? {}) },
    });

  it("that nobody heard of is news while it is open, and goes where a link leads", () => {
    const unknown = { mergeRequest, route, pair: undefined, told: undefined };

    expect(sourceDiffers(unknown)).toBe(true);
    expect(sourceDiffers({ ...unknown, route: undefined })).toBe(false);
    expect(sourceDiffers({ ...unknown, mergeRequest: { ...mergeRequest, state: "closed" } })).toBe(false);
  });

  it("is as recorded once it was mirrored with its texts", () => {
    expect(differs({})).toBe(false);
  });

  it("is told of anew where a forge did not answer when it was last told of, ended or not", () => {
    const waiting = { progress: { stage: "waiting-for-forge" } } as const;

    expect(differs({}, { told: waiting })).toBe(true);
    expect(differs({ state: "closed" }, { pair: { state: "closed" }, told: waiting })).toBe(true);
    expect(differs({ state: "closed" }, { pair: { state: "closed" } })).toBe(false);
  });

  it.each([
    ["has another head", { head: other }],
    ["has another title", { title: "Mend" }],
    ["is a draft by now", { draft: true }],
    ["was closed", { state: "closed" }],
    ["was merged", { state: "merged" }],
  ] as const)("%s", (_, seen) => {
    expect(differs(seen)).toBe(true);
  });

  it.each(["closed", "merged", "closing"] as const)("was reopened, where its pair is %s", (state) => {
    expect(differs({}, { pair: { state } })).toBe(true);
  });

  it.each([
    ["closed", "closed"],
    ["merged", "merged"],
    ["merged", "merging"],
  ] as const)("that is %s is as recorded where its pair is %s", (state, pair) => {
    expect(differs({ state }, { pair: { state: pair } })).toBe(false);
  });

  it("that is closed is as recorded where people had closed dist-git's side, but not where they pushed to it", () => {
    const counterpart = { ref: mergeRequest.ref, webUrl: "", sigil: "#" } as const;
    const known = (progress: NonNullable<Told["progress"]>) =>
      ({
        pair: { state: "stopped" },
        told: { progress },
      }) as const;
    const commit = { repository: distGit, commit: other };

    const ended = known({ stage: "dist-ended", how: "closed", counterpart });
    expect(differs({ state: "closed" }, ended)).toBe(false);
    const pushedTo = known({ stage: "foreign-push", branch: "sluice/1", commit, counterpart });
    expect(differs({ state: "closed" }, pushedTo)).toBe(true);
  });

  it("that cannot be converted waits for a push, or for another target branch", () => {
    const pair = { state: "opening", mirroredHead: undefined, shown: undefined } as const;

    expect(differs({ title: "Mend" }, { pair, told: { progress: failed } })).toBe(false);
    expect(differs({}, { pair, told: { progress: failed } })).toBe(false);
    expect(differs({ head: other }, { pair, told: { progress: failed } })).toBe(true);
    expect(differs({ targetBranch: "next" }, { pair, told: { progress: failed } })).toBe(true);
    expect(differs({}, { pair })).toBe(true);
  });

  it("that cannot be converted any more still has texts that its counterpart is to say", () => {
    const pair = { mirroredHead: other };

    expect(differs({}, { pair, told: { progress: failed } })).toBe(false);
    expect(differs({ title: "Mend" }, { pair, told: { progress: failed } })).toBe(true);
  });

  it("that people stopped or paused is looked at again when it has another head", () => {
    for (const pair of [{ state: "stopped" }, { pausedBy: "ada" }] as const) {
      expect(differs({ title: "Mend" }, { pair })).toBe(false);
      expect(differs({ head: other }, { pair })).toBe(true);
    }
  });

  it("that waits to be merged with dist-git's may be merged by now", () => {
    const counterpart = { ref: mergeRequest.ref, webUrl: "", sigil: "#" } as const;
    const ended = { stage: "dist-ended", how: "merged", counterpart } as const;
    const waits = { reason: "its CI runs", since: "", until: "" };
    const pair = { state: "stopped" } as const;

    expect(differs({}, { pair, told: { progress: ended } })).toBe(false);
    expect(differs({}, { pair, told: { progress: { ...ended, waits } } })).toBe(true);
  });

  it("that waits for a word may have got one", () => {
    expect(differs({}, { pair: { waiting: { head, since: new Date(0) } } })).toBe(true);
  });
});

describe("a counterpart in dist-git", () => {
  const seen = { ...mergeRequest, head: pushed };
  const differs = (pair: Partial<Pair>, now: Partial<MergeRequest>, progress?: Told["progress"]) =>
    distDiffers({ pair: { ...mirrored, ...pair }, told: told({ progress }) }, { ...seen, ...now });

  it("is as recorded while it is open with what Sluice pushed", () => {
    expect(differs({}, {})).toBe(false);
  });

  it("was closed, merged or pushed to", () => {
    expect(differs({}, { state: "closed" })).toBe(true);
    expect(differs({}, { state: "merged" })).toBe(true);
    expect(differs({}, { head: other })).toBe(true);
  });

  it("that people ended is as recorded until they reopen it", () => {
    const stopped = { state: "stopped" } as const;

    expect(differs(stopped, { state: "closed" })).toBe(false);
    expect(differs(stopped, { head: other })).toBe(false);
    expect(differs(stopped, {})).toBe(true);
  });

  it("that people pushed to, or closed, may have been merged since", () => {
    const stopped = { state: "stopped" } as const;
    const counterpart = { ref: seen.ref, webUrl: "https://github.com/7", sigil: "#" } as const;
    const commit = { repository: distGit, commit: other };
    const pushedTo = { stage: "foreign-push", counterpart, branch: "sluice/1", commit } as const;
    const closed = { stage: "dist-ended", counterpart, how: "closed" } as const;

    expect(differs(stopped, { head: other }, pushedTo)).toBe(false);
    expect(differs(stopped, { head: other, state: "merged" }, pushedTo)).toBe(true);
    expect(differs(stopped, { state: "closed" }, closed)).toBe(false);
    expect(differs(stopped, { state: "merged" }, closed)).toBe(true);
  });

  it("of a pair that ended is nobody's business once people read of its end", () => {
    const counterpart = { ref: seen.ref, webUrl: "https://github.com/7", sigil: "#" } as const;
    const merged = { state: "merged" } as const;
    const both = { stage: "both-merged", counterpart } as const;
    const left = { stage: "left-behind", counterpart, head } as const;
    const closed = { stage: "dist-ended", how: "closed", source: "merged", counterpart } as const;

    expect(differs(merged, { state: "closed" })).toBe(false);
    expect(differs(merged, merged, both)).toBe(false);
    expect(differs(merged, merged, { ...left, dist: "merged" })).toBe(false);
    expect(differs(merged, { state: "closed" }, closed)).toBe(false);
    const withSource = { stage: "source-ended", how: "closed", counterpart } as const;
    expect(differs({ state: "closed" }, { state: "closed" }, withSource)).toBe(false);
    expect(differs({ state: "closed" }, {}, withSource)).toBe(false);
  });

  it("that source-git left to its maintainers ended since, or was opened again", () => {
    const counterpart = { ref: seen.ref, webUrl: "https://github.com/7", sigil: "#" } as const;
    const left = [
      { stage: "source-ended", how: "merged", counterpart },
      { stage: "merge-refused", reason: "it is a draft", counterpart },
      { stage: "left-behind", counterpart, head },
    ] as const;
    for (const progress of left) {
      expect(differs({ state: "merged" }, { head: other }, progress)).toBe(false);
      for (const state of ["merged", "closed"] as const)
        expect(differs({ state: "merged" }, { state }, progress)).toBe(true);
    }
    const closed = { stage: "dist-ended", how: "closed", source: "merged", counterpart } as const;
    expect(differs({ state: "merged" }, {}, closed)).toBe(true);
    const withSource = { stage: "source-ended", how: "closed", counterpart } as const;
    expect(differs({ state: "closed" }, { state: "merged" }, withSource)).toBe(true);
  });
});

describe("a merge request that brings dist-git's changes home", () => {
  const home = { number: 1, seen: { dist: other, source: other, home: head } } as Homecoming;

  it("is as recorded with the head that was seen", () => {
    expect(homeDiffers(home, mergeRequest)).toBe(false);
    expect(homeDiffers(home, { ...mergeRequest, head: other })).toBe(true);
  });

  it("has ended without Sluice's knowing while it is still the present one", () => {
    expect(homeDiffers(home, { ...mergeRequest, state: "merged" })).toBe(true);
    expect(homeDiffers({ ...home, number: undefined }, { ...mergeRequest, state: "merged" })).toBe(false);
  });
});

describe("the CI of a mirrored commit", () => {
  const results = (state: CommitState, sourceCommit = head) =>
    told({
      results: {
        sourceCommit,
        results: [{ context: "build", state, description: "" }],
        shownAsStatuses: true,
      },
    });

  it("is waited for until all of it has ended", () => {
    expect(awaitedResults(mirrored, undefined)).toBe(pushed);
    expect(awaitedResults(mirrored, results("running"))).toBe(pushed);
    expect(awaitedResults(mirrored, results("success", other))).toBe(pushed);
    expect(awaitedResults(mirrored, results("failure"))).toBeUndefined();
  });

  it("is not waited for where somebody has to press a button, nor of what has ended", () => {
    expect(awaitedResults(mirrored, results("manual"))).toBeUndefined();
    expect(awaitedResults({ ...mirrored, state: "closed" }, undefined)).toBeUndefined();
  });
});
