import type { CommitStatus } from "../../domain/commit-status.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId, MergeRequestRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";
import type { Progress } from "./progress.js";

/** What people were last told of a pair; the one comment of each side is made of it. */
export interface Told {
  /** The source-git merge request as it was then, without its description. */
  readonly mergeRequest: MergeRequest;
  /** `undefined` until there was something to say in a comment. */
  readonly progress: Progress | undefined;
  readonly results: ToldResults | undefined;
  /** Whether dist-git's side has a comment, which then has to be kept true. */
  readonly saidInDist: boolean;
  /** By topic. */
  readonly notes: ReadonlyMap<string, string>;
}

/** dist-git's CI results of what a source-git commit became. */
export interface ToldResults {
  readonly sourceCommit: CommitId;
  /** What was tested; not there in what was recorded before this was. */
  readonly distCommit?: CommitId;
  readonly results: readonly CommitStatus[];
  /** Whether the forge took them as statuses, too; otherwise the comment is the only place to see them. */
  readonly shownAsStatuses: boolean;
}

export interface ToldAt<S extends Progress["stage"]> {
  readonly ref: MergeRequestRef;
  readonly progress: Extract<Progress, { readonly stage: S }>;
}

export type ToldChange = Partial<Omit<Told, "notes">>;

/** Keeps what people were told. */
export interface ToldRecords {
  of(pair: Pair): Promise<Told | undefined>;
  /** The first change of a pair has to name its merge request. */
  record(pair: Pair, change: ToldChange): Promise<void>;
  noteOf(pair: Pair, topic: string): Promise<string | undefined>;
  /** The source-git merge requests of which this was told last, with what was told. */
  at<S extends Progress["stage"]>(stage: S): Promise<readonly ToldAt<S>[]>;
  /** Sets a note, or clears it. */
  note(pair: Pair, topic: string, text: string | undefined): Promise<void>;
}
