import type { Knex } from "knex";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";
import type { StatusNames } from "./status-names.js";

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
    return this.#database("pairs").whereIn("state", ["closed", "merged"]).select("id");
  }
}

function columnsOf({ forge, path }: RepositoryRef, commit: CommitId) {
  return { forge, path: path.toLowerCase(), source_commit: commit };
}
