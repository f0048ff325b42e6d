import type { Knex } from "knex";
import type { Clock } from "../domain/clock.js";
import type { Accepted, Delivery } from "./queue.js";

/** Which of the stored deliveries are wanted, newest first. */
export interface DeliveryFilter {
  readonly forge?: string;
  readonly limit: number;
}

interface DeliveryRow {
  readonly forge: string;
  readonly id: string;
  readonly event: string;
  readonly body: string;
  readonly received_at: string | Date;
}

/**
 * The same delivery within this time is the forge's own impatience, or a network that doubles. Later, it comes because
 * somebody asked for it again: what follows from it is then done anew, which changes nothing where all is well.
 */
const duplicateMilliseconds = 30_000;

/** The inbox; the only owner of the table `deliveries`. */
export class DeliveriesTable {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Stores deliveries as part of a transaction, and answers for each what it was. */
  async store(deliveries: readonly Delivery[], transaction: Knex.Transaction): Promise<readonly Accepted[]> {
    const stored = await transaction("deliveries")
      // In the same order everywhere: processes that store the same ones must not wait for each other in a circle.
      .insert(deliveries.map(rowOf).sort(byId))
      .onConflict(["forge", "id"])
      .ignore()
      .returning<DeliveryId[]>(["forge", "id"]);
    const added = new Set(stored.map(nameOf));
    const answers: Accepted[] = [];
    // Of two in one group, the first was stored.
    for (const delivery of deliveries) {
      answers.push(added.delete(nameOf(delivery)) ? "accepted" : await this.#again(delivery, transaction));
    }
    return answers;
  }

  async #again({ forge, id, receivedAt }: Delivery, transaction: Knex.Transaction): Promise<Accepted> {
    const repeated = await transaction("deliveries")
      .where({ forge, id })
      .where("received_at", "<=", new Date(receivedAt.getTime() - duplicateMilliseconds).toISOString())
      .update({ received_at: receivedAt.toISOString() });
    return repeated > 0 ? "repeated" : "duplicate";
  }

  async has({ forge, id }: DeliveryId): Promise<boolean> {
    return (await this.#database("deliveries").where({ forge, id }).first("id")) !== undefined;
  }

  async list({ forge, limit }: DeliveryFilter): Promise<readonly Delivery[]> {
    const rows = this.#database<DeliveryRow>("deliveries").orderBy("received_at", "desc").limit(limit);
    if (forge !== undefined) void rows.where({ forge });
    return (await rows).map(deliveryFrom);
  }

  /** Ids are unique on their forge; two forges may have the same. */
  async withId(id: string): Promise<readonly Delivery[]> {
    return (await this.#database<DeliveryRow>("deliveries").where({ id })).map(deliveryFrom);
  }

  async forget({ forge, id }: Pick<Delivery, "forge" | "id">): Promise<void> {
    await this.#database("deliveries").where({ forge, id }).delete();
  }

  /**
   * Forgets what was received longer ago than so many milliseconds; answers how many. Not all at once: SQLite would keep
   * webhooks waiting for as long as that takes.
   */
  async forgetOlderThan(milliseconds: number): Promise<number> {
    const before = new Date(this.#clock.now().getTime() - milliseconds).toISOString();
    for (let sum = 0; ;) {
      const old = this.#database("deliveries").where("received_at", "<", before).orderBy("received_at");
      const forgotten = await this.#database("deliveries")
        .whereIn(["forge", "id"], old.select("forge", "id").limit(mostAtOnce))
        .delete();
      sum += forgotten;
      if (forgotten < mostAtOnce) return sum;
      await new Promise(setImmediate);
    }
  }
}

/** Deliveries that are forgotten in one statement: some milliseconds of a disk. */
const mostAtOnce = 200;

type DeliveryId = Pick<DeliveryRow, "forge" | "id">;

function rowOf({ receivedAt, ...columns }: Delivery): DeliveryRow {
  return { ...columns, received_at: receivedAt.toISOString() };
}

function nameOf({ forge, id }: DeliveryId): string {
  return `${forge} ${id}`;
}

function byId(one: DeliveryId, other: DeliveryId): number {
  return nameOf(one) < nameOf(other) ? -1 : 1;
}

function deliveryFrom({ received_at: receivedAt, ...row }: DeliveryRow): Delivery {
  return { ...row, receivedAt: new Date(receivedAt) };
}
