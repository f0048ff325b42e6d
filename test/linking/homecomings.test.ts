import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import { SqlHomecomings } from "../../src/linking/homecoming/sql-homecomings.js";
import { engines, useDatabases } from "../world/databases.js";

const main = {
  distGit: { repository: { forge: "github.com", path: "rpms/Tally" }, branch: "rawhide" },
  sourceGit: { repository: { forge: "gitlab.com", path: "src/Tally" }, branch: "main" },
};
const asTheForgesWriteIt = {
  distGit: { repository: { forge: "github.com", path: "RPMs/tally" }, branch: "rawhide" },
  sourceGit: { repository: { forge: "gitlab.com", path: "src/tally" }, branch: "main" },
};

describe.each(engines)("homecomings in %s", (engine) => {
  const databases = useDatabases(engine);

  it("are one for the same branches, in whatever case their forges write them", async () => {
    const homecomings = new SqlHomecomings(await databases.open(), systemClock);
    const [first, second] = await Promise.all([homecomings.ensure(main), homecomings.ensure(main)]);
    const third = await homecomings.ensure(asTheForgesWriteIt);

    expect([second.id, third.id]).toEqual([first.id, first.id]);
    expect(first).toMatchObject({ homeBranch: "sluice/from-dist-main", state: "in-step" });
    expect(await homecomings.from(asTheForgesWriteIt.distGit)).toHaveLength(1);
    expect(await homecomings.from({ ...main.distGit, branch: "main" })).toEqual([]);
    const { repository } = asTheForgesWriteIt.sourceGit;
    expect(await homecomings.withBranch(repository, "sluice/from-dist-main")).toMatchObject(main);
  });

  it("are found by their branch as the link leads now", async () => {
    const homecomings = new SqlHomecomings(await databases.open(), systemClock);
    await homecomings.ensure(main);
    const moved = { ...main, distGit: { ...main.distGit, branch: "c10s" } };
    await homecomings.ensure(moved);

    expect(await homecomings.withBranch(main.sourceGit.repository, "sluice/from-dist-main")).toMatchObject(
      moved,
    );
  });

  it("keep what they are told, forget what they shall, and know their own commits", async () => {
    const homecomings = new SqlHomecomings(await databases.open(), systemClock);
    const fresh = await homecomings.ensure(main);
    const [dist, source, home] = ["a", "b", "c"].map((digit) => digit.repeat(40));
    const told = await homecomings.update(fresh, {
      ...{ number: 7, state: "conflict", seen: { dist, source, home }, problem: "it conflicts" },
      ...{ carriedTip: "a".repeat(40), settledTip: "a".repeat(40), shown: { title: "Home", draft: true } },
    });
    expect(told).toMatchObject({
      ...{ number: 7, state: "conflict", seen: { dist, source, home }, problem: "it conflicts" },
      ...{ carriedTip: dist, settledTip: dist, shown: { title: "Home", draft: true } },
    });

    const idle = { number: null, shown: null, carriedTip: null, problem: null } as const;
    const forgotten = await homecomings.update(told, { ...idle, state: "in-step" });
    expect([forgotten.number, forgotten.shown, forgotten.carriedTip, forgotten.problem]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    expect(forgotten).toMatchObject({ settledTip: dist, seen: { dist, source, home } });

    await homecomings.recordPushed(told, "d".repeat(40));
    await homecomings.recordPushed(told, "d".repeat(40));
    expect(await homecomings.isPushed(told, "d".repeat(40))).toBe(true);
    expect(await homecomings.isPushed(told, "e".repeat(40))).toBe(false);
  });
});
