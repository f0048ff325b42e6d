import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { applyPatch } from "../../src/conversion/patches/apply-patch.js";
import { PatchedTree } from "../../src/conversion/patches/patched-tree.js";
import type { ObjectStore } from "../../src/git/object-store.js";
import { editTree, type TreeChange } from "../../src/git/trees.js";
import { newRepository, removeRepositories } from "./package.js";

afterEach(removeRepositories);

const names = [
  "a",
  "b",
  "folder/a",
  "folder/deep/c",
  "two words",
  " begins with a blank",
  "tab\there",
  'a "quote"',
  "back\\slash",
  "grüße",
  "caf\udce9",
  "b.txt",
];
const line = fc.constantFrom(
  "",
  "x",
  "y",
  "{",
  "}",
  "\tindented",
  "ends with blank ",
  "caf\xe9",
  "cr\r",
  "-- ",
);
const text = fc
  .record({ lines: fc.array(line, { maxLength: 30 }), ends: fc.boolean() })
  .map(({ lines, ends }) => Buffer.from(lines.join("\n") + (ends ? "\n" : ""), "latin1"));
const binary = fc.uint8Array({ minLength: 1, maxLength: 3000 }).map((bytes) => Buffer.from([0, ...bytes]));
const file = fc.oneof(
  { weight: 6, arbitrary: fc.record({ mode: fc.constantFrom("100644", "100755"), content: text }) },
  { weight: 2, arbitrary: fc.record({ mode: fc.constant("100644"), content: binary }) },
  {
    weight: 1,
    arbitrary: fc.record({
      mode: fc.constant("120000"),
      content: fc.constantFrom("a", "../x").map((target) => Buffer.from(target)),
    }),
  },
);
type Tree = Record<string, { readonly mode: string; readonly content: Buffer }>;
const tree: fc.Arbitrary<Tree> = fc.dictionary(fc.constantFrom(...names), file, { maxKeys: 8 });

/** Trees that have much in common: files keep their content, get lines more, or go to another name. */
const twoTrees = fc
  .record({ before: tree, other: tree, moves: fc.array(fc.constantFrom(...names), { maxLength: 3 }) })
  .chain(({ before, other, moves }) =>
    fc.array(fc.boolean(), { minLength: names.length, maxLength: names.length }).map((kept) => {
      const after: Tree = { ...other };
      for (const [index, name] of names.entries()) {
        const present = before[name];
        if (present !== undefined && kept[index] === true) after[name] = present;
      }
      for (const [index, target] of moves.entries()) {
        const moved = Object.values(before)[index];
        if (moved !== undefined)
          after[target] = { ...moved, content: Buffer.concat([moved.content, Buffer.from("more\n")]) };
      }
      return { before, after };
    }),
  );

async function writeTree(store: ObjectStore, files: Tree): Promise<string> {
  const changes = new Map<string, TreeChange>();
  for (const [path, { mode, content }] of Object.entries(files)) {
    changes.set(path, { mode, id: store.writeBlob(content) });
  }
  return editTree(store, store.writeTree([]), changes);
}

describe("what git writes", () => {
  it.each([[[]], [["-M"]], [["-M", "-C", "--find-copies-harder"]], [["--no-renames", "-U1"]]])(
    "is applied to the very tree, and taken back (%j)",
    async (options) => {
      const { store } = await newRepository();
      await fc.assert(
        fc.asyncProperty(twoTrees, async ({ before, after }) => {
          const [one, other] = [await writeTree(store, before), await writeTree(store, after)];
          const { stdout: content } = await store.git([
            "-c",
            "core.quotePath=true",
            "diff-tree",
            "-r",
            "-p",
            "--binary",
            "--full-index",
            ...options,
            one,
            other,
          ]);
          const forward = new PatchedTree(store, one);
          expect(await applyPatch(forward, { content, strip: 1, fuzz: 0 })).toMatchObject({
            outcome: "applied",
          });
          expect(await forward.write()).toBe(other);
          const back = new PatchedTree(store, other);
          expect(await applyPatch(back, { content, strip: 1, fuzz: 0, reverse: true })).toMatchObject({
            outcome: "applied",
          });
          expect(await back.write()).toBe(one);
        }),
        { seed: 20_261_121, numRuns: 25 },
      );
    },
  );

  it("may be a binary delta", async () => {
    const { store } = await newRepository();
    // Bytes without a pattern, so that git finds a delta shorter than them.
    let seed = 1;
    const before = Buffer.from(
      Array.from({ length: 70_000 }, () => (seed = (seed * 48_271) % 2_147_483_647) & 255),
    );
    const after = Buffer.concat([before.subarray(0, 9000), Buffer.from("changed"), before.subarray(9100)]);
    const write = (content: Buffer) =>
      store.writeTree([{ mode: "100644", name: "image", id: store.writeBlob(content) }]);
    const [one, other] = [write(before), write(after)];
    const { stdout: content } = await store.git(["diff-tree", "-p", "--binary", "--full-index", one, other]);
    expect(content.toString("latin1")).toMatch(/^delta \d+$/m);
    const tree = new PatchedTree(store, one);
    await applyPatch(tree, { content, strip: 1 });
    expect(await tree.write()).toBe(other);
    const foreign = new PatchedTree(store, write(Buffer.from("another file")));
    expect(await applyPatch(foreign, { content, strip: 1 })).toEqual({
      outcome: "failed",
      file: "image",
      hunk: undefined,
      reason: "is binary, and is not what the patch was made for",
    });
  });
});
