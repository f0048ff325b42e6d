import { describe, expect, it } from "@jest/globals";
import { RetryLater } from "../../src/domain/errors.js";
import { BudgetKeeper } from "../../src/forges/budget.js";
import type { SharedLimits, Standing } from "../../src/forges/limits.js";
import { MovableClock } from "../world/clock.js";

const hour = 3600;
const one = { headers: { authorization: "token one" } };
const other = { headers: { authorization: "token other" } };

function keeper({
  clock = new MovableClock(),
  shared,
}: { clock?: MovableClock; shared?: SharedLimits } = {}) {
  const reset = Math.floor(clock.now().getTime() / 1000) + hour;
  const github = (remaining: number, { resource = "core", status = 200, ...more } = {}) => ({
    status,
    headers: new Headers({
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-resource": resource,
      ...more,
    }),
  });
  return { budget: new BudgetKeeper({ name: "forge", clock, reserve: 20, shared }), clock, reset, github };
}

/** Two processes that hear of one another. */
function twoProcesses() {
  const clock = new MovableClock();
  const said = new Map<number, ReadonlyMap<string, Standing>>();
  const process = (id: number): SharedLimits => ({
    exchange: (_, mine) => {
      said.set(id, mine);
      const others = [...said].flatMap(([each, standings]) => (each === id ? [] : [...standings]));
      return Promise.resolve({ standings: others, callers: said.size });
    },
  });
  return {
    clock,
    first: keeper({ clock, shared: process(1) }),
    second: keeper({ clock, shared: process(2) }),
  };
}

describe("the API budget", () => {
  it("is known as soon as the forge says it, by either forge's headers", async () => {
    const { budget, reset, github } = keeper();
    expect(budget.lowest).toBeUndefined();

    await budget.note(one, github(4000));
    expect(budget.lowest).toEqual({ limit: 5000, remaining: 4000, resetAt: new Date(reset * 1000) });
    const gitlab = {
      "ratelimit-limit": "2000",
      "ratelimit-remaining": "7",
      "ratelimit-reset": String(reset),
    };
    await budget.note(one, { status: 200, headers: new Headers(gitlab) });
    expect(budget.lowest).toMatchObject({ limit: 2000, remaining: 7 });
  });

  it("is the one of which least is left, of an App's installations", async () => {
    const { budget, github } = keeper();
    await budget.note(one, github(100));
    await budget.note(other, github(4000));
    expect(budget.lowest).toMatchObject({ remaining: 100 });
  });

  it("leaves its reserve to whoever is waited for, until it is full again", async () => {
    const { budget, clock, reset, github } = keeper();
    await budget.note(one, github(999));

    await budget.check(one, "people");
    await budget.check(one, "machines");
    await budget.check(other, "nobody");
    const notBefore = new Date(reset * 1000);
    await expect(budget.check(one, "nobody")).rejects.toThrow(expect.objectContaining({ notBefore }));
    await expect(budget.check(one, "nobody")).rejects.toThrow(RetryLater);
    clock.pass(hour);
    await budget.check(one, "nobody");
    expect(budget.lowest).toBeUndefined();
  });

  it("is not mistaken for the one of searches", async () => {
    const { budget, github } = keeper();
    await budget.note(one, github(3, { resource: "search" }));
    expect(budget.lowest).toBeUndefined();
  });
});

describe("the budget of an App's installation", () => {
  it("is known by its token and the one before, and no more of them are kept", async () => {
    const { budget, github } = keeper();
    for (const token of ["first", "second", "third"]) budget.name(token, "installation 7");
    budget.name("of another", "installation 8");
    const by = (token: string) => ({ headers: { authorization: `token ${token}` } });
    await budget.note(by("third"), github(999));

    await expect(budget.check(by("third"), "nobody")).rejects.toThrow(RetryLater);
    await expect(budget.check(by("second"), "nobody")).rejects.toThrow(RetryLater);
    await budget.check(by("first"), "nobody");
    await budget.check(by("of another"), "nobody");
  });
});

describe("a forge that wants no requests for a while", () => {
  it.each([
    ["by Retry-After", { status: 403, remaining: 3000, "retry-after": "90" }, 90],
    ["by a budget that is used up", { status: 403, remaining: 0 }, hour],
  ])("is left alone by everybody, said %s", async (_, { remaining, ...answer }, seconds) => {
    const { budget, clock, github } = keeper();
    await budget.note(one, github(remaining, answer));

    await expect(budget.check(one, "people")).rejects.toThrow("forge wants no requests for now");
    await budget.check(other, "people");
    clock.pass(seconds);
    await budget.check(one, "people");
  });

  it("may refuse one thing without that", async () => {
    const { budget, github } = keeper();
    await budget.note(one, github(3000, { status: 403 }));
    await budget.check(one, "people");
  });
});

describe("processes that share a budget", () => {
  it("leave a forge alone that any of them was told to", async () => {
    const { first, second } = twoProcesses();
    await first.budget.note(one, first.github(3000, { status: 429, ...{ "retry-after": "60" } }));

    await expect(second.budget.check(one, "people")).rejects.toThrow(RetryLater);
  });

  it("keep the reserve by what any of them was told last, under whatever token", async () => {
    const { clock, first, second } = twoProcesses();
    first.budget.name("one", "installation 7");
    second.budget.name("other", "installation 7");
    await first.budget.note(one, first.github(999));
    await second.budget.note(other, second.github(1001));
    await second.budget.check(other, "nobody");
    clock.pass(1);
    await first.budget.check(one, "people");
    clock.pass(1);

    await expect(second.budget.check(other, "nobody")).rejects.toThrow("999 of 5000 requests");
    expect(second.budget.callers).toBe(2);
  });
});
