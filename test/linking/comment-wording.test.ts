import { describe, expect, it } from "@jest/globals";
import type { CommitStatus } from "../../src/domain/commit-status.js";
import { codeCell, linked, textCell } from "../../src/linking/wording/cells.js";
import { distText, sourceText } from "../../src/linking/wording/comment-wording.js";
import type { DistWords } from "../../src/linking/wording/dist-wording.js";
import { overall, resultTable } from "../../src/linking/results/result-table.js";
import { movedSince } from "../../src/linking/telling/progress.js";
import type { Told } from "../../src/linking/telling/told.js";

const head = "1234567890abcdef1234567890abcdef12345678";
const sourceGit = { forge: "gitlab.com", path: "src/tally" };
const counterpart = {
  ref: { repository: { forge: "github.com", path: "rpms/tally" }, number: 7 },
  webUrl: "https://github.com/rpms/tally/pull/7",
  sigil: "#",
} as const;
const words: DistWords = {
  prefix: "/sluice",
  commit: ({ commit }) => `[${commit.slice(0, 12)}](c)`,
  head: (commit) => `[${commit.slice(0, 12)}](c)`,
  source: { ref: { repository: sourceGit, number: 3 }, webUrl: "https://gitlab.com/3", sigil: "!" },
};
const told = {
  mergeRequest: { head } as Told["mergeRequest"],
  progress: { stage: "mirrored", counterpart, branch: "c9s", head, warnings: [] },
  results: undefined,
  saidInDist: false,
  notes: new Map(),
} as const satisfies Told;

function result(
  context: string,
  state: CommitStatus["state"],
  rest: Partial<CommitStatus> = {},
): CommitStatus {
  return { context, state, description: "", ...rest };
}

describe("source-git's comment", () => {
  it("leads to the counterpart, says what it stands for, and how to order something", () => {
    expect(sourceText(told, words)).toBe(
      "**Mirrored** as [rpms/tally#7](https://github.com/rpms/tally/pull/7), which stands for " +
        "[1234567890ab](c) and goes to branch `c9s`. New commits are carried over.\n\n**CI in dist-git:** no results yet.\n\n---\n" +
        "<sub>In a comment of your own: `/sluice retry` · `/sluice resync` · `/sluice pause` · `/sluice help` lists " +
        "all.</sub>",
    );
  });

  it("says that the counterpart moved to another branch, until another commit is told of", () => {
    const { progress } = told;
    const moved = movedSince(progress, { ...progress, branch: "c10s" });
    expect(sourceText({ ...told, progress: moved }, words)).toContain(
      "and goes to branch `c10s`. It moved there from branch `c9s`, with this merge request. New",
    );
    expect(movedSince(moved, { ...progress, branch: "c10s" })).toEqual(moved);
    const next = { ...progress, branch: "c10s", head: "f".repeat(40) };
    expect(movedSince(moved, next)).toEqual(next);
  });

  it("says that a counterpart in another dist-git replaces the former one", () => {
    const { progress } = told;
    const ref = { repository: { forge: "github.com", path: "next/tally" }, number: 1 };
    const moved = movedSince(progress, { ...progress, counterpart: { ...counterpart, ref } });
    expect(sourceText({ ...told, progress: moved }, words)).toContain(
      "It replaces [rpms/tally#7](https://github.com/rpms/tally/pull/7), as this merge request goes elsewhere by now. New",
    );
  });

  it("says nothing of a move where none was told of", () => {
    const { branch, ...before } = told.progress;
    for (const each of [undefined, told.progress, before, { stage: "waiting-for-forge" } as const])
      expect(movedSince(each, { ...before, branch })).toEqual({ ...before, branch });
  });

  it("says what is wrong in sentences, and offers only the order that helps", () => {
    const complaint = { message: "the patch does not apply", where: "a.patch", remedy: "Rebase it" };
    const failed = { ...told, progress: { stage: "failed", complaint } as const };
    expect(sourceText(failed, words)).toBe(
      "**Not mirrored:** the patch does not apply.\n\nWhere: `a.patch`\n\nHow to go on: Rebase it.\n\n" +
        "Nothing was pushed to dist-git. A new push to this merge request tries again.\n\n---\n" +
        "<sub>In a comment of your own: `/sluice resync` · `/sluice help` lists all.</sub>",
    );
  });

  it("has notes between where it stands and the results", () => {
    const noted = { ...told, notes: new Map([["drift", "**Drift:** dist-git moved."]]) };
    expect(sourceText(noted, words)).toMatch(/carried over\.\n\n\*\*Drift:\*\* dist-git moved\.\n\n\*\*CI/);
  });

  it("says of results of an earlier commit that they are", () => {
    const results = {
      sourceCommit: "f".repeat(40),
      results: [result("build", "success")],
      shownAsStatuses: true,
    };
    expect(sourceText({ ...told, results }, words)).toContain(
      "1 passed, at [ffffffffffff](c), not yet at 1234567890ab.",
    );
  });

  it("says where statuses may not be set that this is the place to see them", () => {
    const results = { sourceCommit: head, results: [result("build", "success")], shownAsStatuses: false };
    expect(sourceText({ ...told, results }, words)).toContain("Sluice may not set commit statuses");
  });
});

