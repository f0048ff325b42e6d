import type { LinkEntry } from "../../config/configuration.js";
import type { Complaint } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { Preview } from "../mirror/carry.js";
import type { Pair } from "../pairs/pairs.js";
import type { Route } from "../links/route.js";
import type { TrustAnswer } from "../trust/trust-keeper.js";

/** What would be decided for a merge request, and why. */
export interface Explanation {
  /** Of which side the address was. */
  readonly asked: "source-git" | "dist-git";
  readonly sourceGit: MergeRequest;
  readonly dist: MergeRequest | undefined;
  /** `undefined` where no link carries its target branch. */
  readonly route: Route | undefined;
  readonly pair: Pair | undefined;
  /** `undefined` where nothing hangs on it: one that has ended, or that no link carries. */
  readonly trust: TrustAnswer | undefined;
  readonly conversion: Previewed | undefined;
  /** What its commit status was last made to say. */
  readonly said: string | undefined;
  readonly notes: readonly string[];
  readonly next: NextStep;
}

export type Previewed =
  | { readonly outcome: "converted"; readonly preview: Preview }
  | { readonly outcome: "refused"; readonly complaint: Complaint }
  /** For now: a forge does not answer, or does not hand the head out yet. */
  | { readonly outcome: "unavailable"; readonly reason: string };

/** What Sluice would do on the next event of the merge request. */
export type NextStep =
  | { readonly step: "nothing"; readonly because: NothingBecause }
  | { readonly step: "wait"; readonly for: "resume" | "maintainer" | "forge" | "ci" }
  | { readonly step: "refuse" }
  | { readonly step: "mirror"; readonly how: "open" | "update" | "reopen" | "withdraw" }
  | { readonly step: "end"; readonly policy: LinkEntry["afterSourceMerge"] | LinkEntry["afterDistMerge"] };

export type NothingBecause =
  | "not-linked"
  | "never-mirrored"
  | "ended"
  | "mirrored"
  | "stopped-in-dist"
  | "reopened"
  | "pushed-in-dist"
  | "nothing-to-mirror";

/** The facts on which the next step hangs. */
export type NextFacts = Omit<Explanation, "asked" | "said" | "notes" | "next">;

/** In the order in which the mirror goes about it. */
export function nextStep({ sourceGit, dist, route, pair, trust, conversion }: NextFacts): NextStep {
  if (sourceGit.state !== "open") return endOf({ sourceGit, dist, route, pair });
  if (!route) return dist?.state === "open" ? mirrors("withdraw") : nothing("not-linked");
  if (pair?.pausedBy !== undefined) return { step: "wait", for: "resume" };
  if (trust?.decision.trusted === false) return { step: "wait", for: "maintainer" };
  if (dist?.state === "merged") {
    const policy = route.link.entry.afterDistMerge;
    // It was closed once with it, and people opened it again.
    const isReopened = policy !== "merge" && pair?.closedWith === dist.ref.number;
    return isReopened ? nothing("reopened") : { step: "end", policy };
  }
  if (dist?.state === "closed" && !closedByUs(pair)) return nothing("stopped-in-dist");
  if (isTheirs(pair, dist)) return nothing("pushed-in-dist");
  if (conversion?.outcome === "refused") return { step: "refuse" };
  if (conversion?.outcome === "unavailable") return { step: "wait", for: "forge" };
  if (pair?.mirroredHead === sourceGit.head && ["opening", "open", "empty"].includes(pair.state)) {
    return nothing(pair.state === "empty" ? "nothing-to-mirror" : "mirrored");
  }
  if (conversion?.outcome === "converted" && !conversion.preview.changed) {
    return dist?.state === "open" ? mirrors("withdraw") : nothing("nothing-to-mirror");
  }
  if (dist?.state === "closed") return mirrors("reopen");
  return mirrors(dist === undefined ? "open" : "update");
}

/** What people closed is theirs. */
function closedByUs(pair: Pair | undefined): boolean {
  return pair !== undefined && ["closing", "closed", "empty"].includes(pair.state);
}

/** People pushed to it, and their commits are there still. */
function isTheirs(pair: Pair | undefined, dist: MergeRequest | undefined): boolean {
  return dist?.state === "open" && pair?.state === "stopped" && dist.head !== pair.pushedCommit;
}

function endOf({ sourceGit, dist, route, pair }: Omit<NextFacts, "trust" | "conversion">): NextStep {
  if (!pair) return nothing("never-mirrored");
  if (dist?.state !== "open") return nothing("ended");
  if (sourceGit.state === "closed") return mirrors("withdraw");
  const policy = route?.link.entry.afterSourceMerge ?? "keep";
  if (policy === "keep") return nothing("ended");
  return pair.state === "merging" ? { step: "wait", for: "ci" } : { step: "end", policy };
}

function nothing(because: NothingBecause): NextStep {
  return { step: "nothing", because };
}

function mirrors(how: Extract<NextStep, { readonly step: "mirror" }>["how"]): NextStep {
  return { step: "mirror", how };
}
