import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { access, mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CacheKeeper } from "../../../src/git/cache/keeper.js";
import { blobId } from "../../../src/git/codec.js";
import { measureStore } from "../../../src/git/cache/measure.js";
import { fixture, type Fixture, readMain } from "./upstream.js";

let world: Fixture;

beforeEach(async () => {
  world = await fixture();
  await world.commit("one");
});

afterEach(() => world.end());

const large = 10 ** 9;
const hour = 3_600_000;
/** Of what `muchUsed` leaves. */
const litterId = blobId(Buffer.from("litter 7"), "sha1");

function keeper(limit: number, busy = false): CacheKeeper {
  return new CacheKeeper({ cache: world.cache, limit, isBusy: () => Promise.resolve(busy), patience: 0.1 });
}

/** Uses stores one after the other, a minute apart. */
async function use(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await world.cache.use(`forge/${name}.git`, readMain(world));
    world.clock.pass(60);
  }
}

function isThere(path: string): Promise<boolean> {
  return access(join(world.cache.directory, "forge", path)).then(
    () => true,
    () => false,
  );
}

function evicted(): readonly string[] {
  return world.told.flatMap(({ kind, store }) => (kind === "evicted" ? [store] : []));
}

describe("a cache that is larger than it may be", () => {
  it("loses the copies that were used least, and only as many as it must", async () => {
    await use("a", "b", "c", "d", "a");
    await keeper(large).keepUp();
    const { bytes, stores } = await keeper(large).total();
    expect([stores, evicted()]).toEqual([4, []]);

    await keeper(bytes / 2).keepUp();
    expect(evicted()).toEqual(["forge/b.git", "forge/c.git"]);
    expect(await keeper(large).total()).toEqual({ bytes: bytes / 2, stores: 2 });
    await use("b");
  });

  it("keeps those in use, by whatever process, and the last one whatever its size", async () => {
    await use("a", "b", "c");
    await world.cache.use("forge/a.git", async () => {
      await keeper(1).keepUp();
    });
    expect(evicted()).toEqual(["forge/b.git", "forge/c.git"]);
    await keeper(1).keepUp();
    expect(await isThere("a.git")).toBe(true);
  });
});

/** As many merge requests leave it. */
async function muchUsed(name: string): Promise<void> {
  await world.cache.use(`forge/${name}.git`, async (used) => {
    await readMain(world)(used);
    for (let at = 0; at < 60; at += 20) {
      for (let next = at; next < at + 20; next += 1) used.store.writeBlob(Buffer.from(`litter ${next}`));
      await used.store.flush();
    }
    const tip = (await used.store.resolve("refs/heads/main")) ?? "";
    const refs = Array.from({ length: 250 }, (_, number) => `create refs/merge-requests/${number} ${tip}\n`);
    await used.store.git(["update-ref", "--stdin"], { input: refs.join("") });
  });
}

describe("a copy that is used much", () => {
  it("is put in order when nobody waits, and holds then what it held", async () => {
    await muchUsed("a");
    const directory = join(world.cache.directory, "forge", "a.git");
    await keeper(large, true).keepUp();
    expect(world.told).toEqual([]);

    await keeper(large).keepUp();
    expect(world.told).toEqual([expect.objectContaining({ kind: "tidied", store: "forge/a.git" })]);
    expect(await measureStore(directory)).toMatchObject({ loose: 0, packs: 1, refs: 0 });
    await world.cache.use("forge/a.git", async ({ store }) => {
      const litter = store.writeBlob(Buffer.from("litter 7"));
      expect((await store.readBlob(litter)).toString()).toBe("litter 7");
      expect(await store.resolve("refs/heads/main")).toBeDefined();
      expect(await store.resolve("refs/merge-requests/7")).toBeUndefined();
    });
    expect(await world.cache.use("forge/a.git", readMain(world))).toBe("one");
  });

  it("is rid of what no ref leads to, a week later, and keeps all else", async () => {
    await muchUsed("a");
    await keeper(large).keepUp();
    const packs = join(world.cache.directory, "forge", "a.git", "objects", "pack");
    const longAgo = new Date(Date.now() - 3 * 24 * hour);
    for (const name of await readdir(packs)) await utimes(join(packs, name), longAgo, longAgo);
    world.clock.pass((8 * 24 * hour) / 1000);
    await world.commit("two");
    await muchUsed("b");
    await world.cache.use("forge/a.git", async ({ store }) => {
      const tip = (await store.resolve("refs/heads/main")) ?? "";
      const refs = Array.from(
        { length: 250 },
        (_, number) => `create refs/merge-requests/${number} ${tip}\n`,
      );
      await store.git(["update-ref", "--stdin"], { input: refs.join("") });
    });

    await keeper(large).keepUp();
    const has = (name: string) => world.cache.use(name, ({ store }) => store.has(litterId));
    expect([await has("forge/a.git"), await has("forge/b.git")]).toEqual([false, true]);
    expect(await world.cache.use("forge/a.git", readMain(world))).toBe("two");
  });

  it("is left alone while somebody has it", async () => {
    await muchUsed("a");
    await world.cache.use("forge/a.git", () => keeper(large).keepUp());
    expect(world.told).toEqual([]);
  });

  it("is rid of what killed processes left in it", async () => {
    await use("a");
    const left = ["objects/pack/tmp_pack_x1y2z3", "objects/23/tmp_obj_123_4", "packed-refs.lock", "gc.pid"];
    await mkdir(join(world.cache.directory, "forge", "a.git", "objects", "23"), { recursive: true });
    const kept = "refs/heads/tmp_branch";
    for (const path of left) await writeFile(join(world.cache.directory, "forge", "a.git", path), "");
    await world.cache.use("forge/a.git", async ({ store }) => {
      await store.git(["update-ref", kept, (await store.resolve("refs/heads/main")) ?? ""]);
    });

    await keeper(large).keepUp();
    expect(await Promise.all(left.map((path) => isThere(join("a.git", path))))).toEqual(
      left.map(() => false),
    );
    expect(await world.cache.use("forge/a.git", ({ store }) => store.resolve(kept))).toBeDefined();
  });
});
