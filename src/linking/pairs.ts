import type { Knex } from "knex";
import type { Clock } from "../domain/clock.js";
import type { CommitId, CommitRef, MergeRequestRef, RepositoryRef } from "../domain/refs.js";

/**
 * Where a pair stands. `opening`: not yet mirrored; `open`: both sides are open; `stopped`: people closed or merged the
 * dist-git side; `empty`: dist-git would hold nothing of it; `closed` and `merged`: how the source-git merge request
 * ended, or `closed` because it went to a branch that is not linked.
 */
export type PairState = "opening" | "open" | "empty" | "stopped" | "closed" | "merged";

/** Two merge requests that mirror one another. */
export interface Pair {
  readonly id: number;
  readonly sourceGit: MergeRequestRef;
  readonly distGit: {
    readonly repository: RepositoryRef;
    /** The branch that Sluice pushes. */
    readonly branch: string;
    /** The branch that its merge request is for; `undefined` until it was mirrored. */
    readonly targetBranch: string | undefined;
    /** `undefined` until its merge request was opened. */
    readonly number: number | undefined;
  };
  readonly state: PairState;
  /** The source-git head that dist-git stands for, once everything that follows from it was done. */
  readonly mirroredHead: CommitId | undefined;
  /** The commit that Sluice last pushed to the dist-git branch. */
  readonly pushedCommit: CommitId | undefined;
  /** What Sluice last gave the dist-git merge request to say; `undefined` until it was opened. */
  readonly shown: ShownTexts | undefined;
}

export interface ShownTexts {
  readonly title: string;
  readonly draft: boolean;
  /** A fingerprint of source-git's texts at that time. */
  readonly texts: string;
}

export interface NewPair {
  readonly sourceGit: MergeRequestRef;
  readonly distGit: { readonly repository: RepositoryRef; readonly branch: string };
}

export interface PairChange {
  readonly state?: PairState;
  readonly distNumber?: number;
  readonly targetBranch?: string;
  readonly mirroredHead?: CommitId;
  readonly pushedCommit?: CommitId;
  readonly shown?: ShownTexts;
}

/** A dist-git commit that Sluice pushed, and the source-git commit that it stands for. */
export interface MirroredCommit {
  readonly sourceCommit: CommitId;
  readonly distCommit: CommitId;
}

/** The only owner of the tables `pairs` and `mirrored_commits`. */
export interface Pairs {
  withSourceGit(ref: MergeRequestRef): Promise<Pair | undefined>;
  withDistGit(ref: MergeRequestRef): Promise<Pair | undefined>;
  /** The pair of this source-git merge request, recorded when there is none. */
  ensure(pair: NewPair): Promise<Pair>;
  update(pair: Pair, change: PairChange): Promise<Pair>;
  /** The pair goes to another dist-git repository and begins anew there. */
  move(pair: Pair, distGit: NewPair["distGit"]): Promise<Pair>;
  /** People ended the dist-git side; `false` when the pair is not any more in the state in which it was seen. */
  stop(pair: Pair): Promise<boolean>;
  /** Recorded before the push, so that a commit on the branch is known as ours whatever happens in between. */
  recordMirrored(pair: Pair, commits: MirroredCommit): Promise<void>;
  /** Whether Sluice made this dist-git commit for this pair. */
  isMirrored(pair: Pair, distCommit: CommitId): Promise<boolean>;
  /** What each of Sluice's commits in a dist-git repository stands for; more than one where two pairs share it. */
  mirroredBy(dist: CommitRef): Promise<readonly MirroredPair[]>;
}

/** A pair with the source-git commit that one of its dist-git commits stands for. */
export interface MirroredPair {
  readonly pair: Pair;
  readonly sourceCommit: CommitId;
}

interface PairRow {
  readonly id: number;
  readonly source_forge: string;
  readonly source_path: string;
  readonly source_number: number;
  readonly dist_forge: string;
  readonly dist_path: string;
  readonly dist_branch: string;
  readonly dist_target: string | null;
  readonly dist_number: number | null;
  readonly state: PairState;
  readonly mirrored_head: string | null;
  readonly pushed_commit: string | null;
  readonly shown_title: string | null;
  /** SQLite keeps it as a number. */
  readonly shown_draft: boolean | number | null;
  readonly shown_texts: string | null;
}

export class SqlPairs implements Pairs {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async withSourceGit(ref: MergeRequestRef): Promise<Pair | undefined> {
    return pairFrom(await this.#database<PairRow>("pairs").where(sourceColumns(ref)).first());
  }

