import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDeadline } from "../../src/git/deadline.js";
import { createBareStore, type LocalStore } from "../../src/git/local-store.js";
import { Memory } from "../../src/git/memory.js";
import { Readers } from "../../src/git/readers.js";

let folder: string;
let readers: Readers;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  readers = new Readers();
});

afterEach(async () => {
  await readers.close();
  await rm(folder, { recursive: true, force: true });
});

async function withStore<T>(work: (store: LocalStore) => Promise<T>): Promise<T> {
  const store = await createBareStore(join(folder, "store"), new Memory(), readers);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Puts so many files into the store. */
async function write(store: LocalStore, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, (_, index) =>
    store.writeBlob(Buffer.from(`${count} ${index}\n`)),
  );
  await store.flush();
  return ids;
}

const hasAll = (ids: readonly string[]) => (store: LocalStore) => Promise.all(ids.map((id) => store.has(id)));

describe("a reader that stays open between jobs", () => {
  it("finds what has come meanwhile, be it files or a pack", async () => {
    const few = await withStore((store) => write(store, 2));
    expect(await withStore(hasAll(few))).toEqual([true, true]);
    const many = await withStore((store) => write(store, 50));
    expect(await withStore(hasAll(many))).toEqual(many.map(() => true));
  });

  it("does not answer for a repository that another has come in the place of", async () => {
    const ids = await withStore((store) => write(store, 1));
    expect(await withStore(hasAll(ids))).toEqual([true]);
    await rm(join(folder, "store"), { recursive: true });
    const others = await withStore((store) => write(store, 3));
    expect(await withStore(hasAll([...ids, ...others]))).toEqual([false, true, true, true]);
  });

  it("is nobody else's while it is in use", async () => {
    const read = await withStore(async (store) => {
      const [id = ""] = await write(store, 1);
      return withStore(async (other) => {
        await store.close();
        return (await other.readBlob(id)).toString();
      });
    });
    expect(read).toBe("1 0\n");
  });

  it("serves the next job when the time of the one before it was over", async () => {
    const ids = await withStore((store) => write(store, 1));
    const late = withDeadline(0.05, () =>
      withStore(async (store) => {
        await store.has(ids[0] ?? "");
        await new Promise((resolve) => setTimeout(resolve, 100));
        return store.readBlob(ids[0] ?? "");
      }),
    );
    await expect(late).rejects.toThrow("it took longer");
    expect(await withStore(hasAll(ids))).toEqual([true]);
  });
});
