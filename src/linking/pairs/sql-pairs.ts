import { createHash } from "node:crypto";
import type { Knex } from "knex";
import { durably } from "../../database/durable.js";
import type { Clock } from "../../domain/clock.js";
import {
  type CommitId,
  type CommitRef,
  type MergeRequestRef,
  type RepositoryRef,
  repositoryName,
} from "../../domain/refs.js";
import type {
  MirroredCommit,
  MirroredPair,
  NewPair,
  Pair,
  PairChange,
  Pairs,
  PairState,
  ShownTexts,
} from "./pairs.js";

import { noLabels, type ShownLabels } from "../mirror/labels.js";
import type { Word } from "../trust/trust.js";

interface PairRow {
  readonly id: number;
  readonly source_forge: string;
  readonly source_path: string;
  readonly source_number: number;
  readonly dist_forge: string;
  readonly dist_path: string;
  readonly dist_branch: string;
  readonly dist_target: string | null;
  readonly fork_path: string | null;
  readonly dist_number: number | null;
  readonly state: PairState;
  readonly mirrored_head: string | null;
  readonly pushed_commit: string | null;
  readonly shown_title: string | null;
  /** SQLite keeps it as a number. */
  readonly shown_draft: boolean | number | null;
  readonly shown_texts: string | null;
  readonly shown_labels: string | null;
  readonly paused_by: string | null;
  readonly waiting_head: string | null;
  /** Text where the database has no type for it. */
  readonly waiting_since: string | Date | null;
  readonly closed_with: number | null;
}

