import { describe, expect, it } from "@jest/globals";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import { Reporter, type ReporterServices } from "../../src/linking/telling/report.js";
import type { ToldResults } from "../../src/linking/telling/told.js";

const head = "a".repeat(40);
const pair = { sourceGit: { number: 7 }, mirroredHead: head } as Pair;
const results: ToldResults = {
  sourceCommit: head,
  results: [{ context: "build", state: "success", description: "" }],
  shownAsStatuses: true,
};

/** A reporter that is killed right after it recorded something, and what is left for the next one. */
function killed() {
  const kept: { results?: ToldResults; note?: string | undefined } = {};
  const edits: Date[] = [];
  const killing = <T>(keep: (value: T) => void) => {
    return (value: T) => {
      keep(value);
      return Promise.reject(new Error("killed"));
    };
  };
  const told = {
    of: () => Promise.resolve({ mergeRequest: { head }, results: kept.results }),
    record: (_: Pair, change: { results: ToldResults }) =>
      killing((value: ToldResults) => (kept.results = value))(change.results),
    noteOf: () => Promise.resolve(kept.note),
    note: (_: Pair, __: string, text: string | undefined) =>
      killing((value: string | undefined) => (kept.note = value))(text),
  };
  const editLater = (_: unknown, at: Date) => Promise.resolve(void edits.push(at));
  const services = { told, editLater, clock: { now: () => new Date(0) } } as unknown as ReporterServices;
  return { report: new Reporter(services), edits };
}

describe("what is recorded for the comment", () => {
  it("comes to be shown though the process that recorded results is killed", async () => {
    const { report, edits } = killed();

    await expect(report.showResults(pair, results)).rejects.toThrow("killed");
    await report.showResults(pair, results);
    expect(edits).not.toEqual([]);
  });

  it("comes to be shown though the process that recorded a note is killed", async () => {
    const { report, edits } = killed();

    await expect(report.note(pair, "drift", "**Drift:** …")).rejects.toThrow("killed");
    await report.note(pair, "drift", "**Drift:** …");
    expect(edits).not.toEqual([]);
  });
});
