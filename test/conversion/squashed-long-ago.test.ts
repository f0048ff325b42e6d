import { afterEach, describe, expect, it } from "@jest/globals";
import { isTaken } from "../../src/conversion/unmerged.js";
import { newRepository, readme, removeRepositories, type Files, type TestRepository } from "./package.js";

afterEach(removeRepositories);

const upstream: Files = { README: readme({}), Makefile: "all:\n" };
const brought: Files = { README: readme({ 2: "TWO" }), Makefile: "all: it\n" };

/** Commits of the main branch that only change the README, away from what is squashed. */
async function busy(source: TestRepository, from: number): Promise<void> {
  for (let number = from; number < from + 110; number += 1) {
    const lines = ((await source.file("README")) ?? "").split("\n");
    await source.commit(`Commit ${number}\n`, { README: lines.with(8, `number ${number}`).join("\n") });
  }
}

describe("a merge request that was squashed into the main branch", () => {
  /** A branch with the change, and the main branch with the same as it took it. */
  async function history(squash: (source: TestRepository) => Promise<unknown>, before: number) {
    const source = await newRepository();
    const base = await source.commit("Release 1.0\n", upstream);
    const named = await source.commit("Two\n", brought);
    source.tip = base;
    if (before > 0) await busy(source, before);
    await squash(source);
    await busy(source, 1000);
    await source.store.flush();
    return { source: source.store, named, head: source.tip, target: source.tip };
  }

  it.each([
    ["before hundreds of commits to one of its files", 0],
    ["behind hundreds, and before as many", 1],
  ])("%s is taken", async (_, before) => {
    const squash = async (source: TestRepository) => {
      const lines = ((await source.file("README")) ?? "").split("\n");
      await source.commit("Squashed (!1)\n", { ...brought, README: lines.with(1, "TWO").join("\n") });
    };
    const { named, ...line } = await history(squash, before);
    expect(await isTaken(line, named)).toBe(true);
  });

  it("but for one of its files is not", async () => {
    const { named, ...line } = await history(
      (source) => source.commit("Half\n", { Makefile: "all: it\n" }),
      0,
    );
    expect(await isTaken(line, named)).toBe(false);
  });
});
