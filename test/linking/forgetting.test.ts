import { describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import { SqlHomecomings } from "../../src/linking/homecoming/sql-homecomings.js";
import { forgetEnded } from "../../src/linking/pairs/sql-forgetting.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { SqlObeyedComments } from "../../src/linking/reconciler/sql-sweeps.js";
import { SqlStatusNames } from "../../src/linking/results/sql-status-names.js";
import { SqlTold } from "../../src/linking/telling/sql-told.js";
import { MovableClock } from "../world/clock.js";
import { engines, useDatabases } from "../world/databases.js";

const source = { forge: "gitlab.com", path: "src/tally" };
const dist = { forge: "github.com", path: "rpms/tally" };
const [head, first, last] = ["a", "b", "c"].map((digit) => digit.repeat(40)) as [string, string, string];

describe.each(engines)("what is old of ended pairs, in %s", (engine) => {
  const databases = useDatabases(engine);

  async function pairIn(database: Knex, clock: MovableClock, number: number) {
    const pairs = new SqlPairs(database, clock);
    const sourceGit = { repository: source, number };
    const pair = await pairs.ensure({ sourceGit, distGit: { repository: dist, branch: `sluice/${number}` } });
    for (const distCommit of [first, last])
      await pairs.recordMirrored(pair, { sourceCommit: head, distCommit });
    await pairs.trust(pair, { commit: head, by: "ada" });
    await new SqlStatusNames(database).arePlain(pair, head);
    const told = new SqlTold(database);
    await told.record(pair, { mergeRequest: { head } as MergeRequest });
    await told.note(pair, "drift", "moved");
    return pairs.update(pair, { pushedCommit: last });
  }

  it("is forgotten, but for the commit that a branch is at; and nothing is of those that go on", async () => {
    const [database, clock] = [await databases.open(), new MovableClock()];
    const pairs = new SqlPairs(database, clock);
    const ended = await pairs.update(await pairIn(database, clock, 1), { state: "merged" });
    const live = await pairs.update(await pairIn(database, clock, 2), { state: "open" });
    clock.pass(3600);
    const justEnded = await pairs.update(await pairIn(database, clock, 3), { state: "closed" });

    await forgetEnded(database, new Date(clock.now().getTime() - 1000));

    const told = new SqlTold(database);
    for (const pair of [live, justEnded]) {
      expect(await pairs.isMirrored(pair, first)).toBe(true);
      expect(await pairs.words(pair)).toHaveLength(1);
      expect((await told.of(pair))?.notes.size).toBe(1);
    }
    expect(await pairs.withSourceGit(ended.sourceGit)).toEqual(ended);
    expect([await pairs.isMirrored(ended, first), await pairs.isMirrored(ended, last)]).toEqual([
      false,
      true,
    ]);
    expect([await pairs.words(ended), await told.of(ended)]).toEqual([[], undefined]);
    expect(await database("status_names").where({ pair_id: ended.id })).toEqual([]);
  });

  it("is forgotten of what came home and what was ordered", async () => {
    const [database, clock] = [await databases.open(), new MovableClock()];
    const homecomings = new SqlHomecomings(database, clock);
    const home = await homecomings.ensure({
      distGit: { repository: dist, branch: "main" },
      sourceGit: { repository: source, branch: "main" },
    });
    for (const commit of [first, last]) await homecomings.recordPushed(home, commit);
    await homecomings.update(home, { seen: { dist: head, source: head, home: last } });
    const obeyed = new SqlObeyedComments(database, clock);
    const ref = { mergeRequest: { repository: source, number: 1 }, id: 5 };
    await obeyed.begin({ ref, saidAt: clock.now() });
    await obeyed.settle(ref, { answer: undefined, reaction: "done", orders: ["status"] });
    await obeyed.finish(ref);
    clock.pass(3600);

    await forgetEnded(database, new Date(clock.now().getTime() - 1000));

    expect([await homecomings.isPushed(home, first), await homecomings.isPushed(home, last)]).toEqual([
      false,
      true,
    ]);
    expect(await obeyed.has(ref)).toBe(false);
  });
});
