import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import { SqlPairs } from "../../src/linking/sql-pairs.js";
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

  it("are stopped only in the state in which they were seen", async () => {
    const pairs = new SqlPairs(await databases.open(), systemClock);
    const seen = await pairs.ensure({ sourceGit, distGit });
    await pairs.update(seen, { state: "closed" });

    expect(await pairs.stop(seen)).toBe(false);
    expect(await pairs.withSourceGit(sourceGit)).toMatchObject({ state: "closed" });
  });
});
