import { describe, expect, it } from "@jest/globals";
import { OperatorError, RetryLater, UserError } from "../../src/domain/errors.js";
import type { MergeRequest, MergeRequestState } from "../../src/domain/merge-request.js";
import type { ForgeRegistry } from "../../src/forges/registry.js";
import type { Link } from "../../src/linking/links/links.js";
import { Ending, type EndingServices } from "../../src/linking/mirror/ending.js";
import { Patience } from "../../src/linking/mirror/patience.js";
import { Counterparts, type CounterpartServices } from "../../src/linking/pairs/counterparts.js";
import type { Pair, PairChange, Pairs } from "../../src/linking/pairs/pairs.js";
import type { Progress } from "../../src/linking/telling/progress.js";
import type { Told } from "../../src/linking/telling/told.js";
import { linkEntry } from "../config/link-entry.js";

const sourceGit = { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 };
const distGit = { repository: { forge: "github.com", path: "rpms/tally" }, number: 1 };
const [first, second] = ["a".repeat(40), "b".repeat(40)];
/** What they became in dist-git. */
const [mirroredFirst, mirroredSecond, foreign] = ["1".repeat(40), "2".repeat(40), "f".repeat(40)];

const mergeRequest = { ref: sourceGit, state: "open", head: second, targetBranch: "main" } as MergeRequest;
const counterpart = {
  ref: distGit,
  state: "merged",
  head: mirroredSecond,
  targetBranch: "main",
} as MergeRequest;
const pair = {
  ...{ id: 1, sourceGit, state: "open", mirroredHead: second, pushedCommit: mirroredSecond },
  distGit: { ...distGit, branch: "sluice/tally-7", fork: undefined, targetBranch: "main" },
} as unknown as Pair;

interface Scene {
  readonly policy?: "comment" | "close" | "merge";
  readonly counterpart?: Partial<MergeRequest>;
  readonly mergeRequest?: Partial<MergeRequest>;
  /** What dist-git's branch holds. */
  readonly tip?: string;
  /** The results that its CI told, all green, and those that it has to tell before it is merged. */
  readonly results?: { readonly told: readonly string[]; readonly required: readonly string[] };
  /** Why the forge does not merge yet. */
  readonly tooEarly?: string;
  /** What the forge answers to whoever closes or merges it. */
  readonly refusing?: Error;
  /** Merged by somebody right before Sluice closes it. */
  readonly mergedMeanwhile?: boolean;
  /** The dist-git merge request with which source-git's was closed before. */
  readonly closedWith?: number;
  /** What was told before. */
  readonly stands?: Progress;
  readonly pair?: Partial<Pair>;
}

/** One side ends; answers how both sides and the branch are then, and what was told. */
async function endOf(side: "source" | "dist", scene: Scene) {
  const seen = {
    source: { ...mergeRequest, ...scene.mergeRequest },
    dist: { ...counterpart, ...scene.counterpart },
    branch: scene.tip ?? counterpart.head,
    told: undefined as Progress | undefined,
    pair: undefined as string | undefined,
    closedWith: scene.closedWith,
  };
  const become = (ref: MergeRequest["ref"], state: MergeRequestState) => {
    const which = ref.number === sourceGit.number ? "source" : "dist";
    return (seen[which] = { ...seen[which], state });
  };
  const forge = {
    capabilities: { mergeRequestSigil: "#" },
    findBranch: () => Promise.resolve(seen.branch === "" ? undefined : seen.branch),
    removeBranch: () => Promise.resolve(void (seen.branch = "")),
    findMergeRequest: () => Promise.resolve(seen.dist),
    // eslint-disable-next-line @typescript-eslint/require-await -- as lists of forges are.
    async *listCommitStatuses() {
      const told = scene.results?.told ?? [];
      yield* told.map((context) => ({ context, state: "success", description: "" }));
    },
    merge: (ref: MergeRequest["ref"]) => {
      const { tooEarly: reason, refusing } = scene;
      if (refusing) return Promise.reject(refusing);
      if (reason !== undefined) return Promise.resolve({ outcome: "too-early", reason });
      become(ref, "merged");
      return Promise.resolve({ outcome: "merged" });
    },
    updateMergeRequest: (ref: MergeRequest["ref"], change: { readonly state: MergeRequestState }) => {
      if (scene.refusing) return Promise.reject(scene.refusing);
      if (!scene.mergedMeanwhile) return Promise.resolve(become(ref, change.state));
      become(ref, "merged");
      return Promise.reject(new UserError("refused", { message: "it is merged" }));
    },
  };
  const services = {
    forges: { for: () => forge } as unknown as ForgeRegistry,
    pairs: {
      update: (_: Pair, { state, closedWith }: PairChange) => {
        seen.pair = state ?? seen.pair;
        seen.closedWith = closedWith ?? seen.closedWith;
        return Promise.resolve();
      },
      isMirrored: (_: Pair, commit: string) =>
        Promise.resolve([mirroredFirst, mirroredSecond].includes(commit)),
    } as unknown as Pairs,
    whereabouts: { confirm: () => Promise.resolve() },
    report: {
      stands: () => Promise.resolve(scene.stands),
      tell: (_: MergeRequest, told: Progress) => Promise.resolve(void (seen.told = told)),
      tryToTell: (_: MergeRequest, told: Progress) => Promise.resolve(void (seen.told = told)),
    },
  };
  const counterparts = new Counterparts(services as unknown as CounterpartServices);
  const clock = { now: () => new Date(0) };
  const told = { of: () => Promise.resolve(scene.stands && ({ progress: scene.stands } as Told)) };
  const patience = new Patience({ told, clock, tryLater: () => Promise.resolve() });
  const ending = new Ending({ ...services, counterparts, patience } as unknown as EndingServices);
  const entry = linkEntry({
    afterDistMerge: scene.policy ?? "comment",
    afterSourceMerge: scene.results ? "merge-when-green" : "merge",
    requiredResults: scene.results?.required ?? [],
  });
  const link: Link = { sourceGit: sourceGit.repository, distGit: distGit.repository, entry, users: [] };
  const ended = {
    link,
    pair: { ...pair, ...scene.pair, closedWith: scene.closedWith },
    mergeRequest: seen.source,
  };
  const end = side === "dist" ? ending.ofDist(ended, seen.dist) : ending.ofSource(ended);
  const failed = await end.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failed !== scene.refusing) throw failed;
  return seen;
}

