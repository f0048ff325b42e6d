import type { Knex } from "knex";
import type { Clock } from "../../domain/clock.js";
import type { CommitStatus } from "../../domain/commit-status.js";
import type { CommitId } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";
import { laterForTheSame } from "../pairs/sql-pairs.js";
import { haveEnded, isDue, type LateCommit, lateFor, type LateResults } from "./late-results.js";

interface Row {
  readonly pair_id: number;
  readonly dist_commit: string;
  readonly source_forge: string;
  readonly source_path: string;
  readonly dist_forge: string;
  readonly dist_path: string;
  /** Text where the database has no type for it. */
  readonly created_at: string | Date;
  readonly asked_at: string | Date | null;
}

/** For each one that is asked for, so many of those that have ended are looked at whether it is time. */
const looks = 10;

/** The only owner of the table `relayed_results`. */
export class SqlLateResults implements LateResults {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async record({ id }: Pair, commit: CommitId, shown: readonly CommitStatus[]): Promise<void> {
    const key = { pair_id: id, dist_commit: commit };
    const ended = haveEnded(shown);
    // Mostly nothing changed, and a write would wait for its turn.
    const known = await this.#database("relayed_results")
      .where(key)
      .first<{ readonly ended: boolean | number } | undefined>("ended");
    if (known && Boolean(known.ended) === ended) return;
    await this.#database("relayed_results")
      .insert({ ...key, ended, asked_at: this.#clock.now().toISOString() })
      .onConflict(["pair_id", "dist_commit"])
      .merge();
  }

  async due(most: number): Promise<readonly LateCommit[]> {
    const goingOn = await this.#thoseDue({ ended: false, most });
    const ended = await this.#thoseDue({ ended: true, most: most - goingOn.length });
    return [...goingOn, ...ended];
  }

  async asked(commits: readonly LateCommit[]): Promise<void> {
    const asked_at = this.#clock.now().toISOString();
    for (const { pair, commit } of commits) {
      await this.#database("relayed_results")
        .insert({ pair_id: pair, dist_commit: commit.commit, ended: false, asked_at })
        .onConflict(["pair_id", "dist_commit"])
        .merge(["asked_at"]);
    }
  }

  async #thoseDue({
    ended,
    most,
  }: {
    readonly ended: boolean;
    readonly most: number;
  }): Promise<readonly LateCommit[]> {
    if (most <= 0) return [];
    const now = this.#clock.now();
    const rows = await this.#late(ended).limit(most * looks);
    const due = rows.filter(({ created_at: pushed, asked_at: asked }) =>
      isDue({ pushedAt: new Date(pushed), askedAt: new Date(asked ?? pushed), ended }, now),
    );
    return due.slice(0, most).map(lateCommit);
  }

  /** What was pushed of late, but for what sweeps see to anyway: the heads of pairs that are open. */
  #late(ended: boolean) {
    const since = new Date(this.#clock.now().getTime() - lateFor).toISOString();
    return this.#database("mirrored_commits")
      .join("pairs", "pairs.id", "mirrored_commits.pair_id")
      .leftJoin("relayed_results", function () {
        this.on("relayed_results.pair_id", "mirrored_commits.pair_id");
        this.on("relayed_results.dist_commit", "mirrored_commits.dist_commit");
      })
      .where("mirrored_commits.created_at", ">=", since)
      .whereRaw(`coalesce(relayed_results.ended, ?) = ?`, [false, ended])
      .whereRaw(
        "not (pairs.state in ('open', 'merging') and coalesce(pairs.pushed_commit, '') = mirrored_commits.dist_commit)",
      )
      .whereNotExists(this.#database("mirrored_commits as later").whereRaw(laterForTheSame))
      .orderByRaw("coalesce(relayed_results.asked_at, mirrored_commits.created_at)")
      .select<Row[]>(
        ...(["pairs.source_forge", "pairs.source_path", "pairs.dist_forge", "pairs.dist_path"] as const),
        ...(["mirrored_commits.pair_id", "mirrored_commits.dist_commit"] as const),
        ...(["mirrored_commits.created_at", "relayed_results.asked_at"] as const),
      );
  }
}

function lateCommit(row: Row): LateCommit {
  return {
    pair: row.pair_id,
    sourceGit: { forge: row.source_forge, path: row.source_path },
    commit: { repository: { forge: row.dist_forge, path: row.dist_path }, commit: row.dist_commit },
  };
}
