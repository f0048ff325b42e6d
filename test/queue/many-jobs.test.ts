import { describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import { isPostgres } from "../../src/database/dialect.js";
import { done } from "../../src/domain/outcome.js";
import type { SqlQueue } from "../../src/queue/sql-queue.js";
import { engines, useDatabases } from "../world/databases.js";
import { job, queuesOn } from "./queues.js";

/** A statement that reads or sorts all of a table of so many rows takes long enough to show; Postgres fills it slowly. */
const manyOn = { SQLite: 50_000, Postgres: 15_000 };

describe.each(engines)("with very many jobs and deliveries, on %s", (engine) => {
  const emptyQueue = queuesOn(useDatabases(engine));

  it.each([
    ["of as many repositories", "'repository ' || i"],
    ["of one repository", "'one'"],
  ])("due jobs %s are taken, and webhooks stored, about as quickly as with few", async (_, share) => {
    const [few, full] = [await emptyQueue(), await emptyQueue()];
    const now = few.clock.now().toISOString();
    await fill(few.database, { count: 200, share, now });
    await fill(full.database, { count: manyOn[engine], share, now });

    const isAlike = (one: number, other: number) => one < 5 * other + 0.5;
    // Others use the machine as well: what is slow by itself is so each time.
    const seen: object[] = [];
    for (let round = 0; round < 10; round += 1) {
      const [withFew, withMany] = [await timesOf(few, round), await timesOf(full, round)];
      seen.push({ withFew, withMany });
      if (isAlike(withMany.taking, withFew.taking) && isAlike(withMany.storing, withFew.storing)) return;
    }
    expect(seen).toEqual("one round at least where both take about as long");
  });
});

type EmptyQueue = ReturnType<typeof queuesOn>;

/** Seconds that it takes to perform ninety jobs that do nothing, and to store a hundred webhooks one by one. */
async function timesOf({ anotherWorker, clock }: Awaited<ReturnType<EmptyQueue>>, round: number) {
  const queue = anotherWorker();
  const receivedAt = clock.now();
  const storing = await seconds(async () => {
    for (let index = 0; index < 100; index += 1) {
      const name = `new ${round} ${index}`;
      const delivery = { forge: "gitlab.com", id: name, event: "Push Hook", body: "{}", receivedAt };
      await queue.accept(delivery, [job(name, { share: "one" })]);
    }
  });
  return { storing, taking: await seconds(() => performSome(queue, 90)) };
}

/** Jobs that are due, each in a lane of its own, and as many deliveries, without the work of storing each. */
async function fill(database: Knex, { count, share, now }: Filling) {
  const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`;
  await database.raw(
    "insert into jobs (kind, key, lane, share, payload, run_at, turn, state, created_at)" +
      ` ${numbers} select 'mirror', 'key ' || i, 'lane ' || i, ${share}, '{}', t, t, 'waiting', t` +
      " from n, (select cast(? as TYPE) as t) as moment".replace("TYPE", timeType(database)),
    [now],
  );
  await database.raw(
    "insert into deliveries (forge, id, event, body, received_at)" +
      ` ${numbers} select 'gitlab.com', 'id ' || i, 'Push Hook', '{}', t` +
      " from n, (select cast(? as TYPE) as t) as moment".replace("TYPE", timeType(database)),
    [now],
  );
}

interface Filling {
  readonly count: number;
  /** In SQL, of the number `i`. */
  readonly share: string;
  readonly now: string;
}

function timeType(database: Knex): string {
  return isPostgres(database) ? "timestamptz" : "text";
}

async function performSome(queue: SqlQueue, most: number): Promise<void> {
  let count = 0;
  await new Promise<void>((resolve) => {
    queue.start(() => {
      count += 1;
      if (count === most) resolve();
      return Promise.resolve(done(""));
    });
  });
  await queue.stop();
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
