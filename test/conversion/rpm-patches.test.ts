import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories } from "./package.js";

afterEach(removeRepositories);

describe("a source-git commit", () => {
  it("becomes a patch file and a line in the spec, and nothing else changes", async () => {
    const hello = await newPackage();
    const before = await hello.dist.files();
    const commit = await hello.source.commit("Say it louder\n\nBecause nobody heard.\n", { README: readme({ 2: "TWO" }) });
    const { changed, patches, warnings } = await hello.convert();

    expect(changed).toBe(true);
    expect(warnings).toEqual([]);
    expect(patches).toEqual([{ file: "0001-Say-it-louder.patch", change: "added", commits: [commit] }]);
    const after = await hello.dist.files();
    expect(after["0001-Say-it-louder.patch"]).toMatch(
      new RegExp(
        `^From ${commit} Mon Sep 17 00:00:00 2001\nFrom: Ada Lovelace <ada@example.org>\nDate: .*\nSubject: \\[PATCH\\] Say it louder\n\nBecause nobody heard.\n---\n`,
      ),
    );
    expect(after["hello.spec"]).toBe(
      before["hello.spec"]?.replace(
        "hello-%{version}.tar.gz\n",
        "hello-%{version}.tar.gz\nPatch1:         0001-Say-it-louder.patch\n",
      ),
    );
    const { "hello.spec": _, "0001-Say-it-louder.patch": __, ...others } = after;
    const { "hello.spec": ___, ...othersBefore } = before;
    expect(others).toEqual(othersBefore);
  });

  it("is converted once: a second run is an empty diff", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n", { README: readme({ 2: "TWO" }) });
    await hello.source.commit("Two\n", { README: readme({ 2: "TWO", 9: "NINE" }) });
    await hello.convert();
    expect((await hello.convert()).changed).toBe(false);
  });
});
