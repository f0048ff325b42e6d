import { describe, expect, it } from "@jest/globals";
import { planSweep } from "../../src/linking/reconciler/sweep-plan.js";
import type { SweptTimes } from "../../src/linking/reconciler/sweeps.js";

const minute = 60_000;
const start = new Date("2026-11-21T12:00:00Z");

function repositories(count: number) {
  return Array.from({ length: count }, (_, index) => ({ forge: "gitlab.com", path: `rpms/p${index}` }));
}

/** What each of some sweeps in a row looks at, as it would be recorded. */
function sweepsOf(all: ReturnType<typeof repositories>, count: number) {
  const times = new Map<string, SweptTimes>();
  return Array.from({ length: count }, (_, turn) => {
    const now = new Date(start.getTime() + turn * 10 * minute);
    const visits = planSweep(all, { now, every: 10 * minute, times });
    for (const { repository, looks } of visits) {
      const name = `${repository.forge}/${repository.path}`;
      const before = times.get(name);
      times.set(name, {
        at: now,
        wholeAt: before === undefined || looks.includes("open") ? now : before.wholeAt,
        lookedAt: looks.includes("repository") ? now : before?.lookedAt,
      });
    }
    const looks = visits.flatMap(({ looks: of }) => of);
    const counted = (look: string) => looks.filter((one) => one === look).length;
    return { repository: counted("repository"), open: counted("open") };
  });
}

describe("the plan of a sweep", () => {
  it("looks at few repositories and their webhooks at once, each hour", () => {
    const looked = sweepsOf(repositories(3), 8).map(({ repository }) => repository);

    expect(looked).toEqual([3, 0, 0, 0, 0, 0, 3, 0]);
  });

  it("looks at all that is open when Sluice was away, since what CI did then left no trace", () => {
    const all = repositories(3);
    const looksAfter = (minutes: number) => {
      const now = new Date(start.getTime() + minutes * minute);
      const swept = { at: start, wholeAt: start, lookedAt: now };
      const times = new Map(all.map(({ forge, path }) => [`${forge}/${path}`, swept]));
      return planSweep(all, { now, every: 10 * minute, times }).map(({ looks }) => looks);
    };

    expect(looksAfter(30)).toEqual([[], [], []]);
    expect(looksAfter(8 * 60)).toEqual([["open"], ["open"], ["open"]]);
  });

  it("spreads thousands of them, so that no sweep is dear", () => {
    const sweeps = sweepsOf(repositories(2000), 12);

    expect(Math.max(...sweeps.map(({ repository }) => repository))).toBe(200);
    expect(sweeps.slice(0, 10).reduce((sum, { repository }) => sum + repository, 0)).toBe(2000);
  });

  it("looks at all that is open once a day, not all on the same occasion", () => {
    const opens = sweepsOf(repositories(500), 2 * 144 + 12).map(({ open }) => open);

    expect(Math.max(...opens)).toBe(50);
    expect(opens.slice(0, 143).every((count) => count === 0)).toBe(true);
    expect(opens.slice(143, 160).reduce((sum, count) => sum + count, 0)).toBe(500);
  });
});
