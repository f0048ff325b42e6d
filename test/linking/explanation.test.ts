import { describe, expect, it } from "@jest/globals";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import { type NextFacts, nextStep } from "../../src/linking/explaining/explanation.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import type { TrustAnswer } from "../../src/linking/trust/trust-keeper.js";
import { linkEntry } from "../config/link-entry.js";

const repository = { forge: "gitlab.com", path: "centos/src/tally" };
const head = "a".repeat(40);

function request(state: MergeRequest["state"]): MergeRequest {
  return { ref: { repository, number: 7 }, state, head, targetBranch: "main" } as MergeRequest;
}

function pair(change: Partial<Pair>): Pair {
  return { state: "open", mirroredHead: undefined, pausedBy: undefined, ...change } as Pair;
}

const link = { sourceGit: repository, distGit: repository, entry: linkEntry(), users: [] };
const route = { link, targetBranch: "main" };
const trusted = { decision: { trusted: true, because: { kind: "branch" } } } as TrustAnswer;
const doubted = { decision: { trusted: false, because: { kind: "other-fork" } } } as TrustAnswer;
const converted = {
  outcome: "converted",
  preview: { changed: true, patches: [], files: [], warnings: [] },
} as const;
const unchanged = { ...converted, preview: { ...converted.preview, changed: false } };
const refused = { outcome: "refused", complaint: { message: "conflict" } } as const;

/** Open, linked, trusted, convertible, and not yet mirrored, unless told. */
function next(change: Partial<NextFacts>) {
  const sourceGit = request("open");
  const facts = { sourceGit, route, trust: trusted, conversion: converted, dist: undefined, pair: undefined };
  return nextStep({ ...facts, ...change });
}

describe("what comes next for a merge request", () => {
  it.each([
    ["opens its counterpart", {}, { step: "mirror", how: "open" }],
    ["updates it", { pair: pair({}), dist: request("open") }, { step: "mirror", how: "update" }],
    [
      "opens again what Sluice closed",
      { pair: pair({ state: "closed" }), dist: request("closed") },
      { step: "mirror", how: "reopen" },
    ],
    [
      "is nothing, mirrored as it is",
      { pair: pair({ mirroredHead: head }), dist: request("open") },
      { step: "nothing", because: "mirrored" },
    ],
    [
      "is nothing where people opened again what was closed once with dist-git's merge",
      { pair: pair({ closedWith: 7 }), dist: request("merged") },
      { step: "nothing", because: "reopened" },
    ],
    [
      "is nothing without a link",
      { route: undefined, trust: undefined, conversion: undefined },
      { step: "nothing", because: "not-linked" },
    ],
    [
      "withdraws what is not linked any more",
      { route: undefined, pair: pair({}), dist: request("open") },
      { step: "mirror", how: "withdraw" },
    ],
    [
      "waits for who paused it",
      { pair: pair({ pausedBy: "ines" }), trust: doubted },
      { step: "wait", for: "resume" },
    ],
    ["waits for a maintainer", { trust: doubted, conversion: refused }, { step: "wait", for: "maintainer" }],
    ["tells of a conflict", { conversion: refused }, { step: "refuse" }],
    [
      "waits for a forge",
      { conversion: { outcome: "unavailable", reason: "down" } },
      { step: "wait", for: "forge" },
    ],
    [
      "is nothing where dist-git would not change",
      { conversion: unchanged },
      { step: "nothing", because: "nothing-to-mirror" },
    ],
    [
      "leaves alone what people closed",
      { pair: pair({ state: "stopped" }), dist: request("closed") },
      { step: "nothing", because: "stopped-in-dist" },
    ],
    [
      "leaves alone what people closed a moment ago",
      { pair: pair({}), dist: request("closed") },
      { step: "nothing", because: "stopped-in-dist" },
    ],
    [
      "goes on where it was cut off after closing it",
      { pair: pair({ state: "closing", mirroredHead: head }), dist: request("closed") },
      { step: "mirror", how: "reopen" },
    ],
    [
      "leaves a branch to people who pushed to it",
      { pair: pair({ state: "stopped" }), dist: request("open") },
      { step: "nothing", because: "pushed-in-dist" },
    ],
    [
      "goes on once their commits are gone",
      { pair: pair({ state: "stopped", pushedCommit: head }), dist: request("open") },
      { step: "mirror", how: "update" },
    ],
    [
      "ends with dist-git's merge",
      { pair: pair({}), dist: request("merged") },
      { step: "end", policy: "comment" },
    ],
  ] satisfies [string, Partial<NextFacts>, object][])("%s", (_, change, step) => {
    expect(next(change)).toEqual(step);
  });

  it("ends with dist-git's merge, though it was closed with it once, where the link now wants it merged", () => {
    const entry = linkEntry({ afterDistMerge: "merge" });
    const reopened = { pair: pair({ closedWith: 7 }), dist: request("merged") };
    expect(next({ ...reopened, route: { ...route, link: { ...link, entry } } })).toEqual({
      step: "end",
      policy: "merge",
    });
  });

  it("after its end is what the policy says", () => {
    const over = { pair: pair({}), dist: request("open"), trust: undefined, conversion: undefined };
    expect(next({ ...over, sourceGit: request("closed") })).toEqual({ step: "mirror", how: "withdraw" });
    expect(next({ ...over, sourceGit: request("merged") })).toEqual({ step: "nothing", because: "ended" });
    const entry = linkEntry({ afterSourceMerge: "merge-when-green" });
    const waiting = { ...over, sourceGit: request("merged"), route: { ...route, link: { ...link, entry } } };
    expect(next(waiting)).toEqual({ step: "end", policy: "merge-when-green" });
    expect(next({ ...waiting, pair: pair({ state: "merging" }) })).toEqual({ step: "wait", for: "ci" });
    expect(next({ ...over, sourceGit: request("closed"), pair: undefined, dist: undefined })).toEqual({
      step: "nothing",
      because: "never-mirrored",
    });
  });
});
