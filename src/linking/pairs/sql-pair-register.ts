import type { Knex } from "knex";

/** A pair, for people who look what there is. */
export interface ListedPair {
  readonly id: number;
  /** `forge/path#number`. */
  readonly sourceGit: string;
  readonly distGit: string | undefined;
  readonly state: string;
  readonly mirroredHead: string | undefined;
  readonly pausedBy: string | undefined;
  readonly waitingHead: string | undefined;
  readonly updatedAt: Date;
}

export interface PairFilter {
  readonly state?: string;
  readonly limit: number;
}

interface Row {
  readonly id: number;
  readonly source_forge: string;
  readonly source_path: string;
  readonly source_number: number;
  readonly dist_forge: string;
  readonly dist_path: string;
  readonly dist_number: number | null;
  readonly state: string;
  readonly mirrored_head: string | null;
  readonly paused_by: string | null;
  readonly waiting_head: string | null;
  readonly updated_at: string | Date;
}

/** The pairs as operators list and forget them; what they mean is `sql-pairs.ts`. */
export class SqlPairRegister {
  readonly #database: Knex;

  constructor(database: Knex) {
    this.#database = database;
  }

  /** What changed last comes first. */
  async list({ limit, ...where }: PairFilter): Promise<readonly ListedPair[]> {
    const rows = this.#database<Row>("pairs").where(where).orderBy("updated_at", "desc").limit(limit);
    return (await rows).map(listed);
  }

  async find(id: number): Promise<ListedPair | undefined> {
    const row = await this.#database<Row>("pairs").where({ id }).first();
    return row && listed(row);
  }

  /** What belongs to it goes with it; the merge requests stay as they are. `false` when there is none. */
  async forget(id: number): Promise<boolean> {
    return (await this.#database("pairs").where({ id }).delete()) > 0;
  }
}

function listed(row: Row): ListedPair {
  return {
    id: row.id,
    sourceGit: `${row.source_forge}/${row.source_path}!${row.source_number}`,
    distGit: row.dist_number === null ? undefined : `${row.dist_forge}/${row.dist_path}!${row.dist_number}`,
    state: row.state,
    mirroredHead: row.mirrored_head ?? undefined,
    pausedBy: row.paused_by ?? undefined,
    waitingHead: row.waiting_head ?? undefined,
    updatedAt: new Date(row.updated_at),
  };
}
