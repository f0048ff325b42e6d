import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import { SqlObeyedComments } from "../../src/linking/reconciler/sql-sweeps.js";
import { engines, useDatabases } from "../world/databases.js";

const source = { repository: { forge: "gitlab.com", path: "src/tally" }, number: 1 };
const dist = { repository: { forge: "github.com", path: "rpms/tally" }, number: 7 };
const moment = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, seconds));

describe.each(engines)("comments that were obeyed, in %s", (engine) => {
  const databases = useDatabases(engine);
  const pause = { ref: { mergeRequest: source, id: 10 }, orders: ["pause"] as const, saidAt: moment(5) };

  it("are begun once, and done when they are finished", async () => {
    const obeyed = new SqlObeyedComments(await databases.open(), systemClock);

    expect(await obeyed.begin(pause)).toBe("first");
    expect(await obeyed.has(pause.ref)).toBe(false);
    expect(await obeyed.begin(pause)).toBe("again");
    await obeyed.finish(pause.ref);
    expect(await obeyed.has(pause.ref)).toBe(true);
  });

  it("are settled before they are done: what is only to be told is told alike again", async () => {
    const obeyed = new SqlObeyedComments(await databases.open(), systemClock);
    await obeyed.begin(pause);
    expect(await obeyed.settled(pause.ref)).toBeUndefined();

    const settled = { answer: undefined, reaction: "done", orders: pause.orders } as const;
    await obeyed.settle(pause.ref, settled);
    expect(await obeyed.settled(pause.ref)).toEqual(settled);
    expect(await obeyed.has(pause.ref)).toBe(false);
  });

  it("keep what was answered to them, the newest comment's answer first", async () => {
    const obeyed = new SqlObeyedComments(await databases.open(), systemClock);
    const places = [
      ...[10, 12, 11, 13].map((id) => ({ mergeRequest: source, id })),
      { mergeRequest: dist, id: 99 },
    ];
    for (const ref of places) {
      await obeyed.begin({ ref, saidAt: moment(5) });
      const answer = ref.id === 13 ? undefined : `to ${ref.id}`;
      await obeyed.settle(ref, { answer, reaction: "refused", orders: [] });
    }

    expect(await obeyed.answers(source, 2)).toEqual(["to 12", "to 11"]);
    expect(await obeyed.answers(dist, 2)).toEqual(["to 99"]);
  });

  it("know what was ordered after them: on their side by number, on the other by the clock", async () => {
    const obeyed = new SqlObeyedComments(await databases.open(), systemClock);
    const orders = [
      { ref: { mergeRequest: source, id: 11 }, orders: ["resume", "status"] as const, saidAt: moment(5) },
      { ref: { mergeRequest: source, id: 9 }, orders: ["close"] as const, saidAt: moment(9) },
      { ref: { mergeRequest: dist, id: 2 }, orders: ["recreate"] as const, saidAt: moment(6) },
      { ref: { mergeRequest: dist, id: 99 }, orders: ["retry"] as const, saidAt: moment(5) },
      { ref: { mergeRequest: { ...dist, number: 8 }, id: 3 }, orders: ["trust"] as const, saidAt: moment(9) },
    ];
    for (const each of [pause, ...orders]) {
      await obeyed.begin(each);
      await obeyed.settle(each.ref, { answer: undefined, reaction: "done", orders: each.orders });
      await obeyed.finish(each.ref);
    }

    const later = await obeyed.later(pause, [source, dist]);
    expect([...later].sort()).toEqual(["recreate", "resume", "status"]);
  });
});
