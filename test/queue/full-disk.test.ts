import { describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import { done } from "../../src/domain/outcome.js";
import type { WebhookReceiver } from "../../src/web/server.js";
import { engines, useDatabases } from "../world/databases.js";
import { start } from "../web/serving.js";
import { job, queuesOn } from "./queues.js";

describe("a disk that is full, on SQLite", () => {
  const emptyQueue = queuesOn(useDatabases("SQLite"));

  /** The database may grow by so many pages, or as it likes. */
  async function leave(database: Knex, pages: number | undefined): Promise<void> {
    const [row] = await database.raw<{ readonly page_count: number }[]>("pragma page_count");
    const used = row?.page_count ?? 0;
    await database.raw(`pragma max_page_count = ${pages === undefined ? 1_000_000_000 : used + pages}`);
  }

  it("has webhooks come again later, and takes them as soon as there is room", async () => {
    const { queue, database, clock, pass } = await emptyQueue();
    const receiver: WebhookReceiver = {
      refuse: () => undefined,
      turnAway: () => undefined,
      receive: async ({ headers, body }) => {
        const id = headers["x-id"] ?? "";
        const delivery = { forge: "gitlab.com", id, event: "Push Hook", body: String(body) };
        const outcome = await queue.accept({ ...delivery, receivedAt: clock.now() }, [job(`mirror ${id}`)]);
        return { status: 202, body: { outcome } };
      },
    };
    const { url, webhooks } = await start({ queue, receivers: new Map([["gitlab.com", receiver]]) });
    const send = async (id: string) =>
      (await fetch(webhooks, { method: "POST", headers: { "x-id": id }, body: "x".repeat(20_000) })).status;
    const ready = async () => (await fetch(`${url}/readyz`)).status;

    await leave(database, 8);
    expect(await send("1")).toBe(202);
    expect(await ready()).toBe(200);
    expect([await send("2"), await send("3")]).toEqual([503, 503]);
    expect([await ready(), await ready()]).toEqual([503, 503]);

    await leave(database, undefined);
    pass(5);
    expect(await ready()).toBe(200);
    expect([await send("2"), await send("3"), await send("1")]).toEqual([202, 202, 202]);
    expect((await queue.deliveries.list({ limit: 10 })).map(({ id }) => id).sort()).toEqual(["1", "2", "3"]);
    expect(await queue.counts()).toMatchObject({ waiting: 3 });
  });
});

describe("a database that is in trouble, on SQLite", () => {
  const emptyQueue = queuesOn(useDatabases("SQLite"));

  it("is written to once in five seconds, however often somebody asks whether Sluice is ready", async () => {
    const { queue, database, clock, pass } = await emptyQueue();
    const accept = (id: string) =>
      queue.accept({ forge: "a", id, event: "push", body: "{}", receivedAt: clock.now() }, []);
    const written: unknown[] = [];
    await database.raw("pragma query_only = on");
    database.on("query", ({ sql }: { readonly sql: string }) => {
      if (sql.startsWith("insert into `deliveries`")) written.push(sql);
    });
    await expect(accept("1")).rejects.toThrow("readonly");
    written.length = 0;

    const asked: boolean[] = [];
    for (let second = 0; second < 20; second += 1) {
      asked.push(...(await Promise.all([queue.takesDeliveries(), queue.takesDeliveries()])));
      pass(1);
    }
    expect(new Set(asked)).toEqual(new Set([false]));
    expect(written).toHaveLength(3);

    await database.raw("pragma query_only = off");
    pass(5);
    expect(await queue.takesDeliveries()).toBe(true);
  });

  it("is ready as soon as a webhook was stored", async () => {
    const { queue, database, clock } = await emptyQueue();
    const accept = (id: string) =>
      queue.accept({ forge: "a", id, event: "push", body: "{}", receivedAt: clock.now() }, []);
    await database.raw("pragma query_only = on");
    await expect(accept("1")).rejects.toThrow("readonly");
    expect(await queue.takesDeliveries()).toBe(false);

    await database.raw("pragma query_only = off");
    await accept("2");
    expect(await queue.takesDeliveries()).toBe(true);
  });
});

describe.each(engines)("a database in trouble, on %s", (engine) => {
  const emptyQueue = queuesOn(useDatabases(engine));

  it.each(["SQLITE_FULL", "53100", "57P01", "40P01", "ECONNRESET"])(
    "has the job that met it tried again: %s",
    async (code) => {
      const { queue, pass } = await emptyQueue();
      const trouble = Object.assign(new Error("the statement failed"), { code });
      await queue.add([job("mirror 1")]);
      const tries: number[] = [];
      const perform = ({ attempt }: { readonly attempt: number }) => {
        tries.push(attempt);
        return attempt === 1 ? Promise.reject(trouble) : Promise.resolve(done(""));
      };

      await queue.runDue(perform);
      pass(1);
      await queue.runDue(perform);

      expect(tries).toEqual([1, 2]);
      expect(await queue.counts()).toEqual({ waiting: 0, running: 0, parked: 0 });
    },
  );
});
