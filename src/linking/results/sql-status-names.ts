import type { Knex } from "knex";
import type { CommitStatus } from "../../domain/commit-status.js";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";
import type { Said, Shared, StatusNames } from "./status-names.js";

interface SaidRow {
  readonly pair_id: number;
  /** SQLite keeps it as a number. */
  readonly plain: boolean | number;
  readonly source_number: number;
  readonly said: string;
}

const ended = ["closed", "merged"];

/** The only owner of the table `status_names`. */
export class SqlStatusNames implements StatusNames {
  readonly #database: Knex;

  constructor(database: Knex) {
    this.#database = database;
  }

  async arePlain(pair: Pair, commit: CommitId): Promise<boolean> {
    const known = await this.#plain(pair, commit);
    if (known !== undefined) return known;
    await this.#claim(pair, commit);
    return (await this.#plain(pair, commit)) ?? true;
  }

  async areTaken(repository: RepositoryRef, commit: CommitId): Promise<boolean> {
    const taken: unknown = await this.#database("status_names")
      .where({ ...columnsOf(repository, commit), plain: true })
      .whereNotIn("pair_id", this.#ended())
      .first("pair_id");
    return taken !== undefined;
  }

  async say(
    { id, sourceGit }: Pair,
    commit: CommitId,
    { kind, said }: { readonly kind: Shared; readonly said: CommitStatus },
  ): Promise<void> {
    const mine = this.#database("status_names").where({
      ...columnsOf(sourceGit.repository, commit),
      pair_id: id,
    });
    await mine.update({ [kind]: JSON.stringify(said) });
  }

  async said(on: {
    readonly repository: RepositoryRef;
    readonly commit: CommitId;
    readonly kind: Shared;
  }): Promise<readonly Said[]> {
    const column = `status_names.${on.kind}`;
    const rows = await this.#database("status_names")
      .join("pairs", "pairs.id", "status_names.pair_id")
      .where(columnsOf(on.repository, on.commit))
      .whereNotNull(column)
      .whereNotIn("pairs.state", ended)
      .orderBy([{ column: "plain", order: "desc" }, "pair_id"])
      .select<SaidRow[]>("pair_id", "plain", "source_number", `${column} as said`);
    return rows.map(({ pair_id: pair, plain, source_number: number, said }) => {
      return { pair, number, plain: Boolean(plain), said: JSON.parse(said) as CommitStatus };
    });
  }

  async saidOn({ id }: Pair, except: CommitId | undefined): Promise<readonly CommitId[]> {
    const mine = this.#database("status_names")
      .where({ pair_id: id })
      .whereNot({ source_commit: except ?? "" })
      .where((said) => void said.whereNotNull("mirroring").orWhereNotNull("results"));
    return mine.pluck<string[]>("source_commit");
  }

  async unsay({ id, sourceGit }: Pair, commit: CommitId): Promise<void> {
    const mine = this.#database("status_names").where({
      ...columnsOf(sourceGit.repository, commit),
      pair_id: id,
    });
    await mine.update({ mirroring: null, results: null });
  }

  async #plain({ id, sourceGit }: Pair, commit: CommitId): Promise<boolean | undefined> {
    const row = await this.#database("status_names")
      .where({ ...columnsOf(sourceGit.repository, commit), pair_id: id })
      // SQLite keeps it as a number.
      .first<{ readonly plain: boolean | number } | undefined>("plain");
    return row && Boolean(row.plain);
  }

  /** One pair has the plain names, whoever else claims them at this moment: an index sees to that. */
  async #claim({ id, sourceGit }: Pair, commit: CommitId): Promise<void> {
    const on = columnsOf(sourceGit.repository, commit);
    await this.#database("status_names")
      .where({ ...on, plain: true })
      .whereIn("pair_id", this.#ended())
      .update({ plain: false });
    for (const plain of [true, false]) {
      await this.#database("status_names")
        .insert({ ...on, pair_id: id, plain })
        .onConflict()
        .ignore();
    }
  }

  #ended(): Knex.QueryBuilder {
    return this.#database("pairs").whereIn("state", ended).select("id");
  }
}

function columnsOf({ forge, path }: RepositoryRef, commit: CommitId) {
  return { forge, path: path.toLowerCase(), source_commit: commit };
}
