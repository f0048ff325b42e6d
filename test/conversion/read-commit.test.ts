import { afterEach, describe, expect, it } from "@jest/globals";
import { listCommits } from "../../src/conversion/patches/commit-list.js";
import { listTouches } from "../../src/conversion/patches/touches.js";
import { createBareStore } from "../../src/git/local-store.js";
import { newRepository, removeRepositories, type Files } from "./package.js";

afterEach(removeRepositories);

const messages = [
  "Plain subject\n\nBody\n",
  "\n  \n\tIndented: after... blank lines..\nsecond line\n",
  "...--dots & umläuts – (and) brackets!--.\n",
  "no line break at the end",
  "",
  "\n\n",
  "With return\r\n\r\nBody\r\n",
  "Not UTF-8: \uDCE4\uDCFF\n\n\uDC80\n",
  "Trailing blanks  \n\n\n\n",
  "Astral 𝒳 and _under.score..x\n\n---\ndiff --git a/a b/a\n",
];
const steps: readonly Files[] = [
  { a: "one\n" },
  { "a.c": "c\n", "dir/file": "f\n", "dir.c": "x\n" },
  { a: null, "a/b": "a file became a folder\n", "dir/x/y": "y\n" },
  { "a/b": { link: "../dir" }, "dir/file": { program: "f\n" } },
  { "a/b": null, a: "a folder became a file\n" },
  {},
  { "\uDCE4": "no UTF-8\n", "𝒳": "astral\n", "\uE000": "private\n", "z z": "blank\n" },
  { dir: null, "dir/file": null, "dir/x/y": null },
  { "a.c": null, "A.c": "comes before what goes\n" },
];

describe("a commit that is read from its objects", () => {
  it("is what git log says of it, with what it changes, to the letter", async () => {
    const source = await newRepository();
    const base = await source.commit("Base\n", { keep: "keep\n" });
    const heads: string[] = [];
    for (const [index, message] of messages.entries()) {
      heads.push(await source.commit(message, steps[index] ?? { [`more-${index}`]: message }));
    }
    await source.store.flush();

    // One hears of every commit when it comes, the other of all at once.
    const [step, whole] = [
      await createBareStore(source.store.directory),
      await createBareStore(source.store.directory),
    ];
    let read = await listCommits(step, { base, head: heads[0] ?? "" });
    for (const head of heads.slice(1)) read = await listCommits(step, { base, head });
    const tip = heads.at(-1) ?? "";
    expect(read).toEqual(await listCommits(whole, { base, head: tip }));
    const line = { base, tip, ignorePaths: [] };
    expect(await listTouches(step, line)).toEqual(await listTouches(whole, line));
    await Promise.all([step.close(), whole.close()]);
  });
});
