import type { Knex } from "knex";
import type { Clock } from "../../domain/clock.js";
import { type CommandName, commandNames } from "../../domain/command.js";
import type { CommentRef, Reaction } from "../../domain/comment.js";
import {
  type CommitId,
  type MergeRequestRef,
  repositoryName,
  type RepositoryRef,
} from "../../domain/refs.js";
import type {
  HookTrouble,
  ObeyedComments,
  OrderingComment,
  Settled,
  SweepRecord,
  Swept,
  SweptTimes,
  Sweeps,
} from "./sweeps.js";

interface SweepRow {
  readonly forge: string;
  readonly path: string;
  readonly swept_at: string | Date | null;
  readonly swept_whole_at: string | Date | null;
  readonly tips: string | null;
  readonly trouble: string | null;
  readonly looked_at: string | Date | null;
}

/** The only owner of the table `sweeps`. */
export class SqlSweeps implements Sweeps {
  readonly #database: Knex;

  constructor(database: Knex) {
    this.#database = database;
  }

  async know(repository: RepositoryRef): Promise<void> {
    // An insert that does nothing still waits for its turn to write, and there is one for each push.
    const present: unknown = await this.#database("sweeps").where(placeOf(repository)).first("forge");
    if (present !== undefined) return;
    await this.#database("sweeps").insert(placeOf(repository)).onConflict(["forge", "path"]).ignore();
  }

  async known(): Promise<readonly RepositoryRef[]> {
    const rows = await this.#database<SweepRow>("sweeps").orderBy("swept_at");
    return rows.map(({ forge, path }) => ({ forge, path }));
  }

  async of(repository: RepositoryRef): Promise<Swept> {
    const row = await this.#database<SweepRow>("sweeps").where(placeOf(repository)).first();
    const tips = JSON.parse(row?.tips ?? "{}") as Record<string, CommitId>;
    return {
      at: moment(row?.swept_at),
      wholeAt: moment(row?.swept_whole_at),
      tips: new Map(Object.entries(tips)),
      lookedAt: moment(row?.looked_at),
    };
  }

  async times(): Promise<ReadonlyMap<string, SweptTimes>> {
    const rows = await this.#database<SweepRow>("sweeps").select(
      ...(["forge", "path", "swept_at", "swept_whole_at", "looked_at"] as const),
    );
    return new Map(
      rows.map((row) => {
        const { swept_at: at, swept_whole_at: whole, looked_at: looked } = row;
        const times = { at: moment(at), wholeAt: moment(whole), lookedAt: moment(looked) };
        return [repositoryName(row), times];
      }),
    );
  }

  async record(repository: RepositoryRef, record: SweepRecord): Promise<void> {
    const columns = columnsOf(record);
    await this.#database("sweeps")
      .insert({ ...placeOf(repository), ...columns })
      .onConflict(["forge", "path"])
      .merge(columns);
  }

  async forget(repository: RepositoryRef): Promise<void> {
    await this.#database("sweeps").where(placeOf(repository)).delete();
  }

  async troubles(): Promise<readonly HookTrouble[]> {
    const rows = await this.#database<SweepRow>("sweeps").whereNotNull("trouble").orderBy(["forge", "path"]);
    return rows.map(({ forge, path, trouble }) => ({ repository: { forge, path }, trouble: trouble ?? "" }));
  }
}

interface SettledRow {
  readonly answer: string | null;
  readonly reaction: Reaction;
  readonly orders: string;
}

/** The only owner of the table `obeyed_comments`. */
export class SqlObeyedComments implements ObeyedComments {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async has(comment: CommentRef): Promise<boolean> {
    const row: unknown = await this.#database("obeyed_comments")
      .where({ ...commentColumns(comment), finished: true })
      .first("forge");
    return row !== undefined;
  }

  async begin({ ref, saidAt }: OrderingComment): Promise<"first" | "again"> {
    const comment = commentColumns(ref);
    const begun: unknown = await this.#database("obeyed_comments").where(comment).first("forge");
    if (begun !== undefined) return "again";
    const times = { said_at: saidAt.toISOString(), obeyed_at: this.#clock.now().toISOString() };
    await this.#database("obeyed_comments")
      .insert({ ...comment, ...times, finished: false })
      .onConflict()
      .ignore();
    return "first";
  }

  async finish(comment: CommentRef): Promise<void> {
    await this.#database("obeyed_comments").where(commentColumns(comment)).update({ finished: true });
  }

  async settle(comment: CommentRef, { answer, reaction, orders }: Settled): Promise<void> {
    await this.#database("obeyed_comments")
      .where(commentColumns(comment))
      .update({ answer: answer ?? null, reaction, orders: orders.join(" ") });
  }

  async settled(comment: CommentRef): Promise<Settled | undefined> {
    const row = await this.#database<SettledRow>("obeyed_comments")
      .where(commentColumns(comment))
      .whereNotNull("reaction")
      .first();
    if (!row) return undefined;
    return { answer: row.answer ?? undefined, reaction: row.reaction, orders: commandsIn(row.orders) };
  }

  async answers(mergeRequest: MergeRequestRef, most: number): Promise<readonly string[]> {
    const { repository, number } = mergeRequest;
    return this.#database("obeyed_comments")
      .where({ ...placeOf(repository), number })
      .whereNotNull("answer")
      .orderBy("comment_id", "desc")
      .limit(most)
      .pluck<string[]>("answer");
  }

  async later(
    { ref, saidAt }: OrderingComment,
    on: readonly MergeRequestRef[],
  ): Promise<ReadonlySet<CommandName>> {
    const orders: string[] = [];
    for (const place of on) {
      const there = commentColumns({ mergeRequest: place, id: ref.id });
      const { comment_id: id, ...mergeRequest } = there;
      const isSamePlace = JSON.stringify(there) === JSON.stringify(commentColumns(ref));
      const rows = this.#database("obeyed_comments").where(mergeRequest);
      // On one side comments are numbered as they come; forges tell of their moments in whole seconds.
      const after = isSamePlace
        ? rows.where("comment_id", ">", id)
        : rows.where("said_at", ">", saidAt.toISOString());
      orders.push(...(await after.pluck<string[]>("orders")));
    }
    return new Set(orders.flatMap(commandsIn));
  }
}

function commandsIn(orders: string): readonly CommandName[] {
  return orders.split(" ").filter(isCommand);
}

function isCommand(word: string): word is CommandName {
  return (commandNames as readonly string[]).includes(word);
}

function placeOf({ forge, path }: RepositoryRef) {
  return { forge, path: path.toLowerCase() };
}

function commentColumns({ mergeRequest: { repository, number }, id }: CommentRef) {
  return { ...placeOf(repository), number, comment_id: id };
}

function columnsOf({ at, wholeAt, tips, lookedAt, trouble }: SweepRecord): Partial<SweepRow> {
  return {
    ...(at && { swept_at: at.toISOString() }),
    ...(wholeAt && { swept_whole_at: wholeAt.toISOString() }),
    ...(tips && { tips: JSON.stringify(Object.fromEntries(tips)) }),
    ...(lookedAt && { looked_at: lookedAt.toISOString() }),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function moment(value: string | Date | null | undefined): Date | undefined {
  return value === null || value === undefined ? undefined : new Date(value);
}
