import type { Knex } from "knex";
import type { Clock } from "../domain/clock.js";

interface GivenRow {
  readonly key: string;
  readonly value: string;
  readonly updated_at: string | Date;
}

/** What was last given to the forges, for every process of the service. The only owner of the table `given`. */
export class SqlGiven {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async recall(key: string): Promise<string | undefined> {
    return (await this.#database<GivenRow>("given").where({ key }).first())?.value;
  }

  async remember(key: string, value: string): Promise<void> {
    const row = { key, value, updated_at: this.#clock.now().toISOString() };
    await this.#database("given").insert(row).onConflict("key").merge(["value", "updated_at"]);
  }

  /** Forgets what was not given since that moment; where it is needed again, the forge is asked. */
  async forgetBefore(moment: Date): Promise<number> {
    return this.#database("given").where("updated_at", "<", moment.toISOString()).delete();
  }
}
