import { afterEach, describe, expect, it } from "@jest/globals";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SqlLimits } from "../../src/database/limits.js";
import { openDatabase } from "../../src/database/open.js";
import { BudgetKeeper } from "../../src/forges/budget.js";
import { type Fetch, throttledFetch } from "../../src/forges/throttle.js";
import { MovableClock } from "../world/clock.js";
import { useDatabases } from "../world/databases.js";

let server: Server | undefined;
afterEach(() => server?.closeAllConnections());
afterEach(() => new Promise((closed) => (server ? server.close(closed) : closed(undefined))));

async function forge(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((listening) => server?.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe("processes that ask one forge, with one database on Postgres,", () => {
  const databases = useDatabases("Postgres");

  /** Each has connections and a limiter of its own, and has heard of the others. */
  async function processes(count: number, url: string, settings: { concurrency: number; pause: number }) {
    const database = await databases.url();
    await (await openDatabase(database)).destroy();
    const clock = new MovableClock();
    const fetches = Array.from({ length: count }, () => {
      const shared = new SqlLimits(databases.connect(database), clock);
      const budget = new BudgetKeeper({ name: "forge", clock, reserve: 20, shared });
      const { concurrency, pause: pauseBetweenWrites } = settings;
      return throttledFetch({ concurrency, pauseBetweenWrites, budget });
    });
    for (let round = 0; round < 2; round += 1) {
      for (const fetch of fetches) await fetch(url);
      // They listen to one another once a second.
      clock.pass(2);
    }
    return fetches;
  }

  it("ask no more at the same time than it lets one of them", async () => {
    const held: (() => unknown)[] = [];
    let most = 0;
    let isHolding = false;
    const answerAll = () => void held.splice(0).map((answer) => answer());
    let quiet: NodeJS.Timeout | undefined;
    const url = await forge((_, response) => {
      most = Math.max(
        most,
        held.push(() => response.end()),
      );
      clearTimeout(quiet);
      // Answers none before all have come that will.
      if (isHolding) quiet = setTimeout(answerAll, 1500);
      else answerAll();
    });
    const asking = await processes(3, url, { concurrency: 50, pause: 0 });

    isHolding = true;
    await Promise.all(asking.flatMap((fetch) => Array.from({ length: 50 }, () => fetch(url))));

    expect(most).toBeGreaterThan(10);
    expect(most).toBeLessThanOrEqual(90);
  });

  it("write no faster together than one of them may", async () => {
    const url = await forge((_, response) => response.end());
    const asking = await processes(3, url, { concurrency: 10, pause: 100 });

    const begun = performance.now();
    const write = (fetch: Fetch) => fetch(url, { method: "POST" });
    await Promise.all(asking.flatMap((fetch) => Array.from({ length: 5 }, () => write(fetch))));

    // Fifteen, of which three may be the first.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1200);
  });
});
