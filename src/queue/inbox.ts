import type { Knex } from "knex";
import { durably } from "../database/durable.js";
import type { DeliveriesTable } from "./deliveries-table.js";
import type { Accepted, Delivery, NewJob } from "./queue.js";

interface Arrived {
  readonly delivery: Delivery;
  readonly jobs: readonly NewJob[];
  readonly answer: (accepted: Accepted) => void;
  readonly fail: (error: unknown) => void;
}

export interface InboxSettings {
  readonly database: Knex;
  readonly deliveries: DeliveriesTable;
  readonly addJobs: (jobs: readonly NewJob[], transaction: Knex.Transaction) => Promise<void>;
}

/** So many deliveries share a transaction at most. */
const largestGroup = 100;

/**
 * Stores deliveries with their jobs. What arrives while a transaction goes on shares the next one: each delivery is
 * answered when it is safe on the disk, and the disk is waited for once for all of them.
 */
export class Inbox {
  readonly #settings: InboxSettings;
  #arrived: Arrived[] = [];
  #isStoring = false;

  constructor(settings: InboxSettings) {
    this.#settings = settings;
  }

  accept(delivery: Delivery, jobs: readonly NewJob[]): Promise<Accepted> {
    return new Promise((answer, fail) => {
      this.#arrived.push({ delivery, jobs, answer, fail });
      if (!this.#isStoring) void this.#storeAll();
    });
  }

  async #storeAll(): Promise<void> {
    this.#isStoring = true;
    while (this.#arrived.length > 0) {
      // What else has come in already is read by then.
      await new Promise(setImmediate);
      await this.#storeOrSplit(this.#arrived.splice(0, largestGroup));
    }
    this.#isStoring = false;
  }

  /** One that cannot be stored must not take the others with it. */
  async #storeOrSplit(group: readonly Arrived[]): Promise<void> {
    try {
      const answers = await this.#store(group);
      for (const [index, { answer }] of group.entries()) answer(answers[index] ?? "duplicate");
    } catch (error) {
      if (group.length === 1) group[0]?.fail(error);
      else await Promise.all(group.map((each) => this.#storeOrSplit([each])));
    }
  }

  #store(group: readonly Arrived[]): Promise<readonly Accepted[]> {
    const { database, deliveries, addJobs } = this.#settings;
    return durably(database, async (transaction) => {
      const answers = await deliveries.store(
        group.map(({ delivery }) => delivery),
        transaction,
      );
      const wanted = group.filter((_, index) => answers[index] !== "duplicate");
      await addJobs(
        wanted.flatMap(({ jobs }) => jobs),
        transaction,
      );
      return answers;
    });
  }
}
