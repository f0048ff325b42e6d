import { describe, expect, it } from "@jest/globals";
import { followingLabels, labelChange, noLabels } from "../../src/linking/mirror/labels.js";

const follow = (labels: readonly string[], prefixes: readonly string[], length = 50) =>
  followingLabels({ labels }, { prefixes, length });

describe("the labels that follow", () => {
  it("are those that begin as the link says", () => {
    expect(follow(["backport::c9s", "area: docs", "bug"], ["backport::", "area"])).toEqual([
      "backport::c9s",
      "area: docs",
    ]);
    expect(follow(["backport::c9s"], [])).toEqual([]);
  });

  it("are named as every forge takes them", () => {
    expect(follow(["area: a,\u202eb\u0000\n", `area: ${"😀".repeat(60)}`], ["area"], 10)).toEqual([
      "area: a b",
      "area: 😀😀😀😀",
    ]);
  });

  it("are bounded, and each is there once", () => {
    expect(
      follow(["x,y", "x y", ...Array.from({ length: 99 }, (_, index) => `x${index}`)], ["x"]),
    ).toHaveLength(20);
  });
});

describe("what becomes of the labels in dist-git", () => {
  const ours = (...given: string[]) => ({ given, giving: [] });

  it("new ones are added, and those that are gone in source-git removed", () => {
    expect(labelChange(["b"], { present: ["a"], shown: ours("a") })).toEqual({
      add: ["b"],
      remove: ["a"],
      given: ["b"],
    });
  });

  it("what people put there stays, also when source-git had it and has it no more", () => {
    const both = labelChange(["a"], { present: ["A", "theirs"], shown: noLabels });
    expect(both).toEqual({ add: [], remove: [], given: [] });
    expect(labelChange([], { present: ["A", "theirs"], shown: ours(...both.given) }).remove).toEqual([]);
  });

  it("what people took away stays away, until source-git has it anew", () => {
    const taken = labelChange(["a"], { present: [], shown: ours("a") });
    expect(taken.add).toEqual([]);
    const gone = labelChange([], { present: [], shown: ours(...taken.given) });
    expect(labelChange(["a"], { present: [], shown: ours(...gone.given) }).add).toEqual(["a"]);
  });

  it("one that was about to be put there when all ended is ours if it is there, and comes if it is not", () => {
    const shown = { given: [], giving: ["a"] };
    expect(labelChange([], { present: ["a"], shown }).remove).toEqual(["a"]);
    expect(labelChange(["a"], { present: [], shown })).toEqual({ add: ["a"], remove: [], given: ["a"] });
  });
});
