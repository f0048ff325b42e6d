import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { MovableClock } from "../world/clock.js";
import { engines, useDatabases } from "../world/databases.js";

describe.each(engines)("pairs in %s", (engine) => {
  const databases = useDatabases(engine);
  const sourceGit = { repository: { forge: "gitlab.com", path: "src/Tally" }, number: 1 };
  const distGit = { repository: { forge: "github.com", path: "rpms/Tally" }, branch: "sluice/Tally-1" };
  const asItsForgeWritesIt = { forge: "github.com", path: "RPMs/tally" };
  const sourceCommit = "a".repeat(40);
  const distCommit = "b".repeat(40);

  it("are found by dist-git's events, in whatever case sluice.yml names it", async () => {
    const pairs = new SqlPairs(await databases.open(), systemClock);
    const pair = await pairs.ensure({ sourceGit, distGit });
    await pairs.update(pair, { distNumber: 7 });
    await pairs.recordMirrored(pair, { sourceCommit, distCommit });

    expect(await pairs.withDistGit({ repository: asItsForgeWritesIt, number: 7 })).toMatchObject({
      sourceGit,
    });
    expect(await pairs.mirroredBy({ repository: asItsForgeWritesIt, commit: distCommit })).toMatchObject([
      { sourceCommit },
    ]);
  });

  it("have branches of their own where two source repositories of one name go to one dist-git", async () => {
    const pairs = new SqlPairs(await databases.open(), systemClock);
    const first = await pairs.ensure({ sourceGit, distGit });
    const other = { ...sourceGit, repository: { forge: "gitlab.com", path: "staging/Tally" } };
    const second = await pairs.ensure({ sourceGit: other, distGit });

    expect(first.distGit.branch).toBe("sluice/Tally-1");
    expect(second.distGit.branch).toMatch(/^sluice\/Tally-1-[0-9a-f]{8}$/);
    expect(await pairs.ensure({ sourceGit, distGit })).toEqual(first);
    expect((await pairs.ensure({ sourceGit: other, distGit })).distGit.branch).toBe(second.distGit.branch);
  });

  it("are found by what CI says of our fork", async () => {
    const pairs = new SqlPairs(await databases.open(), systemClock);
    const pair = await pairs.ensure({ sourceGit, distGit });
    const fork = { forge: "github.com", path: "sluice-bot/Tally" };
    await pairs.update(pair, { fork });
    await pairs.recordMirrored(pair, { sourceCommit, distCommit });

    expect(await pairs.mirroredBy({ repository: fork, commit: distCommit })).toMatchObject([
      { pair: { distGit: { fork } }, sourceCommit },
    ]);
  });

  it("know what a commit stands for until its source-git commit is converted anew", async () => {
    const clock = new MovableClock();
    const pairs = new SqlPairs(await databases.open(), clock);
    const pair = await pairs.ensure({ sourceGit, distGit });
    await pairs.recordMirrored(pair, { sourceCommit, distCommit });
    clock.pass(1);
    await pairs.recordMirrored(pair, { sourceCommit, distCommit: "c".repeat(40) });

    const { repository } = distGit;
    expect(await pairs.mirroredBy({ repository, commit: distCommit })).toEqual([]);
    expect(await pairs.mirroredBy({ repository, commit: "c".repeat(40) })).toMatchObject([{ sourceCommit }]);
    expect(await pairs.isMirrored(pair, distCommit)).toBe(true);

    clock.pass(1);
    await pairs.recordMirrored(pair, { sourceCommit, distCommit });
    expect(await pairs.mirroredBy({ repository, commit: distCommit })).toMatchObject([{ sourceCommit }]);
  });

  it("keep what was trusted, who paused, and since when a head waits; and forget", async () => {
    const clock = new MovableClock();
    const pairs = new SqlPairs(await databases.open(), clock);
    const pair = await pairs.ensure({ sourceGit, distGit });
    const waiting = await pairs.update(pair, { waitingHead: sourceCommit, pausedBy: "ada" });
    clock.pass(60);
    expect(await pairs.update(waiting, { waitingHead: sourceCommit })).toMatchObject({
      waiting: { head: sourceCommit, since: waiting.waiting?.since },
      pausedBy: "ada",
    });
    expect(await pairs.words(pair)).toEqual([]);
    await pairs.trust(pair, { commit: sourceCommit, by: "ada" });
    await pairs.trust(pair, { commit: sourceCommit, by: "bo" });
    expect(await pairs.words(pair)).toMatchObject([{ commit: sourceCommit }]);

    const forgotten = await pairs.update(waiting, { waitingHead: null, pausedBy: null, mirroredHead: null });
    expect(forgotten.waiting).toBeUndefined();
    expect(forgotten.pausedBy).toBeUndefined();
  });

  it("forget with which merge request they were closed when they move to another dist-git, with numbers of its own", async () => {
    const pairs = new SqlPairs(await databases.open(), systemClock);
    const pair = await pairs.update(await pairs.ensure({ sourceGit, distGit }), { closedWith: 7 });
    expect(pair.closedWith).toBe(7);

    const elsewhere = { ...distGit, repository: { forge: "github.com", path: "fedora/Tally" } };
    expect((await pairs.move(pair, elsewhere)).closedWith).toBeUndefined();
  });

  it("are stopped only in the state in which they were seen", async () => {
    const pairs = new SqlPairs(await databases.open(), systemClock);
    const seen = await pairs.ensure({ sourceGit, distGit });
    await pairs.update(seen, { state: "closed" });

    expect(await pairs.stop(seen)).toBe(false);
    expect(await pairs.withSourceGit(sourceGit)).toMatchObject({ state: "closed" });
  });
});
