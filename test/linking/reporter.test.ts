import { describe, expect, it } from "@jest/globals";
import { OperatorError } from "../../src/domain/errors.js";
import type { MergeRequest } from "../../src/domain/merge-request.js";
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

it("keeps no pair from going on that its old counterpart takes no comment", async () => {
  const repository = { forge: "github.com", path: "rpms/tally" };
  const [old, next] = [
    { repository, number: 1 },
    { repository, number: 2 },
  ] as const;
  const removed: unknown[] = [];
  const forge = {
    capabilities: { mergeRequestSigil: "#" },
    ensureComment: () => Promise.reject(new OperatorError("its conversation is locked")),
    findMergeRequest: () => Promise.resolve({ ref: old }),
  };
  const predecessors = {
    of: () => Promise.resolve([old]),
    remove: (_: Pair, ref: unknown) => Promise.resolve(void removed.push(ref)),
  };
  const services = { predecessors, forges: { for: () => forge } } as unknown as ReporterServices;
  const mergeRequest = { ref: { repository, number: 7 }, webUrl: "https://example.org/7" } as MergeRequest;
  const by = { ref: next, webUrl: "https://example.org/2", sigil: "#" } as const;

  await new Reporter(services).tellReplaced(pair, { mergeRequest, by });

  expect(removed).toEqual([old]);
});
