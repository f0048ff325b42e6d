import { afterEach, describe, expect, it } from "@jest/globals";
import { chmod, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CacheKeeper } from "../../src/git/cache/keeper.js";
import { GitCache } from "../../src/git/cache/git-cache.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

const path = process.env["PATH"] ?? "";

afterEach(async () => {
  process.env["PATH"] = path;
  await endWorld();
});

describe("the copies of repositories may go, break or find no room between two updates of a merge request", () => {
  it("which is mirrored in the end all the same", async () => {
    const world = await linkedPackage("tally", { from: "gitlab", to: "github" });
    const { sourceGit, distGit, settle, waitOut } = world;
    const directory = await copiesOf(world);
    const mirrored = async (text: string) => {
      const [mirror, ...others] = distGit.mergeRequests();
      expect(others).toEqual([]);
      const lines = Object.values((await distGit.changeOf(mirror)).added).flat();
      expect(lines).toContainEqual(expect.stringContaining(text));
    };
    const first = await sourceGit.openMergeRequest();
    await settle();

    await evictAll(world, directory);
    const second = await sourceGit.push(first, { "docs.txt": "written after eviction\n" });
    await settle();
    await mirrored("written after eviction");

    expect(await zeroObjects(directory)).toBeGreaterThan(10);
    const third = await sourceGit.push(second, { "docs.txt": "written after damage\n" });
    await waitOut();
    await mirrored("written after damage");

    const makeRoom = await fillDisk(directory);
    const fourth = await sourceGit.push(third, { "docs.txt": "written on a full disk\n" });
    await settle();
    expect(sourceGit.statuses(fourth)["sluice"]?.state).not.toBe("success");
    await makeRoom();
    await waitOut();
    await mirrored("written on a full disk");
    expect(sourceGit.statuses(fourth)["sluice"]?.state).toBe("success");
  });
});

async function copiesOf({ commandLine }: World): Promise<string> {
  return join((await commandLine()).environment.DATA_DIRECTORY ?? "", "git");
}

/** As another worker on this machine does whose limit is small; what was used last stays, which is a third one then. */
async function evictAll({ clock }: World, directory: string): Promise<void> {
  const cache = new GitCache({ directory, clock });
  await cache.use("other/other.git", () => Promise.resolve());
  await new CacheKeeper({ cache, limit: 1 }).keepUp();
  await cache.close();
  const left = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(".git"));
  expect(left).toEqual(["other/other.git"]);
}

/** What a machine may leave that lost its power. */
async function zeroObjects(directory: string): Promise<number> {
  const all = await readdir(directory, { recursive: true });
  const objects = all.filter((name) => /\/objects\/(?:[0-9a-f]{2}\/[0-9a-f]{38}|pack\/.*)$/.test(name));
  for (const name of objects) {
    const file = join(directory, name);
    await chmod(file, 0o644);
    await writeFile(file, Buffer.alloc((await stat(file)).size));
  }
  return objects.length;
}

/** From now on git finds no room for what it fetches; the answer makes some. */
async function fillDisk(directory: string): Promise<() => Promise<void>> {
  const bin = join(directory, "..", "bin");
  const full = `#!/bin/sh
PATH=${path}
case "$2 $3" in ${directory}/*" fetch")
  echo "fatal: write error: No space left on device" >&2
  exit 128
esac
exec git "$@"
`;
  await mkdir(bin);
  await writeFile(join(bin, "git"), full, { mode: 0o755 });
  process.env["PATH"] = `${bin}:${path}`;
  return () => rm(bin, { recursive: true });
}
