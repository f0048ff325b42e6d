import { describe, expect, it } from "@jest/globals";
import { checkLinksFile } from "../../src/config/links-file.js";
import { problemLine } from "../../src/config/problem.js";

describe("a links file", () => {
  it("says which repositories belong together, with its defaults filled in", () => {
    const { forges, links, problems } = checkLinksFile(
      "sluice.yml",
      `forges:
  gitlab.com: { kind: gitlab }
  internal: { kind: gitlab, url: https://git.example.com/, secrets: { token: INTERNAL_TOKEN }, webhooks: groups }
links:
  - source-git: gitlab.com/centos/src/{name}
    dist-git: internal/rpms/{name}
    layout: rpm
  - source-git: gitlab.com/centos/src/kernel-ark
    dist-git: gitlab.com/centos/rpms/kernel
    layout: rpm
    branches: { main: rawhide, "c*s": "c*s" }
    trust: everyone
`,
    );

    expect(problems).toEqual([]);
    expect(forges).toMatchObject([
      {
        name: "gitlab.com",
        kind: "gitlab",
        url: "https://gitlab.com",
        secrets: {},
        webhooks: "repositories",
      },
      {
        name: "internal",
        url: "https://git.example.com",
        secrets: { token: "INTERNAL_TOKEN" },
        webhooks: "groups",
      },
    ]);
    expect(links).toMatchObject([
      {
        sourceGit: { forge: "gitlab.com", path: "centos/src/{name}" },
        distGit: { forge: "internal", path: "rpms/{name}" },
        layout: "rpm",
        branches: [["*", "*"]],
        trust: "members",
        afterSourceMerge: "keep",
        mergeWithoutCi: "never",
        afterDistMerge: "comment",
      },
      {
        sourceGit: { forge: "gitlab.com", path: "centos/src/kernel-ark" },
        distGit: { forge: "gitlab.com", path: "centos/rpms/kernel" },
        layout: "rpm",
        branches: [
          ["main", "rawhide"],
          ["c*s", "c*s"],
        ],
        trust: "everyone",
        afterSourceMerge: "keep",
        mergeWithoutCi: "never",
        afterDistMerge: "comment",
      },
    ]);
  });
});

/** Every complaint about a file whose one link has these lines. */
function aboutLink(lines: string): string[] {
  const link = lines.replaceAll("\n", "\n    ");
  return about(`forges:\n  gitlab.com: { kind: gitlab }\nlinks:\n  - ${link}\n`);
}

function about(text: string): string[] {
  return checkLinksFile("sluice.yml", text).problems.map(problemLine);
}

const sides = "source-git: gitlab.com/a/{name}\ndist-git: gitlab.com/b/{name}";