describe("source-git's side of what dist-git merged", () => {
  it.each([
    ["merge", "merged"],
    ["close", "closed"],
  ] as const)("is to %s, and that is done where all of it was merged", async (policy, state) => {
    expect((await endOf("dist", { policy })).source.state).toBe(state);
    // People's own commits on top of it take nothing from it.
    expect((await endOf("dist", { policy, counterpart: { head: foreign } })).source.state).toBe(state);
  });

  it.each(["merge", "close"] as const)(
    "is to %s, and stays open where a push came too late for the merge, or was never carried over",
    async (policy) => {
      expect((await endOf("dist", { policy, counterpart: { head: mirroredFirst } })).source.state).toBe(
        "open",
      );
      expect((await endOf("dist", { policy, mergeRequest: { head: first } })).source.state).toBe("open");
    },
  );

  it("is merged later where its own CI goes on, and told to be refused once that took too long", async () => {
    const tooEarly = "its CI runs";
    const { told, pair: state } = await endOf("dist", { policy: "merge", tooEarly });
    expect(told).toMatchObject({ stage: "dist-ended", waits: { reason: tooEarly } });
    expect(state).toBe("stopped");

    const waits = { reason: tooEarly, since: "1969-12-31T12:00:00.000Z", until: "1970-01-01T00:00:00.000Z" };
    const named = { ref: distGit, webUrl: "https://github.com/rpms/tally/pull/1", sigil: "#" } as const;
    const stands = { stage: "dist-ended", how: "merged", counterpart: named, waits } as const;
    expect((await endOf("dist", { policy: "merge", stands })).told?.stage).toBe("both-merged");
    const late = await endOf("dist", { policy: "merge", tooEarly, stands });
    expect(late.told).toMatchObject({ stage: "dist-ended", refused: tooEarly });
  });

  it("is closed once: who opens it again has the last word", async () => {
    const first = await endOf("dist", { policy: "close" });
    expect([first.source.state, first.closedWith]).toEqual(["closed", distGit.number]);

    const again = await endOf("dist", { policy: "close", closedWith: distGit.number });
    expect([again.source.state, again.pair]).toEqual(["open", "stopped"]);
    expect(again.told).toMatchObject({ stage: "dist-ended", source: "reopened" });
    // Another counterpart has another end.
    expect((await endOf("dist", { policy: "close", closedWith: 999 })).source.state).toBe("closed");
  });

  it("was closed once as well by somebody who was cut off right then", async () => {
    const named = { ref: distGit, webUrl: "https://github.com/rpms/tally/pull/1", sigil: "#" } as const;
    const stands = { stage: "dist-ended", how: "merged", counterpart: named, source: "closed" } as const;
    const { closedWith } = await endOf("source", { mergeRequest: { state: "closed" }, stands });
    expect(closedWith).toBe(distGit.number);
  });

  it("that was merged as well is told to be behind where dist-git lacks its last commits", async () => {
    const merged = { state: "merged" } as const;
    const { told } = await endOf("source", { mergeRequest: merged });
    expect(told?.stage).toBe("both-merged");

    const late = await endOf("source", { mergeRequest: { ...merged, head: first } });
    expect(late.told?.stage).toBe("left-behind");
  });
});

