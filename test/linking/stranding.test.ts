import { describe, expect, it } from "@jest/globals";
import type { RepositoryRef } from "../../src/domain/refs.js";
import { createLinks } from "../../src/linking/links/links.js";
import type { Pair } from "../../src/linking/pairs/pairs.js";
import type { Renamed } from "../../src/linking/telling/progress.js";
import { Stranding, type StrandingServices } from "../../src/linking/whereabouts/stranding.js";
import { renamedText } from "../../src/linking/wording/progress-wording.js";
import { linkEntry } from "../config/link-entry.js";

const source = (name: string) => ({ forge: "gitlab.com", path: `centos/src/${name}` });
const dist = (name: string) => ({ forge: "github.com", path: `rpms/${name}` });
const exact = linkEntry({ sourceGit: source("talley"), distGit: dist("tally") });

interface World {
  /** Those that are there, in dist-git. */
  readonly there: readonly RepositoryRef[];
  readonly entries?: readonly ReturnType<typeof linkEntry>[];
  readonly told?: Renamed;
}

/** source-git's `tally` is called `talley` by now, and its pairs are in dist-git's `tally`. */
function strandingIn({ there, entries = [linkEntry()], told }: World) {
  const links = createLinks(entries);
  const isThere = ({ path }: RepositoryRef) => there.some((one) => one.path === path);
  const services = {
    links,
    forges: {
      for: () => ({ findRepository: (one: RepositoryRef) => Promise.resolve(isThere(one) ? {} : undefined) }),
    },
    whereabouts: {
      now: (one: RepositoryRef) => Promise.resolve(one),
      formerNames: () => Promise.resolve([source("tally")]),
    },
    told: {
      at: () =>
        Promise.resolve(told ? [{ ref: { repository: source("talley"), number: 1 }, progress: told }] : []),
    },
  };
  const [link] = links.from(source("talley"));
  if (!link) throw new Error("it is linked");
  return { stranding: new Stranding(services as unknown as StrandingServices), link };
}

const pair = { distGit: { repository: dist("tally") } } as Pair;
const told: Renamed = {
  ...{ side: "source-git", from: source("tally"), to: source("talley"), line: 6, isPattern: true },
  astray: { leadsTo: dist("talley"), stays: dist("tally") },
};

describe("a repository that sluice.yml calls by an old name", () => {
  const renamed: Renamed = { side: "dist-git", from: dist("tally"), to: dist("talley"), line: 6 };

  it("is to be written anew where a link names it, and gets a link of its own where a pattern does", () => {
    expect(renamedText(renamed)).toContain(
      "write `github.com/rpms/talley` as `dist-git` of the link in line 6 of `sluice.yml`",
    );
    expect(renamedText({ ...renamed, isPattern: true })).toContain(
      "link it by an entry of its own in `sluice.yml`, above the link in line 6",
    );
  });
});

describe("a source-git that is renamed alone, where both names are made of one", () => {
  it("is told with both ways out, rather than as a dist-git that is missing", async () => {
    const { stranding, link } = strandingIn({ there: [dist("tally")] });

    const renamed = await stranding.of(link, pair);
    expect(renamed).toMatchObject(told);
    expect(renamed && renamedText(renamed)).toMatch(
      /leads to `github.com\/rpms\/talley`, which is not there: dist-git is still called `github.com\/rpms\/tally`. How to go on: rename `github.com\/rpms\/tally` to `github.com\/rpms\/talley`, or have whoever runs Sluice link it by an entry of its own/,
    );
  });

  it("goes to the other dist-git where there is one, and is nothing to what was never mirrored", async () => {
    const { stranding, link } = strandingIn({ there: [dist("tally"), dist("talley")] });
    expect(await stranding.of(link, pair)).toBeUndefined();

    const alone = strandingIn({ there: [] });
    expect(await alone.stranding.of(alone.link, undefined)).toBeUndefined();
  });

  it("waits until sluice.yml links it elsewhere", async () => {
    const there = [dist("tally")];
    expect(await strandingIn({ there, told }).stranding.over()).toEqual([]);
    const entries = [exact, linkEntry()];
    expect(await strandingIn({ there, told, entries }).stranding.over()).toHaveLength(1);
  });
});
