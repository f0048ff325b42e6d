import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createBareStore, openStore } from "../../src/git/local-store.js";
import type { ObjectStore } from "../../src/git/object-store.js";
import { openQuarantine } from "../../src/git/quarantine.js";
import { git } from "../../src/git/run.js";
import { decodeText, encodeText } from "../../src/git/text.js";
import { diffTrees, editTree, findEntry, listFiles } from "../../src/git/trees.js";

const author = { name: "Ada Lovelace", email: "ada@example.org", date: "1700000000 +0100" };
const folders: string[] = [];
const stores: ObjectStore[] = [];

async function freshStore(): Promise<ObjectStore> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  folders.push(folder);
  const store = await createBareStore(folder);
  stores.push(store);
  return store;
}

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe("an object store", () => {
  it("reads back what it was given, before and after git got it", async () => {
    const store = await freshStore();
    const blob = store.writeBlob(Buffer.from("hello\n"));
    const tree = await editTree(
      store,
      store.writeTree([]),
      new Map([["a/b/c.txt", { mode: "100755", id: blob }]]),
    );
    const commit = store.writeCommit({
      tree,
      parents: [],
      author,
      committer: author,
      message: "Say hello\n",
    });

    expect((await store.readBlob(blob)).toString()).toBe("hello\n");
    const { stdout } = await store.git(["log", "-1", "--format=%an %ae %ad %s", "--date=raw", commit]);
    expect(stdout.toString()).toBe("Ada Lovelace ada@example.org 1700000000 +0100 Say hello\n");
    expect(await listFiles(store, commit)).toEqual([{ path: "a/b/c.txt", mode: "100755", id: blob }]);
    expect(await store.resolve(commit)).toBe(commit);
    expect((await store.readCommit(commit)).message).toBe("Say hello\n");
  });

  it("loses nothing that is made while others are stored", async () => {
    const store = await freshStore();
    store.writeBlob(Buffer.from("first\n"));
    const storing = store.flush();
    await setImmediate();
    const later = store.writeBlob(Buffer.from("later\n"));
    await storing;
    const { stdout } = await store.git(["cat-file", "blob", later]);
    expect(stdout.toString()).toBe("later\n");
  });

  it("names objects as git does, many at once", async () => {
    const store = await freshStore();
    const ids = Array.from({ length: 500 }, (_, index) => store.writeBlob(Buffer.from(`file ${index}\n`)));
    const { stdout } = await store.git(["cat-file", "--batch-check=%(objectname) %(objecttype)"], {
      input: ids.join("\n"),
    });
    expect(stdout.toString().trim().split("\n")).toEqual(ids.map((id) => `${id} blob`));
    expect((await store.readBlob(ids[499] ?? "")).toString()).toBe("file 499\n");
  });

  it("refuses a blob that is larger than the caller can take, and goes on", async () => {
    const store = await freshStore();
    const large = store.writeBlob(Buffer.alloc(300_000, "x"));
    const small = store.writeBlob(Buffer.from("small"));
    await store.flush();
    await expect(store.readBlob(large, 1000)).rejects.toThrow(/300000 bytes; 1000 are the limit/);
    expect((await store.readBlob(small, 1000)).toString()).toBe("small");
  });

  it("has no answer for what does not exist", async () => {
    const store = await freshStore();
    expect(await store.resolve("no-such-branch")).toBeUndefined();
    expect(await store.resolve("--all")).toBeUndefined();
    expect(await store.has("1".repeat(40))).toBe(false);
    await expect(store.readBlob("1".repeat(40))).rejects.toThrow(/lacks the blob/);
  });

  it.each(["..", ".", ".git", ".GIT", "a/b", ""])(
    "never writes a tree that holds the name %j",
    async (name) => {
      const store = await freshStore();
      const id = store.writeBlob(Buffer.from("x"));
      expect(() => store.writeTree([{ mode: "100644", name, id }])).toThrow(/cannot hold the name/);
    },
  );

  it("keeps names and messages that are not UTF-8", async () => {
    const store = await freshStore();
    const name = decodeText(Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0xc3, 0xa9]));
    const tree = store.writeTree([{ mode: "100644", name, id: store.writeBlob(Buffer.from("x")) }]);
    const { stdout } = await store.git(["ls-tree", "-z", "--name-only", tree]);
    expect([...stdout]).toEqual([0x63, 0x61, 0x66, 0xe9, 0x20, 0xc3, 0xa9, 0]);
    expect((await store.readTree(tree))[0]?.name).toBe(name);
    expect(encodeText(name)).toEqual(Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0xc3, 0xa9]));
  });

  it("says that a folder is not a repository", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
    folders.push(folder);
    await expect(openStore(folder)).rejects.toThrow(/is not a git repository/);
  });
});

describe("trees", () => {
  it("are edited without touching their neighbours, and empty folders vanish", async () => {
    const store = await freshStore();
    const id = store.writeBlob(Buffer.from("x"));
    const file = { mode: "100644", id };
    const before = await editTree(
      store,
      store.writeTree([]),
      new Map([
        ["a/one", file],
        ["b/two", file],
        ["three", file],
      ]),
    );
    const after = await editTree(
      store,
      before,
      new Map([
        ["a/one", undefined],
        ["b/four", { mode: "120000", id }],
      ]),
    );
    expect((await listFiles(store, after)).map(({ path }) => path)).toEqual(["b/four", "b/two", "three"]);
    expect(await findEntry(store, after, "a")).toBeUndefined();
    expect(await diffTrees(store, before, after)).toEqual([
      { path: "a/one", before: file, after: undefined },
      { path: "b/four", before: undefined, after: { mode: "120000", id } },
    ]);
  });
});

describe("a quarantine", () => {
  it("leaves the repository that it reads as it is", async () => {
    const store = await freshStore();
    const tree = store.writeTree([{ mode: "100644", name: "f", id: store.writeBlob(Buffer.from("x")) }]);
    const first = store.writeCommit({ tree, parents: [], author, committer: author, message: "One\n" });
    await store.git(["update-ref", "refs/heads/main", first]);
    const before = await readdir(join(store.directory, "objects"), { recursive: true });

    const quarantine = await openQuarantine(store.directory);
    const second = quarantine.writeCommit({
      tree,
      parents: [first],
      author,
      committer: author,
      message: "Two\n",
    });
    await quarantine.flush();
    expect(await quarantine.resolve("main")).toBe(first);
    expect(await readdir(join(store.directory, "objects"), { recursive: true })).toEqual(before);

    await quarantine.release(second, first);
    await quarantine.close();
    expect((await store.readCommit(second)).message).toBe("Two\n");
    await expect(readdir(quarantine.directory)).rejects.toThrow(/ENOENT/);
  });

  it("does not read the repository's own taste in patches", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
    folders.push(folder);
    await git(["init", "-q", folder]);
    await writeFile(join(folder, ".git", "config"), "[diff]\n\tnoprefix = true\n");
    const quarantine = await openQuarantine(folder);
    stores.push(quarantine);
    const { exitCode } = await quarantine.git(["config", "diff.noprefix"], { expect: [0, 1] });
    expect(exitCode).toBe(1);
  });
});
