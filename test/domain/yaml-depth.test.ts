import { describe, expect, it } from "@jest/globals";
import { checkSourceFile } from "../../src/config/source-file.js";
import { parseFile } from "../../src/conversion/configuration-file.js";
import { isTooDeep } from "../../src/domain/yaml-depth.js";
import { trailerData } from "../../src/git/trailers.js";

const deep = "[".repeat(2000) + "]".repeat(2000);

describe("YAML that nests too deep", () => {
  it.each([
    ["lists", deep],
    ["mappings", "{a: ".repeat(1000)],
    ["dashes", "- ".repeat(1000)],
    ["keys", "? ".repeat(1000)],
    ["lines", Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["lists that a comment seems to end", "[ # ]\n".repeat(1000)],
  ])("is known: %s", (_, text) => {
    expect(isTooDeep(text)).toBe(true);
  });

  it.each(["- a: [1, {b: c}]\n".repeat(1000), `"${deep}"`, "a:\n  b:\n    - c\n", ""])(
    "is not what people write: %#",
    (text) => {
      expect(isTooDeep(text)).toBe(false);
    },
  );

  // Parsed twice, it ends the process.
  it("is not parsed, wherever it stands", () => {
    expect([trailerData(deep), trailerData(deep)]).toEqual([deep, deep]);
    expect(checkSourceFile(deep).problems).toMatchObject([{ message: "it nests too deep to be read" }]);
    expect(() => parseFile(deep, ".packit.yaml")).toThrow("it nests too deep");
  });
});
