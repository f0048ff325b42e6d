import type { Knex } from "knex";
import type { MergeRequestRef, RepositoryRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";
import type { Predecessors } from "./predecessors.js";

/** The only owner of the table `predecessors`. */
export class SqlPredecessors implements Predecessors {
  readonly #database: Knex;

  constructor(database: Knex) {
    this.#database = database;
  }

  async add({ id }: Pair, ref: MergeRequestRef): Promise<void> {
    await this.#database("predecessors")
      .insert({ pair_id: id, ...columnsOf(ref) })
      .onConflict()
      .ignore();
  }

  async of({ id }: Pair): Promise<readonly MergeRequestRef[]> {
    const rows = await this.#database("predecessors")
      .where({ pair_id: id })
      .orderBy("number")
      .select<(RepositoryRef & { readonly number: number })[]>("forge", "path", "number");
    return rows.map(({ forge, path, number }) => ({ repository: { forge, path }, number }));
  }

  async remove({ id }: Pair, ref: MergeRequestRef): Promise<void> {
    await this.#database("predecessors")
      .where({ pair_id: id, ...columnsOf(ref) })
      .delete();
  }
}

function columnsOf({ repository: { forge, path }, number }: MergeRequestRef) {
  return { forge, path, number };
}
