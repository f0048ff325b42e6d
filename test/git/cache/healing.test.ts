import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readdir, rm, stat, truncate, writeFile, chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { RetryLater } from "../../../src/domain/errors.js";
import { GitCache } from "../../../src/git/cache/git-cache.js";
import { git } from "../../../src/git/run.js";
import { fixture, type Fixture, readMain } from "./upstream.js";

const name = "forge/repository.git";
let world: Fixture;
let place = "";

beforeEach(async () => {
  world = await fixture();
  place = join(world.cache.directory, name);
});

afterEach(() => world.end());

/** As the queue has a job tried again, twice at most. */
async function job(): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await world.cache.use(name, readMain(world));
    } catch (error) {
      if (tries > 2 || !(error instanceof RetryLater)) throw error;
    }
  }
}

async function files(folder: string, fits: RegExp): Promise<string[]> {
  const all = await readdir(join(place, folder), { recursive: true });
  return all.filter((path) => fits.test(path)).map((path) => join(place, folder, path));
}

async function each(folder: string, fits: RegExp, damage: (file: string) => Promise<void>): Promise<void> {
  const found = await files(folder, fits);
  expect(found).not.toEqual([]);
  for (const file of found) {
    if (!(await stat(file)).isFile()) continue;
    await chmod(file, 0o644);
    await damage(file);
  }
}

const empty = (file: string) => truncate(file, 0);
const cut = async (file: string) => truncate(file, Math.floor((await stat(file)).size / 2));
const zero = async (file: string) => writeFile(file, Buffer.alloc((await stat(file)).size));
const remove = (file: string) => rm(file);
const loose = /^[0-9a-f]{2}\/[0-9a-f]{38}$/;

const damages: readonly [what: string, packed: "packed" | "loose", damage: () => Promise<void>][] = [
  ["cut packs", "packed", () => each("objects/pack", /\.pack$/, cut)],
  ["packs of nothing", "packed", () => each("objects/pack", /\.pack$/, zero)],
  ["packs that are gone", "packed", () => each("objects/pack", /\.pack$/, remove)],
  ["empty indexes", "packed", () => each("objects/pack", /\.idx$/, empty)],
  ["empty objects", "loose", () => each("objects", loose, empty)],
  ["zeroed objects", "loose", () => each("objects", loose, zero)],
  ["objects that are gone", "loose", () => each("objects", loose, remove)],
  ["no folder of objects", "loose", () => rm(join(place, "objects"), { recursive: true })],
  ["an empty ref", "loose", () => each("refs", /heads\/main$/, empty)],
  [
    "a ref to nothing",
    "loose",
    () => each("refs", /heads\/main$/, (file) => writeFile(file, `${"12".repeat(20)}\n`)),
  ],
  ["a cut list of refs", "packed", () => each(".", /^packed-refs$/, cut)],
  ["no HEAD", "loose", () => rm(join(place, "HEAD"))],
  ["an empty HEAD", "loose", () => empty(join(place, "HEAD"))],
  ["a cut configuration", "loose", () => writeFile(join(place, "config"), "[core\0")],
  ["the lock of a ref", "loose", () => writeFile(join(place, "refs/heads/main.lock"), "")],
  ["the lock of the list of refs", "packed", () => writeFile(join(place, "packed-refs.lock"), "")],
  ["the lock of its borders", "loose", () => writeFile(join(place, "shallow.lock"), "")],
  ["half of a clone", "loose", () => rm(join(place, "objects/pack"), { recursive: true })],
];

describe("a damaged store", () => {
  it.each(damages)("is usable again by the next try: %s", async (_, how, damage) => {
    await world.commit("one");
    await world.commit("two");
    await job();
    if (how === "packed") {
      await world.cache.use(name, ({ store }) => store.git(["gc", "--quiet"]));
    }
    await damage();
    await world.commit("three");

    expect(await job()).toBe("three");
    expect(await job()).toBe("three");
  });

  it("is told of, once, with what gave it away", async () => {
    await world.commit("one");
    await job();
    await each("objects", loose, empty);
    await world.commit("two");
    await job();
    expect(world.told).toEqual([
      { kind: "damaged", store: name, sign: expect.stringMatching(/is empty|is corrupt/) },
    ]);
  });

  it("is known for one where the content of a file is cut, of which git says little", async () => {
    await world.commit("one\n".repeat(200));
    await job();
    const tip = (await world.upstream.resolve("refs/heads/main")) ?? "";
    const [{ id: blob } = { id: "" }] = await world.upstream.readTree(
      (await world.upstream.readCommit(tip)).tree,
    );
    await each("objects", new RegExp(`^${blob.slice(0, 2)}/${blob.slice(2)}$`), cut);
    const { directory } = world.cache;
    const anew = new GitCache({ directory, clock: world.clock });
    const reading = anew.use(name, ({ store }) => store.readBlob(blob));

    await expect(reading).rejects.toThrow(/is damaged/);
    await anew.close();
    expect(await job()).toBe("one\n".repeat(200));
  });

  it("is not made anew for ever: within the hour it is somebody else's business", async () => {
    await world.commit("one");
    const breaking = () =>
      world.cache.use(name, async (used) => {
        await readMain(world)(used);
        await each("objects", loose, empty);
        await used.store.git(["log", "-p", "refs/heads/main"]);
      });
    await expect(breaking()).rejects.toThrow(RetryLater);
    await job();
    await expect(breaking()).rejects.toThrow(/is corrupt|unable to read/);

    world.clock.pass(2 * 3600);
    expect(await job()).toBe("one");
  });

  it("stays with those who use it until they are done", async () => {
    await world.commit("one");
    const first = world.cache.use(name, async (used) => {
      await readMain(world)(used);
      await expect(
        world.cache.use(name, () => {
          throw Object.assign(new Error("gone"), { code: "ENOENT", path: join(place, "objects/pack/x") });
        }),
      ).rejects.toThrow(/damaged/);
      return used.store.readCommit((await used.store.resolve("refs/heads/main")) ?? "");
    });
    expect((await first).message).toBe("one\n");
    expect(await job()).toBe("one");
  });
});

describe("what is in the way of a fetch", () => {
  it("is a branch that is a folder of branches now, or was one", async () => {
    await world.commit("one");
    const tip = await world.upstream.resolve("refs/heads/main");
    const fetch = (branch: string) => async (used: Parameters<ReturnType<typeof readMain>>[0]) => {
      const remote = { url: world.upstream.directory, credentials: undefined };
      await used.fetch({ remote, refspecs: [`+refs/heads/${branch}:refs/heads/${branch}`] });
      return used.store.resolve(`refs/heads/${branch}`);
    };
    for (const branch of ["fix", "fix/one", "fix"]) {
      await world.upstream.git(["update-ref", `refs/heads/${branch}`, tip ?? ""]);
      expect(await world.cache.use(name, fetch(branch))).toBe(tip);
      await world.upstream.git(["update-ref", "-d", `refs/heads/${branch}`]);
    }
  });
});

describe("a broken store inside of another repository", () => {
  it("is never taken for that one", async () => {
    await git(["init", "--quiet", world.folder]);
    const outside = await readFile(join(world.folder, ".git", "config"), "utf8");
    await world.commit("one");
    await job();
    await empty(join(place, "HEAD"));
    expect(await job()).toBe("one");
    expect(await readdir(join(world.folder, ".git", "refs", "heads"))).toEqual([]);
    expect(await readFile(join(world.folder, ".git", "config"), "utf8")).toBe(outside);
  });
});
