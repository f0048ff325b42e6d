import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { touchedPaths } from "../../src/linking/trust/sensitive-paths.js";
import { newRepository, removeRepositories, type TestRepository } from "../conversion/package.js";

let source: TestRepository;
let base: string;

beforeEach(async () => {
  source = await newRepository();
  base = await source.commit("Release 1.0\n", { "ci/deploy.sh": "old\n", "tally.c": "int one;\n" });
});

afterEach(removeRepositories);

async function touched(head: string, target: string): Promise<readonly string[]> {
  await source.store.flush();
  return touchedPaths(source.store, { head, target }, ["ci/"]);
}

const on = (...parents: readonly string[]) => ({ parents: [...parents] });

describe("sensitive paths", () => {
  it("are those that a merge request changes, not what its target branch changed since", async () => {
    const target = await source.commit("Deploy\n", { "ci/deploy.sh": "new\n" }, on(base));
    const harmless = await source.commit(
      "Two\n",
      { "ci/deploy.sh": "old\n", "tally.c": "int two;\n" },
      on(base),
    );
    const harmful = await source.commit("Evil\n", { "ci/deploy.sh": "evil\n" }, on(base));

    expect(await touched(harmless, target)).toEqual([]);
    expect(await touched(harmful, target)).toEqual(["ci/deploy.sh"]);
  });

  it("are all that it holds, where it may have left in more places than anybody looks through", async () => {
    const number = Array.from({ length: 17 }, (_, index) => index);
    const files = { "ci/deploy.sh": "old\n", "tally.c": "int one;\n" };
    const places: string[] = [];
    for (const each of number)
      places.push(await source.commit("Place\n", { ...files, "place.c": `int at = ${each};\n` }, on(base)));
    const joined = (which: readonly string[]) => source.commit("Join\n", files, on(...which));

    const few = places.slice(1);
    expect(await touched(await joined(few), await joined([...few].reverse()))).toEqual([]);
    const target = await joined([...places].reverse());
    expect(await touched(await joined(places), target)).toEqual(["ci/deploy.sh"]);
    // Also where it takes them away.
    const without = await source.commit("Join\n", { "ci/deploy.sh": null }, on(...places));
    expect(await touched(without, target)).toEqual(["ci/deploy.sh"]);
  });

  it("are looked for from every commit where it may have left a branch that was merged both ways", async () => {
    const deploys = await source.commit("Deploy\n", { "ci/deploy.sh": "new\n" }, on(base));
    const counts = await source.commit(
      "Count\n",
      { "ci/deploy.sh": "old\n", "tally.c": "int two;\n" },
      on(base),
    );
    const both = { "ci/deploy.sh": "new\n", "tally.c": "int two;\n" };
    for (const [ours, theirs] of [
      [deploys, counts],
      [counts, deploys],
    ] as const) {
      const target = await source.commit("Merge\n", both, on(ours, theirs));
      // As it was in one of the two, so that only the other tells.
      for (const script of ["old\n", "new\n"]) {
        const head = await source.commit("Join\n", { ...both, "ci/deploy.sh": script }, on(theirs, ours));
        expect(await touched(head, target)).toEqual(["ci/deploy.sh"]);
      }
    }
  });
});
