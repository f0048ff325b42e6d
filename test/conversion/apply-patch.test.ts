import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories } from "./package.js";
import { letters, patched } from "./patching.js";

afterEach(removeRepositories);

const file = letters("abcdefgh");

const diff = `--- a/file
+++ b/file
@@ -2,3 +2,3 @@
 b
-c
+C
 d
`;

describe("a patch", () => {
  it("changes what it says", async () => {
    const { applied, files } = await patched({ file }, diff);
    expect(applied).toEqual({ outcome: "applied", fuzz: 0, paths: ["file"] });
    expect(files).toEqual({ file: letters("abCdefgh") });
  });

  it("is found where its lines went", async () => {
    const { files } = await patched({ file: letters("123abcdefgh") }, diff);
    expect(files).toEqual({ file: letters("123abCdefgh") });
  });

  it("may differ in outer context as far as its fuzz goes", async () => {
    const before = { file: letters("abcXefgh") };
    const { applied, files } = await patched(before, diff, { strip: 1, fuzz: 1 });
    expect(applied).toMatchObject({ outcome: "applied", fuzz: 1 });
    expect(files).toEqual({ file: letters("abCXefgh") });
    expect((await patched(before, diff, { strip: 1, fuzz: 0 })).applied).toEqual({
      outcome: "failed",
      file: "file",
      hunk: 1,
      reason: "does not have what hunk 1 (line 3 of the patch) looks for",
    });
  });

  it("is taken back in reverse", async () => {
    const { files } = await patched({ file: letters("abCdefgh") }, diff, { strip: 1, reverse: true });
    expect(files).toEqual({ file });
  });

  it("is done as a whole or not at all", async () => {
    const { applied, files } = await patched(
      { file },
      `${diff}--- a/none\n+++ b/none\n@@ -1 +1 @@\n-x\n+y\n`,
    );
    expect(applied).toMatchObject({ outcome: "failed", file: "none", reason: "does not exist" });
    expect(files).toEqual({ file });
  });
});
