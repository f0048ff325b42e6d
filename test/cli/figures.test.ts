import { describe, expect, it } from "@jest/globals";
import { figuresOf, filesToTryAgain, type JestRun } from "../../scripts/jest/figures.mjs";

type File = JestRun["testResults"][number];

/** A file whose tests ended so; it failed if one of them did, unless told. */
function file(name: string, tests: string, failed = tests.includes("failed")): File {
  const assertionResults = tests.split(" ").filter(Boolean);
  return {
    ...{ name, status: failed ? "failed" : "passed" },
    assertionResults: assertionResults.map((status) => ({ status })),
  };
}

const run = (...testResults: File[]): JestRun => ({ testResults });

describe("the figures of a run of all tests", () => {
  it("are those of its tests; what was left out counts for nothing", () => {
    const first = run(file("a", "passed passed pending"), file("b", "passed failed"));

    expect(figuresOf(first)).toEqual({ passed: 3, failed: 1, late: [] });
  });

  it("count a file that failed beside its tests as a failure", () => {
    const first = run(file("cannot be loaded", "", true), file("broke at its end", "passed", true));

    expect(figuresOf(first)).toEqual({ passed: 1, failed: 2, late: [] });
  });

  it("count a test once, as it ended in the second try, and name the files that needed it", () => {
    const first = run(file("a", "passed"), file("b", "passed failed"), file("c", "failed failed"));
    const second = run(file("b", "passed passed"), file("c", "passed failed"));

    expect(figuresOf(first, second)).toEqual({ passed: 4, failed: 1, late: ["b"] });
  });

  it("are failures still where the second try told nothing of a file", () => {
    expect(figuresOf(run(file("a", "failed")), run())).toEqual({ passed: 0, failed: 1, late: [] });
  });
});

describe("a second try", () => {
  const failing = (count: number) =>
    Array.from({ length: count }, (_, index) => file(`failing ${index}`, "failed"));

  it("is for the files that failed", () => {
    expect(filesToTryAgain(run(file("a", "passed"), file("b", "", true), ...failing(1)))).toEqual([
      "b",
      "failing 0",
    ]);
  });

  it("is for as many as may fail by chance, and for none of more", () => {
    expect(filesToTryAgain(run(...failing(5)))).toHaveLength(5);
    expect(filesToTryAgain(run(...failing(6)))).toEqual([]);
  });
});
