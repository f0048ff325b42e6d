import { describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import type { CommitState } from "../../src/domain/commit-status.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import { forgetEnded } from "../../src/linking/pairs/sql-forgetting.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { SqlLateResults } from "../../src/linking/results/sql-late-results.js";
import { MovableClock } from "../world/clock.js";
import { engines, useDatabases } from "../world/databases.js";

const sourceGit = { repository: { forge: "gitlab.com", path: "src/tally" }, number: 1 };
const distGit = { repository: { forge: "github.com", path: "rpms/tally" }, branch: "sluice/tally-1" };
const [early, present] = ["b".repeat(40), "c".repeat(40)] as const;

const tenMinutes = 600;
const anHour = 3600;
const aDay = 24 * anHour;

const build = (state: CommitState) => [{ context: "build", state, description: "" }];

describe.each(engines)("results of earlier heads, in %s", (engine) => {
  const databases = useDatabases(engine);

  /** An open pair with an earlier head and its present one, ten minutes after the push. */
  async function pushedTwice(database?: Knex) {
    const [known, clock] = [database ?? (await databases.open()), new MovableClock()];
    const pairs = new SqlPairs(known, clock);
    const late = new SqlLateResults(known, clock);
    const pair = await pairs.ensure({ sourceGit, distGit });
    await pairs.recordMirrored(pair, { sourceCommit: "1".repeat(40), distCommit: early });
    await pairs.recordMirrored(pair, { sourceCommit: "2".repeat(40), distCommit: present });
    const open = await pairs.update(pair, { state: "open", pushedCommit: present });
    clock.pass(tenMinutes);
    return { pairs, late, clock, pair: open, database: known };
  }

  const commits = async (late: SqlLateResults, most = 100) =>
    (await late.due(most)).map(({ commit }) => commit.commit);

  it("are asked for until they have ended, also where nothing was ever heard of them", async () => {
    const { late, pair, clock } = await pushedTwice();
    expect(await commits(late)).toEqual([early]);

    await late.record(pair, early, build("running"));
    clock.pass(tenMinutes);
    expect(await late.due(100)).toEqual([
      {
        pair: pair.id,
        sourceGit: sourceGit.repository,
        commit: { repository: distGit.repository, commit: early },
      },
    ]);

    await late.record(pair, early, build("success"));
    expect(await commits(late)).toEqual([]);
  });

  it("are asked for more and more seldom once they have ended, as somebody may run them again", async () => {
    const { late, pair, clock } = await pushedTwice();
    await late.record(pair, early, build("failure"));
    clock.pass(tenMinutes);
    expect(await commits(late)).toEqual([early]);

    clock.pass(aDay);
    await late.asked(await late.due(100));
    clock.pass(anHour);
    expect(await commits(late)).toEqual([]);
    clock.pass(2 * anHour);
    expect(await commits(late)).toEqual([early]);
  });

  it("are asked for in turn, those that go on first, and not for ever", async () => {
    const { late, pair, pairs, clock } = await pushedTwice();
    const second = "d".repeat(40);
    await pairs.recordMirrored(pair, { sourceCommit: "3".repeat(40), distCommit: second });
    await late.record(pair, early, build("failure"));
    clock.pass(anHour);
    expect(await commits(late)).toEqual([second, early]);

    await late.asked(await late.due(1));
    expect(await commits(late)).toEqual([early]);
    clock.pass(8 * aDay);
    expect(await commits(late)).toEqual([]);
  });

  it("are those of the last head as well once the pair has ended, and none of a commit converted anew", async () => {
    const { late, pair, pairs, clock } = await pushedTwice();
    await pairs.update(pair, { state: "merged" });
    expect((await commits(late)).sort()).toEqual([early, present]);

    await pairs.recordMirrored(pair, { sourceCommit: "1".repeat(40), distCommit: "e".repeat(40) });
    clock.pass(anHour);
    expect(await commits(late)).not.toContain(early);
  });

  it("are forgotten with what was told of ended pairs", async () => {
    const { late, pair, clock, database } = await pushedTwice();
    await late.record(pair, early, build("success"));
    await forgetEnded(database, new Date(clock.now().getTime() + 1000));

    expect(await recorded(database, pair)).toEqual([]);
  });
});

function recorded(database: Knex, { id }: Pair): Promise<unknown[]> {
  return database("relayed_results").where({ pair_id: id });
}
