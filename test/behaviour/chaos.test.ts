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

describe("the rest after chaos", () => {
  const job = { id: 1, kind: "mirror-merge-request", key: "mirror it", state: "waiting", run_at: 0 };

  it("is waited for while jobs end, whatever the machine takes for it", async () => {
    const looks = Array.from({ length: 20 }, (_, index) => [{ ...job, id: index, attempt: 12 }]);
    expect(await restlessAfter(looks)).toEqual([]);
  });

  it("is given up for a job that fails again and again", async () => {
    const looks = Array.from({ length: 9 }, (_, index) => [{ ...job, attempt: 3 + index }]);
    expect(await restlessAfter(looks.slice(0, 8))).toEqual([]);
    expect(await restlessAfter(looks)).toEqual([
      { rule: "comesToRest", text: expect.stringMatching(/^job mirror it fails again and again/) },
    ]);
  });

  it("is given up for jobs that leave one another behind for ever", async () => {
    const looks = Array.from({ length: 300 }, (_, index) => [{ ...job, id: index, attempt: 0 }]);
    expect(await restlessAfter(looks)).toEqual([
      { rule: "comesToRest", text: expect.stringMatching(/^job mirror it goes on after \d+ others/) },
    ]);
  });
});

function planOf(seed: string): Promise<unknown> {
  const given = JSON.stringify({ seed, requests: 40, milliseconds: 44_000, database: "postgres" });
  return told(`import { makePlan } from "./scripts/chaos/plan.mjs";
    console.log(JSON.stringify(makePlan(${given})));`);
}

/** What does not come to rest, once somebody looked so many times. */
function restlessAfter(looks: readonly (readonly object[])[]): Promise<unknown> {
  return told(`import { goingOn } from "./scripts/chaos/going-on.mjs";
    const watch = goingOn({ short: false, most: 200 });
    const answers = ${JSON.stringify(looks)}.map((jobs) => watch(jobs).restless);
    console.log(JSON.stringify(answers.at(-1)));`);
}

async function told(script: string): Promise<unknown> {
  const words = ["--input-type=module", "--eval", script];
  const { stdout } = await execa(process.execPath, words, { cwd: checkout });
  return JSON.parse(stdout);
}