describe("the branch that Sluice made", () => {
  it("goes once it is merged, and stays where people went on with it", async () => {
    expect((await endOf("dist", {})).branch).toBe("");
    expect((await endOf("dist", { counterpart: { head: foreign }, tip: foreign })).branch).toBe("");
    expect((await endOf("dist", { tip: foreign })).branch).toBe(foreign);
  });
});

describe("a counterpart that was left to dist-git's maintainers", () => {
  const named = { ref: distGit, webUrl: "https://github.com/rpms/tally/pull/1", sigil: "#" } as const;
  const left = { stage: "source-ended", how: "merged", counterpart: named } as const;
  const merged = { mergeRequest: { state: "merged" }, pair: { state: "merged" } } as const;

  it.each([
    ["merged", "both-merged", ""],
    ["closed", "dist-ended", mirroredSecond],
  ] as const)("is told of as %s once it is", async (state, stage, branch) => {
    for (const stands of [left, { stage: "merge-refused", reason: "", counterpart: named }] as const) {
      const seen = await endOf("source", { ...merged, counterpart: { state }, stands });
      expect([seen.told?.stage, seen.branch]).toEqual([stage, branch]);
      // And then there is nothing more to say, whatever is heard of either side.
      const later = { ...merged, counterpart: { state } } as const;
      const again = await endOf("source", { ...later, ...(seen.told && { stands: seen.told }) });
      expect(again.told).toBeUndefined();
    }
  });

  it("is told of once as merged where it is behind", async () => {
    const behind = { ...merged, mergeRequest: { ...merged.mergeRequest, head: first } } as const;
    const stands = { stage: "left-behind", head: first, counterpart: named } as const;
    const { told } = await endOf("source", { ...behind, stands });
    expect(told).toMatchObject({ stage: "left-behind", dist: "merged" });
    expect((await endOf("source", { ...behind, ...(told && { stands: told }) })).told).toBeUndefined();
  });

  it("is left to them while it is open, however often something is heard of it", async () => {
    const refused = { stage: "merge-refused", reason: "it is a draft", counterpart: named } as const;
    const seen = await endOf("source", { ...merged, counterpart: { state: "open" }, stands: refused });
    expect([seen.dist.state, seen.told]).toEqual(["open", undefined]);
  });

  it("is told of as merged where Sluice had closed it", async () => {
    const closed = { mergeRequest: { state: "closed" }, pair: { state: "closed" } } as const;
    const { told, branch } = await endOf("source", { ...closed, stands: { ...left, how: "closed" } });
    expect([told, branch]).toMatchObject([{ stage: "dist-ended", how: "merged" }, ""]);
  });
});

describe("a counterpart that somebody merges while Sluice closes it", () => {
  it("is told of as merged", async () => {
    const { told } = await endOf("source", {
      ...{ mergeRequest: { state: "closed" }, counterpart: { state: "open" }, mergedMeanwhile: true },
    });
    expect(told).toMatchObject({ stage: "dist-ended", how: "merged" });
  });
});

describe("a counterpart that cannot be closed", () => {
  it.each([
    ["broken", new OperatorError("the repository is archived")],
    ["waiting-for-forge", new RetryLater("the forge is down")],
  ] as const)("is told of as %s, while the work is kept", async (stage, refusing) => {
    const ends = { mergeRequest: { state: "closed" }, counterpart: { state: "open" } } as const;
    expect((await endOf("source", { ...ends, refusing })).told).toMatchObject({ stage });
  });
});

describe("a counterpart whose CI the forge has not counted yet", () => {
  it("is merged later", async () => {
    const { told, pair: state } = await endOf("source", {
      ...{ mergeRequest: { state: "merged" }, counterpart: { state: "open" }, tooEarly: "its CI runs" },
    });
    expect(told).toMatchObject({ stage: "merge-waits", verdict: "pending" });
    expect(state).toBe("merging");
  });
});

describe("a merge that waited for a CI that says nothing", () => {
  it("counts on from where it began to wait when a forge does not answer in between", async () => {
    const named = { ref: distGit, webUrl: "https://github.com/rpms/tally/pull/1", sigil: "#" } as const;
    const since = "2026-11-21T12:00:00.000Z";
    const { told } = await endOf("source", {
      ...{ mergeRequest: { state: "merged" }, counterpart: { state: "open" } },
      refusing: new RetryLater("the forge is down"),
      stands: { stage: "merge-waits", counterpart: named, verdict: "silent", since },
    });
    // What was told stays, by which it is counted.
    expect(told).toBeUndefined();
  });
});

describe("a counterpart that is merged when its CI is green", () => {
  it.each([
    ["at once", ["cla", "build"], "both-merged"],
    ["once what is required was told of", ["cla"], "merge-waits"],
  ])("is merged %s", async (_, told, stage) => {
    const ends = { mergeRequest: { state: "merged" }, counterpart: { state: "open" } } as const;
    const results = { told, required: ["build"] };
    expect((await endOf("source", { ...ends, results })).told).toMatchObject({ stage });
  });
});
