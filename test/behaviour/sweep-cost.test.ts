import { afterEach, describe, expect, it } from "@jest/globals";
import { manyPairs, type ManyPairs, type Swept } from "../world/many-pairs.js";

/** Some here, a thousand for `npm run bench -- sweep`. */
const count = Number(process.env["SLUICE_SWEPT_PAIRS"] ?? "10");

let pairs: ManyPairs | undefined;
afterEach(() => pairs?.end());

describe.each(["two repositories", "its own each"] as const)("pairs at rest, in %s", (places) => {
  it(
    "cost next to nothing to be swept, and a tenth that changed costs what it has to",
    async () => {
      pairs = await manyPairs(count, places);
      const first = await pairs.sweep();
      const second = await pairs.sweep();
      const atRest = await pairs.sweep();
      pairs.restart();
      const restarted = await pairs.sweep();
      await pairs.changeATenth();
      const changed = await pairs.sweep();

      tell({ first, second, "at rest": atRest, restarted, "a tenth changed": changed });
      for (const { requests } of [first, second, atRest, restarted, changed]) {
        expect(requests.slice(2500)).toEqual([]);
      }
      // An App asks for the installation of a few repositories, and reads the list of it for the others, a hundred at once.
      const lookUps = first.requests.filter((line) => line.endsWith("/installation 200"));
      expect(lookUps.slice(Math.max(3, count / 100))).toEqual([]);
      // What dist-git's branches held before Sluice came has to be looked at once.
      expect(first.found.filter((kind) => kind !== "follow-branch")).toEqual([]);
      expect([...second.found, ...atRest.found, ...restarted.found]).toEqual([]);
      // What is looked at by and by, of many; nothing but lists of groups, of few.
      if (count <= 20) expect(atRest.requests.slice(3)).toEqual([]);
      expect(changed.requests.length).toBeLessThanOrEqual(atRest.requests.length + (3 * count) / 10 + 12);
    },
    30 * 60_000,
  );

  /** For the bench, which prints it. */
  function tell(sweeps: Readonly<Record<string, Swept>>): void {
    if (process.env["SLUICE_SWEPT_PAIRS"] === undefined) return;
    for (const [name, { requests, found, seconds }] of Object.entries(sweeps)) {
      const kinds = new Map<string, number>();
      for (const line of requests) {
        const kind = line.replace(/p\d+/g, "p").replace(/\d+/g, "N");
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      const figures = { places, sweep: name, requests: requests.length, found: found.length, seconds };
      process.stderr.write(`${JSON.stringify({ ...figures, kinds: Object.fromEntries(kinds) })}\n`);
    }
  }
});
