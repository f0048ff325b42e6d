import { describe, expect, it } from "@jest/globals";
import { RetryLater } from "../../src/domain/errors.js";
import { BudgetKeeper } from "../../src/forges/budget.js";
import { MovableClock } from "../world/clock.js";

const hour = 3600;

function keeper() {
  const clock = new MovableClock();
  const reset = Math.floor(clock.now().getTime() / 1000) + hour;
  const github = (remaining: number, resource = "core") =>
    new Headers({
      "x-ratelimit-limit": "5000",
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
      "x-ratelimit-resource": resource,
    });
  const one = { headers: { authorization: "token one" } };
  const other = { headers: { authorization: "token other" } };
  return {
    budget: new BudgetKeeper({ name: "forge", clock, reserve: 20 }),
    clock,
    reset,
    github,
    one,
    other,
  };
}

describe("the API budget", () => {
  it("is known as soon as the forge says it, by either forge's headers", () => {
    const { budget, reset, github, one } = keeper();
    expect(budget.lowest).toBeUndefined();

    budget.note(one, github(4000));
    expect(budget.lowest).toEqual({ limit: 5000, remaining: 4000, resetAt: new Date(reset * 1000) });
    const gitlab = {
      "ratelimit-limit": "2000",
      "ratelimit-remaining": "7",
      "ratelimit-reset": String(reset),
    };
    budget.note(one, new Headers(gitlab));
    expect(budget.lowest).toMatchObject({ limit: 2000, remaining: 7 });
  });

  it("is the one of which least is left, of an App's installations", () => {
    const { budget, github, one, other } = keeper();
    budget.note(one, github(100));
    budget.note(other, github(4000));
    expect(budget.lowest).toMatchObject({ remaining: 100 });
  });

  it("leaves its reserve to whoever is waited for, until it is full again", () => {
    const { budget, clock, reset, github, one, other } = keeper();
    budget.note(one, github(999));

    expect(() => budget.check(one, "people")).not.toThrow();
    expect(() => budget.check(one, "machines")).not.toThrow();
    expect(() => budget.check(other, "nobody")).not.toThrow();
    const notBefore = new Date(reset * 1000);
    expect(() => budget.check(one, "nobody")).toThrow(expect.objectContaining({ notBefore }));
    expect(() => budget.check(one, "nobody")).toThrow(RetryLater);
    clock.pass(hour);
    expect(() => budget.check(one, "nobody")).not.toThrow();
    expect(budget.lowest).toBeUndefined();
  });

  it("is not mistaken for the one of searches", () => {
    const { budget, github, one } = keeper();
    budget.note(one, github(3, "search"));
    expect(budget.lowest).toBeUndefined();
  });
});
