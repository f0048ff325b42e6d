import { describe, expect, it } from "@jest/globals";
import { checkLinksFile } from "../../src/config/links-file.js";
import { problemLine } from "../../src/config/problem.js";

describe("defaults", () => {
  const file = (defaults: string, link: string) =>
    checkLinksFile(
      "sluice.yml",
      `forges:
  gitlab.com: { kind: gitlab, identities: { bot: { secrets: { token: BOT } } } }
defaults: { ${defaults} }
links:
  - { source-git: gitlab.com/a/b, dist-git: gitlab.com/c/d${link} }
`,
    );

  it("hold for each link that says nothing else", () => {
    const defaults =
      "layout: quilt, mentions: true, trusted: [alice], via: fork, identities: { dist-git: bot }";
    const { links, problems } = file(defaults, ", trusted: [bob], log-excerpts: true");

    expect(problems).toEqual([]);
    expect(links).toMatchObject([
      {
        ...{ layout: "quilt", mentions: true, trusted: ["bob"], via: "fork", logExcerpts: true },
        ...{ trustByReview: true, identities: { distGit: "bot" } },
      },
    ]);
  });

  it("say how long a merge waits for a CI that says nothing, and a link may wait for ever", () => {
    const anHour = 60 * 60_000;
    const defaults = "layout: rpm, merge-without-ci: 1 hour";

    expect(file(defaults, "").links).toMatchObject([{ mergeWithoutCi: anHour }]);
    expect(file(defaults, ", merge-without-ci: never").links).toMatchObject([{ mergeWithoutCi: "never" }]);
    expect(file("merge-without-ci: 5 minutes", ", layout: rpm").problems.map(problemLine)).toEqual([
      "sluice.yml:3:31: defaults.merge-without-ci: too short for a CI to begin. Write 10 minutes or more.",
    ]);
  });

  it("have their own line when they are wrong, and name no repository", () => {
    const { problems } = file(
      "results: job, trust-by-revew: true, source-git: gitlab.com/a/b",
      ", layout: rpm",
    );

    expect(problems.map(problemLine)).toEqual([
      "sluice.yml:3:22: defaults.results: must be one of jobs, pipelines, one. Did you mean jobs?",
      "sluice.yml:3:27: defaults.trust-by-revew: unknown key. Did you mean trust-by-review?",
      expect.stringContaining("defaults.source-git: unknown key. Known: layout, branches,"),
    ]);
  });
});

describe("settings of the service", () => {
  const file = (settings: string) =>
    checkLinksFile("sluice.yml", `${settings}\nforges: { gitlab.com: { kind: gitlab } }\nlinks: []\n`);

  it("are there unless given", () => {
    expect(file("")).toMatchObject({
      commands: { prefix: "/sluice" },
      limits: { commits: 500, patchBytes: 20_000_000, files: 5000 },
      keepDeliveries: 30 * 24 * 60 * 60 * 1000,
      keepEnded: 90 * 24 * 60 * 60 * 1000,
      gitCache: 20_000_000_000,
    });
    expect(
      file(
        "limits: { commits: 7 }\nkeep-ended: 1 day\nkeep-deliveries: 90 minutes\ngit-cache: 500 MB\nusers: people.yml",
      ),
    ).toMatchObject({
      limits: { commits: 7, files: 5000 },
      keepDeliveries: 90 * 60 * 1000,
      keepEnded: 24 * 60 * 60 * 1000,
      gitCache: 500_000_000,
      users: "people.yml",
    });
  });

  it.each([
    ["limits: { commits: 0 }", "sluice.yml:1:20: limits.commits: must be at least 1"],
    ["limits: { commit: 9 }", "sluice.yml:1:11: limits.commit: unknown key. Did you mean commits?"],
    ["limits: { files: many }", "sluice.yml:1:18: limits.files: must be a number, not text"],
    [
      "keep-deliveries: 30 days ago",
      "sluice.yml:1:18: keep-deliveries: not a length of time. Write 30 days, 12 hours or 90 minutes.",
    ],
    ["git-cache: much", "sluice.yml:1:12: git-cache: not a size. Write 20 GB or 500 MB."],
    ["keep-deliverys: 30 days", "sluice.yml:1:1: keep-deliverys: unknown key. Did you mean keep-deliveries?"],
  ])("are told with their line: %s", (settings, complaint) => {
    expect(file(settings).problems.map(problemLine)).toEqual([complaint]);
  });
});
