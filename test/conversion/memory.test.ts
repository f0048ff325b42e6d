import { afterEach, describe, expect, it } from "@jest/globals";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import { isVouchedFor } from "../../src/conversion/patches/vouched.js";
import { createBareStore } from "../../src/git/local-store.js";
import { Memory } from "../../src/git/memory.js";
import { newPackage, readme, removeRepositories, type TestPackage } from "./package.js";

afterEach(removeRepositories);

/** Converts as a process would that has the memory, and nothing else, from earlier conversions. */
async function convertWith(hello: TestPackage, memory: Memory) {
  await hello.source.store.flush();
  await hello.dist.store.flush();
  const [source, dist] = await Promise.all(
    [hello.source, hello.dist].map(({ store }) => createBareStore(store.directory, memory)),
  );
  if (source === undefined || dist === undefined) throw new Error("two stores were opened");
  const { tip = "" } = hello.source;
  const converted = await rpmLayout.sourceToDist({ source, head: tip, dist, tip: hello.dist.tip ?? "" });
  await Promise.all([source.close(), dist.close()]);
  return converted;
}

describe("a conversion that remembers those before it", () => {
  it("gives the same bytes as one that remembers nothing", async () => {
    const hello = await newPackage();
    const memory = new Memory();
    const pushes: [string, Record<string, string | null>][] = [
      ["One\n", { README: readme({ 1: "ONE" }) }],
      ["Two\n\nPatch-name: two.patch\n", { README: readme({ 1: "ONE", 9: "NINE" }), "new.c": "int x;\n" }],
      ["Two again\n\nPatch-name: two.patch\n", { "new.c": null }],
      ["Distribution files alone\n", { ".distro/gating.yaml": "a\n" }],
      ["Three\n\nIgnore-patch: true\n", { Makefile: "all:\n" }],
    ];
    for (const [message, files] of pushes) {
      await hello.source.commit(message, files);
      expect(await convertWith(hello, memory)).toEqual(await convertWith(hello, new Memory()));
    }
  });

  it("gives the same bytes when history was rewritten, and when it has merges", async () => {
    const hello = await newPackage();
    const memory = new Memory();
    const start = hello.source.tip ?? "";
    const left = await hello.source.commit("Left\n", { README: readme({ 1: "ONE" }) });
    await convertWith(hello, memory);
    const right = await hello.source.commit("Right\n", { "b.c": "b\n" }, { parents: [start] });
    expect(await convertWith(hello, memory)).toEqual(await convertWith(hello, new Memory()));
    await hello.source.commit("Merge\n", { README: readme({ 1: "ONE" }) }, { parents: [right, left] });
    expect(await convertWith(hello, memory)).toEqual(await convertWith(hello, new Memory()));
  });

  it("holds to its limit and forgets what was not asked for longest", () => {
    const shelf = new Memory(3000).shelf<string>("text", (text) => text.length);
    for (const id of ["a", "b", "c"]) shelf.keep(id, "x".repeat(1000));
    shelf.recall("b");
    shelf.keep("d", "x".repeat(1000));
    shelf.keep("huge", "x".repeat(5000));

    expect(["a", "b", "c", "d", "huge"].filter((id) => shelf.recall(id) !== undefined)).toEqual(["b", "d"]);
  });
});

describe("a mail that git has just made", () => {
  const [old, fresh] = ["1".repeat(40), "2".repeat(40)];
  const diff = `diff --git a/a b/a\nindex ${old}..${fresh} 100644\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n`;
  const touch = {
    commit: "c",
    path: "a",
    before: { mode: "100644", id: old },
    after: { mode: "100644", id: fresh },
  };
  const vouched = (text: string, touches = [touch]) => isVouchedFor([Buffer.from(text)], touches);

  it("is believed when it names the very files that were touched", () => {
    expect(vouched(`From c\nSubject: a\n\n---\n${diff}`)).toBe(true);
  });

  it("is tried when anything in it could be read as another change", () => {
    expect(vouched(diff, [{ ...touch, after: { mode: "100644", id: old } }])).toBe(false);
    expect(vouched(`${diff}${diff}`)).toBe(false);
    expect(vouched(`Text\n--- a/other\n+++ b/other\n@@ -1 +1 @@\n---\n${diff}`)).toBe(false);
    expect(vouched(`Index: other\n---\n${diff}`)).toBe(false);
    expect(vouched("GIT binary patch\n", [])).toBe(false);
  });
});
