import type { Knex } from "knex";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { Pair } from "../pairs/pairs.js";
import type { Progress } from "./progress.js";
import type { Told, ToldAt, ToldChange, ToldRecords, ToldResults } from "./told.js";

interface ToldRow {
  readonly pair_id: number;
  readonly merge_request: string;
  readonly progress: string | null;
  readonly results: string | null;
  /** SQLite keeps it as a number. */
  readonly said_in_dist: boolean | number;
}

interface NoteRow {
  readonly pair_id: number;
  readonly topic: string;
  readonly text: string;
}

/** The only owner of the tables `told` and `told_notes`. */
export class SqlTold implements ToldRecords {
  readonly #database: Knex;

  constructor(database: Knex) {
    this.#database = database;
  }

  async of({ id }: Pair): Promise<Told | undefined> {
    const row = await this.#database<ToldRow>("told").where({ pair_id: id }).first();
    if (!row) return undefined;
    const notes = await this.#database<NoteRow>("told_notes").where({ pair_id: id }).orderBy("topic");
    return {
      mergeRequest: JSON.parse(row.merge_request) as MergeRequest,
      progress: parsed(row.progress) as Progress | undefined,
      results: parsed(row.results) as ToldResults | undefined,
      saidInDist: Boolean(row.said_in_dist),
      notes: new Map(notes.map(({ topic, text }) => [topic, text])),
    };
  }

  async record({ id }: Pair, change: ToldChange): Promise<void> {
    const columns = columnsOf(change);
    if (columns.merge_request === undefined) {
      await this.#database("told").where({ pair_id: id }).update(columns);
      return;
    }
    await this.#database("told")
      .insert({ pair_id: id, said_in_dist: false, ...columns })
      .onConflict("pair_id")
      .merge(columns);
  }

  async noteOf({ id }: Pair, topic: string): Promise<string | undefined> {
    const note = await this.#database<NoteRow>("told_notes").where({ pair_id: id, topic }).first();
    return note?.text;
  }

  async at<S extends Progress["stage"]>(stage: S): Promise<readonly ToldAt<S>[]> {
    const rows = await this.#database<ToldRow>("told")
      .where("progress", "like", `%"stage":"${stage}"%`)
      .select("merge_request", "progress");
    return rows.map(({ merge_request: text, progress }) => ({
      ref: (JSON.parse(text) as MergeRequest).ref,
      progress: parsed(progress) as ToldAt<S>["progress"],
    }));
  }

  async note({ id }: Pair, topic: string, text: string | undefined): Promise<void> {
    const notes = this.#database("told_notes");
    const where = { pair_id: id, topic };
    if (text === undefined) await notes.where(where).delete();
    else
      await notes
        .insert({ ...where, text })
        .onConflict(["pair_id", "topic"])
        .merge(["text"]);
  }
}

function columnsOf({ mergeRequest, progress, results, saidInDist }: ToldChange): Partial<ToldRow> {
  return {
    ...(mergeRequest && { merge_request: JSON.stringify({ ...mergeRequest, description: "" }) }),
    ...(progress && { progress: JSON.stringify(progress) }),
    ...(results && { results: JSON.stringify(results) }),
    ...(saidInDist === undefined ? {} : { said_in_dist: saidInDist }),
  };
}

function parsed(text: string | null): unknown {
  return text === null ? undefined : JSON.parse(text);
}