/** The only owner of the tables `pairs`, `mirrored_commits` and `trusted_commits`. */
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

  async goingTo({ forge, path }: RepositoryRef, targetBranch: string): Promise<readonly Pair[]> {
    const rows = await this.#database<PairRow>("pairs")
      .where({ dist_forge: forge, dist_target: targetBranch })
      .whereRaw(sameDistPath, [path])
      .orderBy("id", "desc")
      .limit(500);
    return rows.flatMap((row) => pairFrom(row) ?? []);
  }

  async under({ forge, path }: RepositoryRef): Promise<readonly Pair[]> {
    const rows = await this.#database<PairRow>("pairs")
      .whereNotIn("state", ["closed", "merged"])
      .whereRaw(eitherSide, [forge, path, forge, path])
      .orderBy("id");
    return rows.flatMap((row) => pairFrom(row) ?? []);
  }

  async repositories(): Promise<readonly RepositoryRef[]> {
    const side = (name: "source" | "dist") => ({ forge: `${name}_forge`, path: `${name}_path` });
    const found = await Promise.all(
      (["source", "dist"] as const).map((name) =>
        this.#database("pairs").distinct<RepositoryRef[]>(side(name)),
      ),
    );
    return found.flat().map(({ forge, path }) => ({ forge, path }));
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
    return this.#toldApart(present(await this.withSourceGit(sourceGit)));
  }

  /** Two source repositories of one name may go to one dist-git: the first pair keeps the branch, whoever comes second. */
  async #toldApart(pair: Pair): Promise<Pair> {
    const { repository, branch } = pair.distGit;
    if (pair.state !== "opening" || pair.pushedCommit !== undefined) return pair;
    const earlier: unknown = await this.#database("pairs")
      .where({ dist_forge: repository.forge, dist_branch: branch })
      .whereRaw(sameDistPath, [repository.path])
      .where("id", "<", pair.id)
      .first();
    if (earlier === undefined) return pair;
    const source = createHash("sha256").update(repositoryName(pair.sourceGit.repository).toLowerCase());
    return this.update(pair, { distBranch: `${branch}-${source.digest("hex").slice(0, 8)}` });
  }

  async update(pair: Pair, change: PairChange): Promise<Pair> {
    const columns = {
      ...changedColumns(change),
      ...(change.waitingHead === undefined ? {} : this.#waitingColumns(pair, change.waitingHead)),
      updated_at: this.#now(),
    };
    await this.#database("pairs").where({ id: pair.id }).update(columns);
    return present(await this.withSourceGit(pair.sourceGit));
  }

  async move(pair: Pair, distGit: NewPair["distGit"]): Promise<Pair> {
    const forgotten = {
      ...{ fork_path: null, dist_number: null, mirrored_head: null, pushed_commit: null, closed_with: null },
      ...shownColumns(null),
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
    await durably(this.#database, (transaction) =>
      transaction("mirrored_commits")
        .insert(row)
        .onConflict(["pair_id", "dist_commit"])
        // Pushed again, after dist-git's branch went back: what it reports counts again.
        .merge(["source_commit", "created_at"]),
    );
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
      .whereRaw(`(${sameDistPath} or lower(fork_path) = lower(?))`, [repository.path, repository.path])
      .whereNotExists(this.#database("mirrored_commits as later").whereRaw(laterForTheSame))
      .select<(PairRow & { source_commit: string })[]>("pairs.*", "mirrored_commits.source_commit");
    return rows.map((row) => ({ pair: present(pairFrom(row)), sourceCommit: row.source_commit }));
  }

  async madeWith({ repository, commit }: CommitRef): Promise<readonly Pair[]> {
    const rows = await this.#database<PairRow>("pairs")
      .join("mirrored_commits", "mirrored_commits.pair_id", "pairs.id")
      .where({ dist_forge: repository.forge, dist_commit: commit })
      .whereRaw(sameDistPath, [repository.path])
      .select<PairRow[]>("pairs.*");
    return rows.flatMap((row) => pairFrom(row) ?? []);
  }

  async trust(pair: Pair, { commit, by }: { readonly commit: CommitId; readonly by: string }): Promise<void> {
    const row = { pair_id: pair.id, source_commit: commit, trusted_by: by, created_at: this.#now() };
    await this.#database("trusted_commits").insert(row).onConflict(["pair_id", "source_commit"]).ignore();
  }

  async words(pair: Pair): Promise<readonly Word[]> {
    const rows = await this.#database("trusted_commits")
      .where({ pair_id: pair.id })
      .orderBy("created_at")
      .select<{ source_commit: string; trusted_by: string }[]>("source_commit", "trusted_by");
    return rows.map(({ source_commit: commit, trusted_by: by }) => ({ commit, by }));
  }

  #waitingColumns({ waiting }: Pair, head: CommitId | null): Partial<PairRow> {
    if (waiting !== undefined && waiting.head === head) return {};
    return { waiting_head: head, waiting_since: head === null ? null : this.#now() };
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }
}

/** A source-git commit may have been converted anew; what its earlier dist-git commit still reports counts no more. */
export const laterForTheSame =
  "later.pair_id = mirrored_commits.pair_id and later.source_commit = mirrored_commits.source_commit " +
  "and later.created_at > mirrored_commits.created_at";

/** Ours is as `sluice.yml` has it, the forge's as it was made; forges compare without regard to case. */
const sameDistPath = "lower(dist_path) = lower(?)";

const eitherSide =
  "((source_forge = ? and lower(source_path) = lower(?)) or (dist_forge = ? and lower(dist_path) = lower(?)))";

function sourceColumns({ repository, number }: MergeRequestRef) {
  return { source_forge: repository.forge, source_path: repository.path, source_number: number };
}

function distColumns({ repository: { forge, path }, branch, targetBranch }: NewPair["distGit"]) {
  return { dist_forge: forge, dist_path: path, dist_branch: branch, dist_target: targetBranch ?? null };
}

function changedColumns(change: PairChange): Partial<PairRow> {
  return {
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.distBranch === undefined ? {} : { dist_branch: change.distBranch }),
    ...(change.distNumber === undefined ? {} : { dist_number: change.distNumber }),
    ...(change.targetBranch === undefined ? {} : { dist_target: change.targetBranch }),
    ...(change.fork === undefined ? {} : { fork_path: change.fork?.path ?? null }),
    ...(change.mirroredHead === undefined ? {} : { mirrored_head: change.mirroredHead }),
    ...(change.pushedCommit === undefined ? {} : { pushed_commit: change.pushedCommit }),
    ...(change.shown === undefined ? {} : shownColumns(change.shown)),
    ...(change.pausedBy === undefined ? {} : { paused_by: change.pausedBy }),
    ...(change.closedWith === undefined ? {} : { closed_with: change.closedWith }),
  };
}

function shownColumns(shown: ShownTexts | null) {
  return {
    shown_title: shown?.title ?? null,
    shown_draft: shown?.draft ?? null,
    shown_texts: shown?.texts ?? null,
    shown_labels: shown === null ? null : JSON.stringify(shown.labels),
  };
}

function waitingFrom({ waiting_head: head, waiting_since: since }: PairRow): Pair["waiting"] {
  return head === null || since === null ? undefined : { head, since: new Date(since) };
}

function shownFrom(row: PairRow): Pair["shown"] {
  const { shown_title: title, shown_draft: draft, shown_texts: texts } = row;
  if (title === null || texts === null) return undefined;
  const labels = row.shown_labels === null ? noLabels : (JSON.parse(row.shown_labels) as ShownLabels);
  return { title, draft: Boolean(draft), texts, labels };
}

function pairFrom(row: PairRow | undefined): Pair | undefined {
  if (row === undefined) return undefined;
  return {
    id: row.id,
    sourceGit: { repository: { forge: row.source_forge, path: row.source_path }, number: row.source_number },
    distGit: {
      repository: { forge: row.dist_forge, path: row.dist_path },
      branch: row.dist_branch,
      fork: row.fork_path === null ? undefined : { forge: row.dist_forge, path: row.fork_path },
      targetBranch: row.dist_target ?? undefined,
      number: row.dist_number ?? undefined,
    },
    state: row.state,
    mirroredHead: row.mirrored_head ?? undefined,
    pushedCommit: row.pushed_commit ?? undefined,
    shown: shownFrom(row),
    pausedBy: row.paused_by ?? undefined,
    waiting: waitingFrom(row),
    closedWith: row.closed_with ?? undefined,
  };
}

function present(pair: Pair | undefined): Pair {
  if (pair === undefined) throw new Error("a pair vanished from the database between two statements");
  return pair;
}
