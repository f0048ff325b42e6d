import { describe, expect, it } from "@jest/globals";
import { execa } from "execa";
import { checkout } from "../world/program.js";

describe("chaos, of a release that a counterpart changes", () => {
  it("finds that right where the merge request brings it, with its target branch changed", async () => {
    expect(await saidOfRelease({ onBranch: "3", atHead: "11", inDist: "11" })).toEqual([]);
  });

  it("finds that wrong where the merge request does not, or brings another", async () => {
    const wrong = ['it would make "Release: 3" "Release: 11"'];
    expect(await saidOfRelease({ onBranch: "3", atHead: "3", inDist: "11" })).toEqual(wrong);
    expect(await saidOfRelease({ onBranch: "11", atHead: "11", inDist: "11" })).toEqual(wrong);
    expect(await saidOfRelease({ onBranch: "3", atHead: "12", inDist: "11" })).toEqual(wrong);
  });
});

describe("chaos, of dist-git's own change that is not in source-git", () => {
  const missing = ["own.txt of devel (own) came home 0 times"];

  it("finds that right where each side merged another head of one merge request", async () => {
    expect(await saidOfHome({ layout: "plain", isInSource: false, inDist: "first" })).toEqual([]);
  });

  it("finds that wrong where nothing parts the sides", async () => {
    expect(await saidOfHome({ layout: "plain", isInSource: true, inDist: "first" })).toEqual(missing);
    expect(await saidOfHome({ layout: "plain", isInSource: false, inDist: "anew" })).toEqual(missing);
    expect(await saidOfHome({ layout: "quilt", isInSource: false, inDist: "first" })).toEqual(missing);
  });
});

describe("chaos, of a counterpart whose merge request conflicts", () => {
  it("finds that right where its texts follow and its target does not, and that wrong where they do not", async () => {
    expect(await saidOfTexts("title")).toEqual([]);
    expect(await saidOfTexts("former title")).toEqual(["title: title, in dist-git former title"]);
  });
});

/** Its target branch was changed in source-git. */
function saidOfTexts(title: string): Promise<unknown> {
  return told(`import { requestRules } from "./scripts/chaos/request-rules.mjs";
    const texts = { state: "open", draft: false, description: "words" };
    const mine = { ...texts, head: "head", title: "title", targetBranch: "devel" };
    const mirror = { ...texts, title: "${title}", targetBranch: "main" };
    const place = { sourceGit: "source" };
    const record = { home: "source", place, dist: {} };
    const said = [];
    const rule = requestRules.find(({ name }) => name === "sameTexts");
    rule({ record, mine, mirror, mirrors: [mirror], collides: true }, (text) => said.push(text));
    console.log(JSON.stringify(said));`);
}

interface Releases {
  readonly onBranch: string;
  readonly atHead: string;
  readonly inDist: string;
}

/** dist-git's branch says release 3. */
function saidOfRelease({ onBranch, atHead, inDist }: Releases): Promise<unknown> {
  const releases = {
    source: { base: onBranch, head: atHead },
    dist: { base: "3", mirror: inDist },
  };
  return told(`import { treeRules } from "./scripts/chaos/tree-rules.mjs";
    const releases = ${JSON.stringify(releases)};
    const path = { source: ".distro/tally.spec", dist: "tally.spec" };
    const place = { layout: "rpm", sourceGit: { gitDirectory: "source" }, distGit: { gitDirectory: "dist" } };
    const trees = {
      files: async (side, commit) => new Map([[path[side], releases[side][commit]]]),
      text: async (_, side, blob) => "Release: " + blob,
      mergeBase: async () => "base",
    };
    const at = { place, trees, sourceBranches: new Map([["devel", "tip"]]) };
    const mirror = { state: "open", head: "mirror" };
    const seen = { mine: { head: "head", targetBranch: "devel" }, mirror, at, base: "base" };
    const said = [];
    await treeRules.find(({ name }) => name === "keepsDistGit")(seen, (text) => said.push(text));
    console.log(JSON.stringify(said));`);
}

interface Sides {
  readonly layout: string;
  /** Whether source-git has the head that dist-git merged. */
  readonly isInSource: boolean;
  readonly inDist: string;
}

/** Both sides merged what writes one file; source-git's says "anew". */
function saidOfHome({ layout, isInSource, inDist }: Sides): Promise<unknown> {
  return told(`import { packageRules } from "./scripts/chaos/package-rules.mjs";
    const place = {
      layout: "${layout}",
      sourceGit: { gitDirectory: "source" },
      distGit: { gitDirectory: "dist" },
      distOnly: [{ branch: "devel", commit: "own", path: "own.txt" }],
    };
    const trees = {
      files: async (side) => new Map([["change.txt", side === "source" ? "anew" : "${inDist}"]]),
      homeTrailers: async () => [],
      standsFor: async () => ["pushed over"],
      holds: async () => ${isInSource},
    };
    const branches = new Map([["main", "main"], ["devel", "devel"]]);
    const none = { source: [], dist: [] };
    const shared = new Map([["main", none], ["devel", none]]);
    const sides = { sources: [], dists: [], sourceBranches: branches, distBranches: branches };
    const seen = { place, trees, shared, ...sides };
    const ended = { state: "merged", targetBranch: "devel" };
    const record = { place, file: "change.txt" };
    const requests = [{ record, mine: ended, mirrors: [{ ...ended, head: "mirror" }] }];
    const said = [];
    const rule = packageRules.find(({ name }) => name === "comesHomeOnce");
    await rule(seen, (text) => said.push(text), { requests, packages: [seen] });
    console.log(JSON.stringify(said));`);
}

async function told(script: string): Promise<unknown> {
  const words = ["--input-type=module", "--eval", script];
  const { stdout } = await execa(process.execPath, words, { cwd: checkout });
  return JSON.parse(stdout);
}