describe("a mistake in a links file", () => {
  it.each([
    [
      "a key that nobody knows",
      `${sides}\nlayout: rpm\nbranchs: {}`,
      "sluice.yml:7:5: links[0].branchs: unknown key. Did you mean branches?",
    ],
    ["a key that is missing", sides, "sluice.yml:4:5: links[0].layout: is missing"],
    [
      "a layout that does not exist",
      `${sides}\nlayout: rmp`,
      "sluice.yml:6:13: links[0].layout: must be one of rpm, quilt, plain. Did you mean rpm?",
    ],
    [
      "a value of another kind",
      `${sides}\nlayout: rpm\nbranches: { main: 9 }`,
      "sluice.yml:7:23: links[0].branches.main: must be text, not a number. Put it in quotes.",
    ],
    [
      "a list in place of a text",
      "source-git: [gitlab.com/a/b]\ndist-git: gitlab.com/b/c\nlayout: rpm",
      "sluice.yml:4:17: links[0].source-git: must be text, not a list",
    ],
    [
      "a forge that is not listed",
      "source-git: gitlab.co/a/{name}\ndist-git: gitlab.com/b/{name}\nlayout: rpm",
      "sluice.yml:4:17: links[0].source-git: forge gitlab.co is not listed under forges. Did you mean gitlab.com?",
    ],
    [
      "an address in place of a repository",
      "source-git: https://gitlab.com/a/{name}\ndist-git: gitlab.com/b/{name}\nlayout: rpm",
      "sluice.yml:4:17: links[0].source-git: an address, not a repository. Write gitlab.com/group/name.",
    ],
    [
      "a group in place of a repository",
      "source-git: gitlab.com/a\ndist-git: gitlab.com/b/c\nlayout: rpm",
      "sluice.yml:4:17: links[0].source-git: names no repository. Write <forge>/<group>/<name>.",
    ],
    [
      "a path that leaves its forge",
      "source-git: gitlab.com/a/../b\ndist-git: gitlab.com/b/c\nlayout: rpm",
      "sluice.yml:4:17: links[0].source-git: not a path of a repository. Write <forge>/<group>/<name>, without spaces.",
    ],
    [
      "a name on one side only",
      "source-git: gitlab.com/a/{name}\ndist-git: gitlab.com/b/hello\nlayout: rpm",
      "sluice.yml:4:5: links[0]: {name} stands on one side only. Write it on both sides.",
    ],
    [
      "a repository linked to itself",
      "source-git: gitlab.com/a/{name}\ndist-git: gitlab.com/A/{name}\nlayout: rpm",
      "sluice.yml:4:5: links[0]: both sides are the same repository",
    ],
    [
      "a source branch that git does not take",
      `${sides}\nlayout: rpm\nbranches: { "a..b": main }`,
      "sluice.yml:7:17: links[0].branches.a..b: not a branch name or pattern." +
        " Write a branch name as git takes it; * stands for any characters.",
    ],
    [
      "a dist branch with a star that stands for nothing",
      `${sides}\nlayout: rpm\nbranches: { main: "c*s" }`,
      "sluice.yml:7:23: links[0].branches.main: has more stars than main. Each * on the right repeats one on the left.",
    ],
    ["a link that is none", "3", "sluice.yml:4:5: links[0]: must be a mapping, not a number"],
  ])("is named with its line and key: %s", (_, lines, complaint) => {
    expect(aboutLink(lines)).toEqual([complaint]);
  });

  it.each([
    [
      "a forge of no known kind",
      "forges:\n  a.example: { kind: gitlap }\nlinks: []\n",
      "sluice.yml:2:22: forges.a.example.kind: must be one of github, gitlab. Did you mean gitlab?",
    ],
    [
      "a role that the kind does not have",
      "forges:\n  a.example: { kind: gitlab, secrets: { webhok: A } }\nlinks: []\n",
      "sluice.yml:2:41: forges.a.example.secrets.webhok: unknown key. Did you mean webhook?",
    ],
    [
      "a name that cannot stand before a slash",
      "forges:\n  my forge: { kind: gitlab }\nlinks: []\n",
      "sluice.yml:2:3: forges.my forge: not a name for a forge." +
        " Use letters, digits, dots and dashes, best the host's name; the address goes under url.",
    ],
    [
      "an address without its protocol",
      "forges:\n  a.example: { kind: gitlab, url: git.example.com }\nlinks: []\n",
      "sluice.yml:2:35: forges.a.example.url: not an http(s) address. Write https://git.example.com.",
    ],
    [
      "a forge named twice",
      "forges:\n  a.example: { kind: gitlab }\n  a.example: { kind: github }\nlinks: []\n",
      "sluice.yml:3:3: not valid YAML: Map keys must be unique. Name each key once.",
    ],
    ["no links", "forges: {}\n", "sluice.yml:1:1: links: is missing"],
    [
      "nothing at all",
      "# to be written\n",
      "sluice.yml:1:1: the file is empty. Name forges and links; the README has an example.",
    ],
    ["something else entirely", "hello\n", "sluice.yml:1:1: must be a mapping, not text"],
  ])("is named with its line and key: %s", (_, text, complaint) => {
    expect(about(text)).toEqual([complaint]);
  });

  it("is named when the same link stands there twice", () => {
    const link = "  - source-git: gitlab.com/a/{name}\n    dist-git: gitlab.com/b/{name}\n    layout: rpm\n";

    expect(about(`forges: { gitlab.com: { kind: gitlab } }\nlinks:\n${link}${link}`)).toEqual([
      "sluice.yml:6:5: links[1]: links the same repositories as links[0]. Merge their branches.",
    ]);
  });

  it("is named when two links go in a circle", () => {
    const link = (source: string, dist: string) =>
      `  - source-git: gitlab.com/${source}/{name}\n    dist-git: gitlab.com/${dist}/{name}\n    layout: rpm\n`;

    expect(
      about(`forges: { gitlab.com: { kind: gitlab } }\nlinks:\n${link("a", "b")}${link("B", "a")}`),
    ).toEqual([
      "sluice.yml:6:5: links[1]: links back what links[0] links. Name each pair of repositories once, source-git first.",
    ]);
  });

  it("is explained when a star lacks its quotes", () => {
    expect(aboutLink(`${sides}\nlayout: rpm\nbranches:\n  main: *main`)).toEqual([
      expect.stringContaining('Patterns with a star need quotes: "c*s".'),
    ]);
  });

  it("is explained when a length of time is not one", () => {
    const { problems } = checkLinksFile("sluice.yml", "forges: {}\nlinks: []\nreconcile: often\n");
    expect(problems.map(problemLine)).toEqual([
      "sluice.yml:3:12: reconcile: not a length of time. Write 30 days, 12 hours or 90 minutes.",
    ]);
  });

  it("hides no other", () => {
    const complaints = about(`forges:
  gitlab.com: { kind: gitlab, secrets: { tokn: A, webhook: pasted-by-mistake } }
  github.com: { kind: githup }
links:
  - source-git: gitlab.co/a/{name}
    dist-git: github.com/b/{name}
    layuot: rpm
  - source-git: gitlab.com/a/{name}
    dist-git: github.com/b/name
    layout: rmp
lnks: []
`);

    expect(complaints.map((line) => line.split(": ")[1]).sort()).toEqual([
      "forges.github.com.kind",
      "forges.gitlab.com.secrets.tokn",
      "forges.gitlab.com.secrets.webhook",
      "links[0].layout",
      "links[0].layuot",
      "links[0].source-git",
      "links[1].layout",
      "lnks",
    ]);
  });

  it("never repeats what may be a secret that was pasted in place of its variable's name", () => {
    const pasted = "glpat-AbCdEf0123456789";

    for (const text of [
      `forges:\n  a.example: { kind: gitlab, secrets: { token: ${pasted} } }\nlinks: []\n`,
      `forges:\n  a.example: { kind: gitlab, secrets: ${pasted} }\nlinks: []\n`,
      `forges:\n  a.example: { kind: gitlab, url: "https://bot:${pasted}@git.example.com" }\nlinks: []\n`,
    ]) {
      expect(about(text)).toHaveLength(1);
      expect(about(text).join()).not.toContain(pasted);
    }
  });
});
