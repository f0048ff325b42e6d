import { randomUUID } from "node:crypto";
import type { Knex } from "knex";
import { durably } from "../database/durable.js";
import { isDatabaseTrouble } from "../database/trouble.js";
import type { Clock } from "../domain/clock.js";
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
  readonly clock: Clock;
  readonly addJobs: (jobs: readonly NewJob[], transaction: Knex.Transaction) => Promise<void>;
}

/** So many deliveries share a transaction at most. */
const largestGroup = 100;

/** Bytes; what few webhooks are longer than. */
const probeSize = 100_000;
/** Milliseconds between two tries: whoever asks more often, a failing disk is not written to more often. */
const probePause = 5000;

/**
 * Stores deliveries with their jobs. What arrives while a transaction goes on shares the next one: each delivery is
 * answered when it is safe on the disk, and the disk is waited for once for all of them.
 */
export class Inbox {
  readonly #settings: InboxSettings;
  #arrived: Arrived[] = [];
  #isStoring = false;
  /** The last group could not be stored. */
  #isFailing = false;
  /** When something could not be stored. */
  #failedAt = 0;
  #probe: Promise<void> | undefined;

  constructor(settings: InboxSettings) {
    this.#settings = settings;
  }

  accept(delivery: Delivery, jobs: readonly NewJob[]): Promise<Accepted> {
    return new Promise((answer, fail) => {
      this.#arrived.push({ delivery, jobs, answer, fail });
      if (!this.#isStoring) void this.#storeAll();
    });
  }

  /**
   * Whether a delivery that comes now will be stored: found out by storing one where the last could not be, some seconds
   * ago. For whoever is said not to be ready gets none, and would never learn that there is room again.
   */
  async takesDeliveries(): Promise<boolean> {
    const now = this.#settings.clock.now().getTime();
    if (this.#isFailing && Math.abs(now - this.#failedAt) >= probePause) {
      this.#probe ??= this.#tryToStore().finally(() => (this.#probe = undefined));
      await this.#probe;
    }
    return !this.#isFailing;
  }

  async #tryToStore(): Promise<void> {
    const { database, deliveries, clock } = this.#settings;
    const probe = { forge: "", id: randomUUID(), event: "probe", body: "-".repeat(probeSize) };
    try {
      await durably(database, (transaction) =>
        deliveries.store([{ ...probe, receivedAt: clock.now() }], transaction),
      );
      await deliveries.forget(probe);
      this.#isFailing = false;
    } catch {
      this.#fail();
    }
  }

  #fail(): void {
    this.#isFailing = true;
    this.#failedAt = this.#settings.clock.now().getTime();
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
      this.#isFailing = false;
      for (const [index, { answer }] of group.entries()) answer(answers[index] ?? "duplicate");
    } catch (error) {
      if (isDatabaseTrouble(error)) this.#fail();
      else this.#isFailing = false;
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
