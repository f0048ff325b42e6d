import { afterEach, describe, expect, it } from "@jest/globals";
import { mergeIncluded, mergeTexts } from "../../src/git/merge.js";
import { newRepository, removeRepositories } from "../conversion/package.js";

afterEach(removeRepositories);

const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join("");

describe("what both sides changed alike, and one of them more beside it", () => {
  it.each([
    [
      "a line more",
      ["a", "z"],
      ["a", "bison", "z"],
      ["a", "bison", "flex", "z"],
      ["a", "bison", "flex", "z"],
    ],
    [
      "a line more here",
      ["a", "z"],
      ["a", "x1", "bison", "z"],
      ["a", "bison", "z"],
      ["a", "x1", "bison", "z"],
    ],
    ["the next line, too", ["L1", "U1"], ["L2", "U1"], ["L2", "U2"], ["L2", "U2"]],
  ])("is no conflict: %s", async (...[, base, ours, theirs, merged]) => {
    const { store } = await newRepository();
    for (const end of ["\n", "\r\n"]) {
      const text = (all: readonly string[]) => lines(...all).replaceAll("\n", end);
      const texts = { base: text(base), ours: text(ours), theirs: text(theirs) };
      expect(await mergeTexts(store, texts)).toBeUndefined();
      expect(await mergeIncluded(store, texts)).toBe(text(merged));
    }
  });

  it.each([
    ["one takes away what the other changes", ["a", "b", "z"], ["a", "z"], ["a", "B", "z"]],
    ["both change a line otherwise", ["a", "b", "z"], ["a", "b1", "z"], ["a", "b2", "z"]],
    ["each adds its own", ["a", "z"], ["a", "bison", "z"], ["a", "flex", "z"]],
    ["each changes its own of two lines", ["L1", "U1"], ["L2", "U1"], ["L1", "U2"]],
    ["only a blank is alike", ["a", "z"], ["a", "", "z"], ["a", "", "flex", "", "z"]],
    [
      "the text has marks like git's",
      ["a", "z"],
      ["a", "b1", "=======", "z"],
      ["a", "b1", "=======", "c1", "z"],
    ],
    ["it is binary", ["a", "\0", "z"], ["a", "\0bison", "z"], ["a", "\0bison", "flex", "z"]],
  ])("but is one where %s", async (...[, base, ours, theirs]) => {
    const { store } = await newRepository();
    const texts = { base: lines(...base), ours: lines(...ours), theirs: lines(...theirs) };
    expect(await mergeIncluded(store, texts)).toBeUndefined();
  });
});
