import { describe, expect, it } from "@jest/globals";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import type { Forge, MergeRequestChange } from "../../src/forges/forge.js";
import { carryTexts } from "../../src/linking/mirror/texts.js";
import type { Pair, PairChange, Pairs } from "../../src/linking/pairs/pairs.js";
import { linkEntry } from "../config/link-entry.js";

const sourceGit = { forge: "gitlab.com", path: "src/tally" };
const distGit = { forge: "github.com", path: "rpms/tally" };
const link = { sourceGit, distGit, entry: linkEntry(), users: [] };
const nothing = { description: "", draft: false, labels: [], author: { id: 1, login: "robin" } };

/** Gives a counterpart one title of source-git after the other, on a forge that keeps titles in its own way. */
async function follow(titles: readonly string[], kept: (title: string) => string): Promise<string> {
  let pair = { sourceGit: { repository: sourceGit, number: 7 }, shown: undefined } as unknown as Pair;
  const ref = { repository: distGit, number: 1 };
  let counterpart = { ...nothing, ref, title: kept(titles[0] ?? "") } as unknown as MergeRequest;
  const pairs = {
    update: (_: Pair, { shown }: PairChange) =>
      Promise.resolve((pair = { ...pair, shown: shown ?? undefined })),
  } as unknown as Pairs;
  const forge = {
    capabilities: { descriptionLength: 1000, labelLength: 50 },
    updateMergeRequest: (_: unknown, { title, ...change }: MergeRequestChange) => {
      counterpart = { ...counterpart, ...change, ...(title === undefined ? {} : { title: kept(title) }) };
      return Promise.resolve(counterpart);
    },
  } as unknown as Forge;
  for (const title of titles) {
    const mergeRequest = { ...nothing, ref: pair.sourceGit, title } as unknown as MergeRequest;
    await carryTexts(
      { pairs, forge, noteLabels: () => Promise.resolve() },
      { link, pair, mergeRequest, counterpart },
    );
  }
  return counterpart.title;
}

describe("a title", () => {
  it.each([
    ["as it is", (title: string) => title],
    ["cut", (title: string) => title.slice(0, 8)],
    ["without a word", (title: string) => title.replace(/^Draft: /, "")],
  ])("follows every change where the forge keeps it %s", async (_, kept) => {
    const titles = ["Draft: one", "Draft: two", "Draft: three", "four, and more"];
    expect(await follow(titles, kept)).toBe(kept("four, and more"));
  });
});
