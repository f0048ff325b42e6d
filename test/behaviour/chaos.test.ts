import { describe, expect, it } from "@jest/globals";
import { execa } from "execa";
import { join } from "node:path";
import { checkout } from "../world/program.js";

describe("Sluice, killed in between, with forges that fail, webhooks that get lost and a disk that fills up", () => {
  it("has every pair right in the end, nothing doubled, nothing lost", async () => {
    const chaos = join(checkout, "scripts", "chaos.mjs");
    const { all } = await execa(process.execPath, [chaos, "--short", "--seed", "7"], {
      all: true,
      reject: false,
    });

    expect(all).toContain("every pair is right, nothing is doubled, nothing is lost");
  }, 600_000);
});

describe("a seed of chaos", () => {
  it("has people do the same at the same moments, and the same go wrong", async () => {
    const [first, again, other] = await Promise.all([planOf("7"), planOf("7"), planOf("8")]);

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

async function planOf(seed: string): Promise<unknown> {
  const given = JSON.stringify({ seed, requests: 40, milliseconds: 44_000, database: "postgres" });
  const script = `import { makePlan } from "./scripts/chaos/plan.mjs"; console.log(JSON.stringify(makePlan(${given})));`;
  const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: checkout,
  });
  return JSON.parse(stdout);
}
