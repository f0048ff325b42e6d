import { describe, expect, it } from "@jest/globals";
import { restrip } from "../../src/conversion/patches/compose-patch.js";
import { intoFolder } from "../../src/conversion/patches/patch-folder.js";

const change = (old: string, fresh: string, lines = "") =>
  Buffer.from(
    `diff --git a/${old} b/${fresh}\n${lines}--- a/${old}\t\n+++ b/${fresh}\t\n@@ -1 +1 @@\n-one\n+two\n`,
  );
const renamed = (old: string, fresh: string) =>
  change(old, fresh, `similarity index 50%\nrename from ${old}\nrename to ${fresh}\n`);
const firstLine = (patch: Buffer | undefined) => patch?.toString().split("\n")[0];

describe("the line diff --git of a path that holds ` b/`", () => {
  it.each([
    [0, "diff --git x b/y x b/y"],
    [2, "diff --git a/a/x b/y b/b/x b/y"],
  ])("has what -p%d strips before both names", (strip, line) => {
    expect(firstLine(restrip(change("x b/y", "x b/y"), strip))).toBe(line);
  });

  it("has it before both names of a rename", () => {
    expect(firstLine(restrip(renamed("x", "z b/x b/y"), 0))).toBe("diff --git x z b/x b/y");
    expect(firstLine(restrip(renamed("x b/z", "z"), 0))).toBe("diff --git x b/z z");
  });

  it("loses the folder in which it is applied from both names", () => {
    expect(firstLine(intoFolder(change("lib/x b/y", "lib/x b/y"), "lib"))).toBe("diff --git a/x b/y b/x b/y");
    expect(firstLine(intoFolder(renamed("lib/x", "lib/z b/x b/y"), "lib"))).toBe(
      "diff --git a/x b/z b/x b/y",
    );
  });
});
