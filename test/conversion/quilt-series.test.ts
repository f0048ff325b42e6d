import { describe, expect, it } from "@jest/globals";
import { editSeries, type SeriesEdit } from "../../src/conversion/quilt/series-edit.js";
import { parseSeries, patchesOf } from "../../src/conversion/quilt/series-file.js";

const path = "debian/patches/series";

/** The series with patches as they are wanted: `old>new` is a renamed one, `+new` a new one. */
function edited(text: string, wanted: string, removed: readonly string[] = []): string {
  const patches: SeriesEdit["patches"] = wanted.split(" ").map((word) => {
    if (word.startsWith("+")) return { file: word.slice(1), listedAs: undefined };
    const [old = "", file = old] = word.split(">");
    return { file, listedAs: old };
  });
  return editSeries(parseSeries(text, path), { patches, removed: new Set(removed) });
}

describe("reading a series", () => {
  it("knows names in folders, options, comments, and CRLF, as quilt and dpkg-source do", () => {
    const text = "# first\r\n\r\na.patch\r\n topic/b.diff -p0 # why\r\n#c.patch\r\nd.patch -p 2\r\ne -pab";
    expect(patchesOf(parseSeries(text, path))).toEqual([
      { file: "a.patch", strip: 1, line: 3 },
      { file: "topic/b.diff", strip: 0, line: 4 },
      { file: "d.patch", strip: 2, line: 6 },
      { file: "e", strip: 1, line: 7 },
    ]);
  });

  it("tells of lines that cannot be followed, and goes on", () => {
    const series = parseSeries("a\na\n/etc/passwd\nb -R\n.git/x\nc\n", path);
    expect(series.problems).toEqual([
      { line: 2, reason: "a is listed twice" },
      { line: 3, reason: "the path /etc/passwd leaves the patch folder" },
      { line: 4, reason: "the option -R is not understood" },
      { line: 5, reason: "the path .git/x leaves the patch folder" },
    ]);
    expect(patchesOf(series).map(({ file }) => file)).toEqual(["a", "c"]);
  });
});

describe("changing a series", () => {
  const text = "# ours\n\na.patch -p0  # odd\n#off.patch\nb.patch\n# theirs\nc.patch\n# end\n";

  it.each([
    ["nothing", "a.patch b.patch c.patch", text],
    ["a new last one", "a.patch b.patch c.patch +d", text.replace("c.patch\n", "c.patch\nd\n")],
    ["a new one between", "a.patch +x b.patch c.patch", text.replace("# odd\n", "# odd\nx\n")],
    ["a new first one", "+x a.patch b.patch c.patch", text.replace("a.patch", "x\na.patch")],
    ["two new ones", "a.patch b.patch +x +y c.patch", text.replace("b.patch\n", "b.patch\nx\ny\n")],
    ["a renamed one", "a.patch>t/n.patch b.patch c.patch", text.replace("a.patch", "t/n.patch")],
    [
      "another order",
      "b.patch a.patch c.patch",
      "# ours\n\n#off.patch\nb.patch\na.patch -p0  # odd\n# theirs\nc.patch\n# end\n",
    ],
    ["one of dist-git's own", "a.patch c.patch", text],
  ])("keeps every other byte: %s", (_, wanted, expected) => {
    expect(edited(text, wanted)).toBe(expected);
  });

  it("takes the line of a removed patch, and no comment with it", () => {
    expect(edited(text, "a.patch c.patch", ["b.patch"])).toBe(text.replace("b.patch\n", ""));
  });

  it("keeps CRLF and a missing final newline", () => {
    expect(edited("a\r\nb", "a b +c")).toBe("a\r\nb\r\nc");
    expect(edited("a\r\nb", "a", ["b"])).toBe("a");
    expect(edited("a\r\nb\r\n", "+x a b")).toBe("x\r\na\r\nb\r\n");
  });

  it("begins an empty one", () => {
    expect(edited("", "+x +y")).toBe("x\ny\n");
  });
});
