import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { jobKinds } from "../../../src/handlers/perform.js";
import { type Bundle, bundleMortal } from "./bundle.js";
import type { Effect } from "./effect.js";
import { type Life, live } from "./stage.js";
import { kinds, type LifeName, verbs } from "./verbs.js";

/** Milliseconds, for a machine that does much else; where nothing goes on, that is found out much earlier. */
const limit = 2_400_000;

/** What every test of a killed life says; each is in a file of its own, so that they are lived side by side. */
export function isKilledAllAlong(life: Life): void {
  let directory: string;
  let bundle: Bundle;
  let deaths: readonly Effect[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-mortal-"));
    bundle = await bundleMortal(directory);
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  describe(`Sluice, killed after everything that it does to the outside, each in turn (${life.name})`, () => {
    it(
      "leads pairs through the same life, and nothing is doubled",
      async () => {
        const unharmed = await live(life, { bundle, dies: false });
        const killed = await live(life, { bundle, dies: true });
        deaths = killed.effects;

        expect(killed.picture).toEqual(unharmed.picture);
        expect(killed.runAgain).toEqual(unharmed.runAgain);
        expect(killed.parked).toEqual(unharmed.parked);
      },
      limit,
    );

    it("was killed in all kinds of jobs, and after all verbs that change something, that fall to this life", () => {
      const jobs = new Set(deaths.map(({ job }) => job));
      const struck = new Set(deaths.map(({ verb }) => verb));
      expect(fallingTo(life.name, kinds).filter((kind) => !jobs.has(kind))).toEqual([]);
      const falling = fallingTo(life.name, { ...verbs, push: "both" });
      expect(falling.filter((verb) => !struck.has(verb))).toEqual([]);
    });

    it("is told for each kind of job that there is", () => {
      expect(Object.keys(kinds).sort()).toEqual([...jobKinds].sort());
    });
  });
}

function fallingTo(
  name: LifeName,
  shared: Readonly<Record<string, LifeName | "both" | "reads">>,
): readonly string[] {
  return Object.keys(shared).filter((what) => shared[what] === name || shared[what] === "both");
}
