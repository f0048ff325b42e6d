import { describe, expect, it } from "@jest/globals";
import { problemLine } from "../../src/config/problem.js";
import { checkSourceFile, narrowed } from "../../src/config/source-file.js";
import { createLinks, distBranch } from "../../src/linking/links/links.js";
import { processorTime } from "../world/processor-time.js";
import { linkEntry } from "./link-entry.js";

describe(".sluice.yml", () => {
  it("narrows its link", () => {
    const { narrowing, problems } = checkSourceFile(
      "trust: members\nsensitive-paths: [ci/**]\nresults: one\nafter-source-merge: merge-when-green\n",
    );
    const entry = linkEntry({
      trust: "everyone",
      sensitivePaths: [".gitlab-ci.yml"],
      afterSourceMerge: "merge",
    });

    expect(problems).toEqual([]);
    expect(narrowed(entry, narrowing)).toMatchObject({
      ...{ trust: "members", sensitivePaths: [".gitlab-ci.yml", "ci/**"], results: "one" },
      afterSourceMerge: "merge-when-green",
    });
  });

  it("leaves branches out", () => {
    const { narrowing } = checkSourceFile('branches: [main, "c*s"]\n');
    const [link] = createLinks([narrowed(linkEntry(), narrowing)]).from({
      forge: "gitlab.com",
      path: "centos/src/tally",
    });

    expect(link && ["main", "c9s", "topic"].map((branch) => distBranch(link, branch))).toEqual([
      "main",
      "c9s",
      undefined,
    ]);
  });

  it("never makes a link do more", () => {
    const { narrowing, problems } = checkSourceFile(
      "trust: everyone\nlog-excerpts: true\nafter-source-merge: merge\ntrusted: [mallory]\nvia: branch\n",
    );

    expect(problems.map(({ where, key }) => `${where} ${key}`)).toEqual([
      ".sluice.yml:1:8 trust",
      ".sluice.yml:2:15 log-excerpts",
      ".sluice.yml:3:21 after-source-merge",
      ".sluice.yml:4:1 trusted",
      ".sluice.yml:5:1 via",
    ]);
    expect(narrowed(linkEntry(), narrowing)).toEqual(linkEntry());
    const keep = checkSourceFile("after-source-merge: merge-when-green\n").narrowing;
    expect(narrowed(linkEntry({ afterSourceMerge: "keep" }), keep).afterSourceMerge).toBe("keep");
  });

  it.each([
    ["dist-changes: merge-request", linkEntry({ distChanges: "ignore" })],
    ["after-dist-merge: merge", linkEntry({ afterDistMerge: "close" })],
    ["after-dist-merge: close", linkEntry({ afterDistMerge: "comment" })],
    ["results: jobs", linkEntry({ results: "pipelines" })],
    ["results: pipelines", linkEntry({ results: "one" })],
  ])("keeps what the link has where it asks for more: %s", (text, entry) => {
    expect(narrowed(entry, checkSourceFile(text).narrowing)).toEqual(entry);
  });

  it("may have a link do less", () => {
    const { narrowing } = checkSourceFile("dist-changes: ignore\nafter-dist-merge: close\n");
    const entry = linkEntry({ distChanges: "merge-request", afterDistMerge: "merge" });

    expect(narrowed(entry, narrowing)).toMatchObject({ distChanges: "ignore", afterDistMerge: "close" });
  });

  it("keeps nobody waiting, whatever it holds", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join("");
    const spent = processorTime();

    expect(checkSourceFile(keys).problems).toMatchObject([{ message: "it has more than 20000 characters" }]);
    expect(checkSourceFile('branches: ["*a*a*a*a*b"]').problems).toMatchObject([
      { message: "has more than 3 stars" },
    ]);
    expect(spent()).toBeLessThan(4);
  });

  it("lets no labels follow that its link does not", () => {
    const { narrowing } = checkSourceFile("labels: [automerge, area/tests]\n");

    expect(narrowed(linkEntry({ labels: ["area/"] }), narrowing).labels).toEqual(["area/tests"]);
  });

  it("loses no key by a mistake under another", () => {
    const { narrowing, problems } = checkSourceFile("results: jobz\nsensitive-paths: [ci/**]\n");

    expect(problems.map(problemLine)).toEqual([
      ".sluice.yml:1:10: results: must be one of jobs, pipelines, one. Did you mean jobs?",
    ]);
    expect(narrowing).toEqual({ "sensitive-paths": ["ci/**"] });
  });

  it.each(["", "[a, b]", "*x", "- 1\n- 2"])("may hold anything: %j", (text) => {
    expect(checkSourceFile(text).narrowing).toEqual({});
  });
});