describe("dist-git's comment", () => {
  it("is none where all is well, and says so where something else was said before", () => {
    expect(distText(told, words)).toBeUndefined();
    expect(distText({ ...told, saidInDist: true }, words)).toMatch(/^\*\*In step\.\*\*/);
  });

  it("tells its maintainers why it does not follow any more", () => {
    const paused = { ...told, progress: { stage: "paused", by: "ada`|@x" } } as const;
    expect(distText(paused, words)).toMatch(/^\*\*Paused\*\* by `ada'\\\|@x`: .*src\/tally!3/);
  });
});

describe("the table of results", () => {
  it("has what failed first, then what is waited for", () => {
    const rows = resultTable([
      result("b", "success"),
      result("a", "skipped"),
      result("d", "running"),
      result("c", "failure", { description: "2 tests", targetUrl: "https://ci.example/(1)|`" }),
    ]).split("\n");
    expect(rows.slice(2)).toEqual([
      "| ✗ | [`c`](https://ci.example/%281%29%7C%60) | **failed**: 2 tests |",
      "| ● | `d` | running |",
      "| ✓ | `b` | passed |",
      "| – | `a` | skipped |",
    ]);
  });

  it("folds a long one, but not what failed, and ends somewhere", () => {
    const many = Array.from({ length: 150 }, (_, index) => result(`job ${index}`, "success"));
    const text = resultTable([...many, result("broken", "failure")]);
    expect(text).toMatch(/^[^<]*`broken`[^<]*<details>\n<summary>150 more<\/summary>\n\n\| \|/);
    expect(text).toContain("… and 51 more.");
    expect(text.split("\n").length).toBeLessThan(120);
  });

  it("is failed as soon as something failed, and passed only when nothing runs", () => {
    expect(overall([])).toBe("none");
    expect(overall([result("a", "success"), result("b", "running")])).toBe("pending");
    expect(overall([result("a", "failure"), result("b", "running")])).toBe("failed");
    expect(overall([result("a", "success"), result("b", "skipped")])).toBe("passed");
  });
});

describe("foreign text in a cell", () => {
  it("ends no cell and no code, whatever is in it", () => {
    expect(codeCell("a|b`c\nd\u202e")).toBe("`a\\|b'c d`");
  });

  it("shows markup and addresses, and does nothing", () => {
    expect(textCell("[x](https://evil.example) | <b> @all ![i](//e) `c`\n/merge")).toBe(
      "\\[x\\](https:\u200b//evil.example) \\| &lt;\u200bb&gt; @\u200ball !\\[i\\](//e) \\`c\\` /merge",
    );
  });

  it("leads to the web alone", () => {
    expect(linked("x", "javascript:alert(1)")).toBe("x");
    expect(linked("x", "nonsense")).toBe("x");
    expect(linked("x", "https://a.example/b")).toBe("[x](https://a.example/b)");
  });
});
