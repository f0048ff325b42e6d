import { describe, expect, it } from "@jest/globals";
import {
  homeDescription,
  type HomeNews,
  homeStatuses,
  homeTitle,
} from "../../src/linking/wording/homecoming-wording.js";

const hostile =
  "Closes #1 <!-- /sluice:mirrored --> @everyone `x` [click](http://evil.example) <details> @&#x72;oot";

function commit(subject: string) {
  const id = "0123456789".repeat(4);
  return { id, subject, webUrl: "https://github.com/rpms/tally/commit/0123456789" };
}

const news: HomeNews = {
  distGit: { repository: { forge: "github.com", path: "rpms/tally" }, branch: "c9's/$(reboot)" },
  sourceGit: { repository: { forge: "gitlab.com", path: "src/tally" }, branch: "main" },
  homeBranch: "sluice/from-dist-main",
  commits: [],
  warnings: [],
  cloneUrls: { distGit: "https://github.com/rpms/tally.git", sourceGit: "https://gitlab.com/src/tally.git" },
};

describe("what is said of dist-git's own changes", () => {
  it("lets nothing of dist-git's texts act in source-git", () => {
    const complaint = { message: hostile, where: "a`b`", remedy: "/merge\n/close" };
    const said = homeDescription({
      ...news,
      commits: [commit(hostile)],
      warnings: [hostile],
      trouble: { complaint, commit: commit(hostile) },
    });

    expect(said).not.toMatch(/<!--|@everyone|Closes #1|\]\(http:\/\/evil|<details|&#x72/);
    expect(said).not.toMatch(/^\/\w/m);
    expect(said).toContain("Where: `a'b'`");
    expect(homeTitle({ ...news, commits: [commit(hostile)] })).not.toMatch(/<!--|@everyone|Closes #1/);
  });

  it("has an end, however much there is to warn of, so that its own mark is not cut off", () => {
    const warnings = Array.from({ length: 500 }, (_, index) => `${index} ${"x".repeat(5000)}`);
    const commits = Array.from({ length: 500 }, () => commit("x".repeat(1000)));

    const said = homeDescription({ ...news, warnings, commits });
    expect(said).toContain("There are 490 more of these.");
    expect(said.length).toBeLessThan(60_000);
  });

  it("quotes for a shell what git takes for a branch", () => {
    const said = homeDescription({
      ...news,
      trouble: { complaint: { message: "it conflicts" }, commit: commit("Change it") },
    });

    expect(said).toContain(
      "    git clone --branch 'c9'\\''s/$(reboot)' https://github.com/rpms/tally.git dist-git\n",
    );
  });

  it("lists no more commits than anybody reads, and says how many there are", () => {
    const commits = Array.from({ length: 40 }, (_, index) => commit(`Change ${index}`));

    expect(homeDescription({ ...news, commits })).toContain("- and 10 more");
    expect(homeStatuses({ ...news, commits })).toMatchObject([
      {
        context: "sluice",
        state: "success",
        description: "brings 40 commits of dist-git home; nothing to mirror",
      },
      { context: "dist-git", state: "skipped" },
    ]);
    expect(homeTitle({ ...news, commits: [commit("x".repeat(400))] })).toHaveLength(200);
  });

  it("says that dist-git's branch was rewritten, and what is missing where people pushed", () => {
    expect(homeDescription({ ...news, commits: [commit("One")], rewritten: true })).toContain(
      "was rewritten",
    );
    const theirs = { missing: [commit("One")] };
    expect(homeDescription({ ...news, theirs })).toMatch(
      /does not hold yet:\n\n- .* One\n\nTo add them:\n\n {4}git clone/,
    );
    expect(homeStatuses({ ...news, theirs })).toMatchObject([{ state: "failure" }, { state: "pending" }]);
    expect(homeStatuses({ ...news, theirs: { missing: [] } })).toMatchObject([
      { state: "success" },
      { state: "skipped" },
    ]);
  });
});
