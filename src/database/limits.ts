import { randomUUID } from "node:crypto";
import type { Knex } from "knex";
import type { Clock } from "../domain/clock.js";

interface LimitRow {
  readonly forge: string;
  readonly owner: string;
  readonly process: string;
  readonly budget: number | null;
  readonly remaining: number | null;
  readonly reset_at: string | Date | null;
  readonly closed_until: string | Date | null;
  readonly seen_at: string | Date;
}

interface Standing {
  readonly budget?:
    { readonly limit: number; readonly remaining: number; readonly resetAt: Date } | undefined;
  readonly closedUntil?: Date | undefined;
}

/** A process that has told nothing for so many milliseconds asks the forge no more. */
const present = 15_000;
const remembered = 2 * 3_600_000;

/**
 * What forges said of their limits, for every process of the service. Each writes its own rows alone, so none waits for
 * another. The only owner of the table `limits`.
 */
export class SqlLimits {
  readonly #database: Knex;
  readonly #clock: Clock;
  readonly #process = randomUUID();
  #isTidy = false;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async exchange(
    forge: string,
    said: ReadonlyMap<string, Standing>,
  ): Promise<{ readonly standings: readonly (readonly [string, Standing])[]; readonly callers: number }> {
    const now = this.#clock.now();
    await this.#tidy(now);
    await this.#tell(forge, { said, now });
    const rows = await this.#database<LimitRow>("limits").where({ forge });
    const lately = now.getTime() - present;
    const processes = new Set(
      rows.flatMap(({ process, seen_at: at }) => (new Date(at).getTime() >= lately ? [process] : [])),
    );
    const others = rows.filter(({ process }) => process !== this.#process);
    return { standings: others.map((row) => [row.owner, standingOf(row)]), callers: processes.size };
  }

  async #tell(
    forge: string,
    { said, now }: { readonly said: ReadonlyMap<string, Standing>; readonly now: Date },
  ): Promise<void> {
    // Who was told nothing yet is there all the same.
    const told: readonly (readonly [string, Standing])[] = said.size > 0 ? [...said] : [["", {}]];
    const rows = told.map(([owner, { budget, closedUntil }]) => ({
      ...{ forge, owner, process: this.#process, seen_at: now.toISOString() },
      ...{ budget: budget?.limit ?? null, remaining: budget?.remaining ?? null },
      ...{
        reset_at: budget?.resetAt.toISOString() ?? null,
        closed_until: closedUntil?.toISOString() ?? null,
      },
    }));
    await this.#database("limits").insert(rows).onConflict(["forge", "owner", "process"]).merge();
  }

  /** What processes of earlier times left. */
  async #tidy(now: Date): Promise<void> {
    if (this.#isTidy) return;
    this.#isTidy = true;
    const before = new Date(now.getTime() - remembered).toISOString();
    await this.#database("limits").where("seen_at", "<", before).delete();
  }
}

function standingOf({ budget: limit, remaining, reset_at: reset, closed_until: closed }: LimitRow): Standing {
  return {
    ...(limit !== null && remaining !== null && reset !== null
      ? { budget: { limit, remaining, resetAt: new Date(reset) } }
      : {}),
    ...(closed === null ? {} : { closedUntil: new Date(closed) }),
  };
}
