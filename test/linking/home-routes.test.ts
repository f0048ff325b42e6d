import { describe, expect, it } from "@jest/globals";
import { homeRoutes, leadsTo } from "../../src/linking/homecoming/home-routes.js";
import { createLinks } from "../../src/linking/links/links.js";
import { linkEntry } from "../config/link-entry.js";

const tally = { forge: "github.com", path: "rpms/tally" };

function homes(branches: readonly (readonly [string, string])[], branch: string): readonly string[] {
  const links = createLinks([linkEntry({ ...sides, branches })]);
  return homeRoutes(links, { repository: tally, branch }).map(({ sourceGit }) => sourceGit.branch);
}

const sides = {
  sourceGit: { forge: "gitlab.com", path: "src/{name}" },
  distGit: { forge: "github.com", path: "rpms/{name}" },
};

describe("a dist-git branch's own changes come home", () => {
  it("to the source-git branch that leads to it", () => {
    expect(homes([["main", "rawhide"]], "rawhide")).toEqual(["main"]);
    expect(homes([["c*s-*", "c*-*"]], "c9-beta")).toEqual(["c9s-beta"]);
    expect(homes([["main", "rawhide"]], "main")).toEqual([]);
  });

  it("to the first of several, whatever pattern leads there, too", () => {
    const branches = [
      ["c10s", "rawhide"],
      ["main", "rawhide"],
      ["*", "*"],
    ] as const;
    expect(homes(branches, "rawhide")).toEqual(["c10s"]);
    // That branch of source-git leads elsewhere.
    expect(homes(branches, "main")).toEqual([]);
  });

  it("nowhere where nobody could tell to which", () => {
    expect(homes([["feature/*", "main"]], "main")).toEqual([]);
  });

  it("not by a link whose branch an earlier link leads elsewhere", () => {
    const elsewhere = { forge: "github.com", path: "old/{name}" };
    const first = linkEntry({ ...sides, distGit: elsewhere, branches: [["main", "main"]] });
    const links = createLinks([first, linkEntry({ ...sides, branches: [["*", "*"]] })]);
    const source = { forge: "gitlab.com", path: "src/tally" };

    expect(homeRoutes(links, { repository: tally, branch: "main" })).toEqual([]);
    expect(homeRoutes(links, { repository: tally, branch: "next" })).toHaveLength(1);
    expect(leadsTo(links, { repository: source, branch: "main" })?.repository.path).toBe("old/tally");
  });
});
