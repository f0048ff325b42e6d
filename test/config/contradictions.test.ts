import { describe, expect, it } from "@jest/globals";
import { checkLinksFile } from "../../src/config/links-file.js";
import { problemLine } from "../../src/config/problem.js";

/** Every complaint about a link with these keys, between a GitLab with two bots and a GitHub App. */
function about(keys: string, { defaults = "{}" } = {}): readonly string[] {
  const text = `forges:
  gitlab.com: { kind: gitlab, identities: { fedora: { secrets: { token: A } }, centos: { secrets: { token: B } } } }
  github.com: { kind: github, secrets: { app-id: I, private-key: K }, identities: { bot: { secrets: { token: T } } } }
defaults: ${defaults}
links:
  - { source-git: gitlab.com/a/b, dist-git: github.com/c/d, layout: rpm, ${keys} }
`;
  return checkLinksFile("sluice.yml", text).problems.map(problemLine);
}

describe("keys that contradict one another", () => {
  it.each([
    [
      "identities: { source-git: fedor }",
      "sluice.yml:6:100: links[0].identities.source-git: gitlab.com has no identity fedor. Did you mean fedora?",
    ],
    [
      "identities: { dist-git: fedora }",
      "sluice.yml:6:98: links[0].identities.dist-git: github.com has no identity fedora. Known: bot.",
    ],
    [
      "via: fork",
      "sluice.yml:6:79: links[0].via: a GitHub App has no forks of its own." +
        " Name an identity with a token under identities.dist-git, or let it be via: branch.",
    ],
    [
      "trust: everyone, trusted: [alice]",
      "sluice.yml:6:100: links[0].trusted: has no effect: trust: everyone trusts all",
    ],
    [
      "results: one, log-excerpts: true",
      "sluice.yml:6:102: links[0].log-excerpts: has no effect: results: one shows no jobs",
    ],
  ])("are named with their line: %s", (keys, complaint) => {
    expect(about(keys)).toEqual([complaint]);
  });

  it("are found where defaults and a link meet", () => {
    expect(about("results: one", { defaults: "{ log-excerpts: true }" })).toEqual([
      "sluice.yml:4:27: defaults.log-excerpts: has no effect: results: one shows no jobs",
    ]);
  });

  it("are none where an account acts that may have forks", () => {
    expect(about("via: fork, identities: { source-git: centos, dist-git: bot }")).toEqual([]);
  });
});

describe("links in a circle", () => {
  /** Every complaint about links between these repositories, each as `from to`. */
  function between(...links: readonly string[]): readonly string[] {
    const lines = links.map((link) => {
      const [from = "", to = ""] = link.split(" ");
      return `  - { source-git: "gitlab.com/${from}", dist-git: "gitlab.com/${to}", layout: plain }`;
    });
    const text = ["forges: { gitlab.com: { kind: gitlab } }", "links:", ...lines, ""].join("\n");
    return checkLinksFile("sluice.yml", text).problems.map(problemLine);
  }
  const circle = (line: number, last: number, ...others: readonly string[]) =>
    `sluice.yml:${line}:5: links[${last}]: goes round in a circle with ${others.join(", ")}: what is mirrored would come ` +
    "back to where it began. Take one of these links out.";

  it("are refused, however many they are, with the names of all", () => {
    expect(between("g/a g/b", "g/b g/c", "g/c G/A")).toEqual([circle(5, 2, "links[0]", "links[1]")]);
    expect(between("g/a g/b", "g/x g/y", "g/b g/c", "g/c g/d", "g/d g/b")).toEqual([
      circle(7, 4, "links[2]", "links[3]"),
    ]);
    expect(between("g/a g/b", "g/b g/a")).toEqual([
      expect.stringContaining("links back what links[0] links"),
    ]);
  });

  it("are refused where patterns make the circle, for every name or for one", () => {
    expect(between("a/{name} b/{name}", "b/{name} c/{name}", "c/{name} a/{name}")).toEqual([
      circle(5, 2, "links[0]", "links[1]"),
    ]);
    expect(between("a/{name} b/{name}", "b/tally a/tally")).toEqual([circle(4, 1, "links[0]")]);
    expect(between("a/{name} b/lib-{name}", "b/{name} c/{name}", "c/lib-tally a/tally")).toEqual([
      circle(5, 2, "links[0]", "links[1]"),
    ]);
  });

  it("are none where they are a chain, part, or join", () => {
    expect(between("g/a g/b", "g/b g/c", "g/c g/d")).toEqual([]);
    expect(between("g/a g/b", "g/a g/c", "g/b g/d", "g/c g/d")).toEqual([]);
    expect(between("a/{name} b/{name}", "b/tally a/other")).toEqual([]);
    expect(between("a/{name} a/lib-{name}")).toEqual([]);
  });
});
