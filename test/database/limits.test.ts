import { describe, expect, it } from "@jest/globals";
import { SqlLimits } from "../../src/database/limits.js";
import { MovableClock } from "../world/clock.js";
import { engines, useDatabases } from "../world/databases.js";

describe.each(engines)("the limits of forges on %s", (engine) => {
  const databases = useDatabases(engine);

  it("are told to every other process, and forgotten with those that ask no more", async () => {
    const database = await databases.open();
    const clock = new MovableClock(0);
    const [one, other] = [new SqlLimits(database, clock), new SqlLimits(database, clock)];
    const resetAt = new Date(Math.ceil(clock.now().getTime() / 1000) * 1000 + 3_600_000);
    const standing = { budget: { limit: 5000, remaining: 12, resetAt }, closedUntil: resetAt };
    const nothing = new Map<string, typeof standing>();

    await one.exchange("github.com", new Map([["app", standing]]));
    expect(await other.exchange("github.com", nothing)).toEqual({
      standings: [["app", standing]],
      callers: 2,
    });
    expect(await other.exchange("gitlab.com", nothing)).toEqual({ standings: [], callers: 1 });

    clock.pass(60);
    expect((await other.exchange("github.com", nothing)).callers).toBe(1);
    clock.pass(3 * 3600);
    const next = new SqlLimits(database, clock);
    expect(await next.exchange("github.com", nothing)).toEqual({ standings: [], callers: 1 });
  });
});