  async withDistGit({ repository, number }: MergeRequestRef): Promise<Pair | undefined> {
    const pairs = this.#database<PairRow>("pairs").where({
      dist_forge: repository.forge,
      dist_number: number,
    });
    return pairFrom(await pairs.whereRaw(sameDistPath, [repository.path]).first());
  }

  async ensure({ sourceGit, distGit }: NewPair): Promise<Pair> {
    await this.#database("pairs")
      .insert({
        ...sourceColumns(sourceGit),
        ...distColumns(distGit),
        state: "opening",
        created_at: this.#now(),
        updated_at: this.#now(),
      })
      .onConflict(["source_forge", "source_path", "source_number"])
      .ignore();
    return present(await this.withSourceGit(sourceGit));
  }

  async update(pair: Pair, change: PairChange): Promise<Pair> {
    const columns = { ...changedColumns(change), updated_at: this.#now() };
    await this.#database("pairs").where({ id: pair.id }).update(columns);
    return present(await this.withSourceGit(pair.sourceGit));
  }

  async move(pair: Pair, distGit: NewPair["distGit"]): Promise<Pair> {
    const forgotten = {
      ...{ dist_target: null, dist_number: null, mirrored_head: null, pushed_commit: null },
      ...{ shown_title: null, shown_draft: null, shown_texts: null },
    };
    const columns = { ...distColumns(distGit), ...forgotten, state: "opening", updated_at: this.#now() };
    await this.#database("pairs").where({ id: pair.id }).update(columns);
    return present(await this.withSourceGit(pair.sourceGit));
  }

  async stop({ id, state }: Pair): Promise<boolean> {
    const change = { state: "stopped", updated_at: this.#now() };
    return (await this.#database("pairs").where({ id, state }).update(change)) > 0;
  }

  async recordMirrored(pair: Pair, { sourceCommit, distCommit }: MirroredCommit): Promise<void> {
    const row = {
      pair_id: pair.id,
      source_commit: sourceCommit,
      dist_commit: distCommit,
      created_at: this.#now(),
    };
    await this.#database("mirrored_commits")
      .insert(row)
      .onConflict(["pair_id", "dist_commit"])
      .merge(["source_commit"]);
  }

  async isMirrored(pair: Pair, distCommit: CommitId): Promise<boolean> {
    const where = { pair_id: pair.id, dist_commit: distCommit };
    const row: unknown = await this.#database("mirrored_commits").where(where).first();
    return row !== undefined;
  }

  async mirroredBy({ repository, commit }: CommitRef): Promise<readonly MirroredPair[]> {
    const rows = await this.#database<PairRow>("pairs")
      .join("mirrored_commits", "mirrored_commits.pair_id", "pairs.id")
      .where({ dist_forge: repository.forge, dist_commit: commit })
      .whereRaw(sameDistPath, [repository.path])
      .select<(PairRow & { source_commit: string })[]>("pairs.*", "mirrored_commits.source_commit");
    return rows.map((row) => ({ pair: present(pairFrom(row)), sourceCommit: row.source_commit }));
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

/** Ours is as `sluice.yml` has it, the forge's as it was made; forges compare without regard to case. */
const sameDistPath = "lower(dist_path) = lower(?)";

function sourceColumns({ repository, number }: MergeRequestRef) {
  return { source_forge: repository.forge, source_path: repository.path, source_number: number };
}

function distColumns({ repository, branch }: NewPair["distGit"]) {
  return { dist_forge: repository.forge, dist_path: repository.path, dist_branch: branch };
}

function changedColumns(change: PairChange): Partial<PairRow> {
  return {
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.distNumber === undefined ? {} : { dist_number: change.distNumber }),
    ...(change.targetBranch === undefined ? {} : { dist_target: change.targetBranch }),
    ...(change.mirroredHead === undefined ? {} : { mirrored_head: change.mirroredHead }),
    ...(change.pushedCommit === undefined ? {} : { pushed_commit: change.pushedCommit }),
    ...(change.shown === undefined ? {} : shownColumns(change.shown)),
  };
}

function shownColumns({ title, draft, texts }: ShownTexts) {
  return { shown_title: title, shown_draft: draft, shown_texts: texts };
}

function shownFrom({ shown_title: title, shown_draft: draft, shown_texts: texts }: PairRow): Pair["shown"] {
  return title === null || texts === null ? undefined : { title, draft: Boolean(draft), texts };
}

function pairFrom(row: PairRow | undefined): Pair | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    sourceGit: { repository: { forge: row.source_forge, path: row.source_path }, number: row.source_number },
    distGit: {
      repository: { forge: row.dist_forge, path: row.dist_path },
      branch: row.dist_branch,
      targetBranch: row.dist_target ?? undefined,
      number: row.dist_number ?? undefined,
    },
    state: row.state,
    mirroredHead: row.mirrored_head ?? undefined,
    pushedCommit: row.pushed_commit ?? undefined,
    shown: shownFrom(row),
  };
}

function present(pair: Pair | undefined): Pair {
  if (pair === undefined) throw new Error("a pair vanished from the database between two statements");
  return pair;
}
