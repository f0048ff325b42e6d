import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { SqlStatusNames } from "../../src/linking/results/sql-status-names.js";
import { isOurContext, ownName, relayedContext } from "../../src/linking/wording/wording.js";
import { engines, useDatabases } from "../world/databases.js";

const repository = { forge: "gitlab.com", path: "src/Tally" };
const commit = "a".repeat(40);

describe.each(engines)("the plain names of statuses, in %s", (engine) => {
  const databases = useDatabases(engine);

  async function prepared() {
    const database = await databases.open();
    const pairs = new SqlPairs(database, systemClock);
    const pairOf = (number: number, from = repository) =>
      pairs.ensure({
        sourceGit: { repository: from, number },
        distGit: { repository: { forge: "github.com", path: "rpms/tally" }, branch: `sluice/${number}` },
      });
    return { names: new SqlStatusNames(database), pairs, pairOf };
  }

  it("are the first one's, and stay so", async () => {
    const { names, pairOf } = await prepared();
    const [first, second] = [await pairOf(1), await pairOf(2)];

    expect(await names.areTaken(repository, commit)).toBe(false);
    expect(await names.arePlain(second, commit)).toBe(true);
    expect(await names.arePlain(first, commit)).toBe(false);
    expect(await names.arePlain(second, commit)).toBe(true);
    expect(await names.areTaken({ ...repository, path: "SRC/tally" }, commit)).toBe(true);
    expect(await names.arePlain(first, "b".repeat(40))).toBe(true);
  });

  it("are one's alone where several claim them at the same moment", async () => {
    const { names, pairOf } = await prepared();
    const pairs = [await pairOf(1), await pairOf(2), await pairOf(3)];

    const plain = await Promise.all(pairs.map((pair) => names.arePlain(pair, commit)));
    expect(plain.filter(Boolean)).toHaveLength(1);
    expect(await Promise.all(pairs.map((pair) => names.arePlain(pair, commit)))).toEqual(plain);
  });

  it("pass on to whoever comes after one that has ended", async () => {
    const { names, pairs, pairOf } = await prepared();
    const [first, second, third] = [await pairOf(1), await pairOf(2), await pairOf(3)];
    await names.arePlain(first, commit);
    await names.arePlain(second, commit);
    await pairs.update(first, { state: "closed" });

    expect(await names.areTaken(repository, commit)).toBe(false);
    expect(await names.arePlain(third, commit)).toBe(true);
    expect(await names.arePlain(first, commit)).toBe(false);
    expect(await names.arePlain(second, commit)).toBe(false);
  });

  it("are nothing to another repository that has the commit", async () => {
    const { names, pairOf } = await prepared();
    await names.arePlain(await pairOf(1), commit);

    const other = await pairOf(1, { forge: "gitlab.com", path: "other/tally" });
    expect(await names.arePlain(other, commit)).toBe(true);
  });
});

it("bear the number of a merge request that is not the first, and are known by it", () => {
  const context = relayedContext("build/x86", " !12");

  expect(context).toBe("dist-git !12/build/x86");
  expect(ownName(context)).toBe("build/x86");
  expect(["sluice !12", "dist-git #7", context, "sluice", "dist-git/a"].every(isOurContext)).toBe(true);
  expect(["sluice !x", "dist-git-build", "sluice/other"].some(isOurContext)).toBe(false);
});
