import { describe, expect, it } from "@jest/globals";
import { type CommitResult, type CommitState, together } from "../../src/domain/commit-status.js";
import { choiceOf, checkKey, readCheckKey } from "../../src/linking/results/check-keys.js";
import { inDetail, missingResults, wholeResult } from "../../src/linking/results/results.js";

const states = (...all: readonly CommitState[]) => all.map((state) => ({ state }));

describe("results together", () => {
  it.each([
    [states("success", "allowed-failure", "skipped"), "success"],
    [states("success", "failure", "canceled"), "failure"],
    [states("success", "canceled"), "canceled"],
    [states("failure", "running"), "running"],
    [states("success", "pending"), "running"],
    [states("pending", "pending"), "pending"],
    [states("success", "manual"), "manual"],
    [states("manual", "running"), "running"],
    [states("skipped", "skipped"), "skipped"],
    [[], "skipped"],
  ] as const)("%j are %s", (results, state) => {
    expect(together(results)).toBe(state);
  });

  it("are waited for in the same words until all have ended", () => {
    const some = [{ context: "a", state: "success", description: "" }] as const;
    const open = [...some, { context: "b", state: "running", description: "" }] as const;
    expect(wholeResult(open)).toEqual(wholeResult([]));
    expect(wholeResult(some)).toEqual({ state: "success", description: "1 passed" });
  });
});

describe("required results", () => {
  const cla: CommitResult = { context: "cla", state: "success", description: "" };
  const build: CommitResult = {
    ...{ context: "build", state: "success", description: "" },
    group: { id: "1", name: "CI", part: "job" },
  };
  const missing = (results: readonly CommitResult[], ...requiredResults: string[]) =>
    missingResults(results, { results: "pipelines", requiredResults });

  it("are waited for, though all that was told has ended", () => {
    const all = [cla, ...missing([cla], "build")];
    expect(all.map(({ context }) => context)).toEqual(["cla", "build"]);
    expect(wholeResult(all)).toEqual(wholeResult([]));
  });

  it("are jobs or pipelines", () => {
    expect(missing([cla, build], "build", "CI", "cla")).toEqual([]);
  });

  it("are waited for beside a failure, as all results are", () => {
    const failed = { ...cla, state: "failure" } as const;
    expect(wholeResult([failed, ...missing([failed], "build")]).state).toBe("pending");
    expect(wholeResult([failed, ...missing([failed, build], "build")]).state).toBe("failure");
  });
});

describe("results by pipeline", () => {
  const result = (context: string, state: CommitState, group?: CommitResult["group"]): CommitResult => {
    return { context, state, description: "", ...(group && { group }) };
  };
  const job = (id: string, name: string) => ({ id, name, part: "job" }) as const;

  it("are the pipeline's own, or what its jobs come to, and what belongs to none", () => {
    const results = [
      result("build", "success", job("1", "pipeline")),
      result("pipeline", "failure", { id: "1", name: "pipeline", part: "whole" }),
      result("a", "success", job("2", "GitHub Actions")),
      result("b", "running", job("2", "GitHub Actions")),
      result("c", "success", job("3", "GitHub Actions")),
      result("outside", "success"),
    ];
    expect(inDetail(results, "pipelines").map(({ context, state }) => [context, state])).toEqual([
      ["pipeline", "failure"],
      ["GitHub Actions", "running"],
      ["GitHub Actions (2)", "success"],
      ["outside", "success"],
    ]);
    expect(inDetail(results, "jobs")).toEqual(results);
  });
});

describe("a press on a check run", () => {
  it("means the job that it shows, or what its button says", () => {
    expect(choiceOf({ context: "dist-git/build" }, [])).toEqual({ which: "job", name: "build" });
    expect(choiceOf({ context: "dist-git" }, [])).toEqual({ which: "all" });
    expect(choiceOf({ context: "dist-git", action: "retry" }, [])).toEqual({ which: "failed" });
  });

  it("is known by a key of ours alone", () => {
    const key = { number: 12, distCommit: "a".repeat(40) };
    expect(readCheckKey(checkKey(key))).toEqual(key);
    for (const other of ["", "sluice 12 ", "sluice x abc", `12 ${key.distCommit}`]) {
      expect(readCheckKey(other)).toBeUndefined();
    }
  });
});
