import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitPath } from "../../git/local-store.js";
import type { ObjectStore } from "../../git/object-store.js";
import { decodeText, encodeText } from "../../git/text.js";
import type { TreeChange } from "../../git/trees.js";
import type { Touch } from "./touches.js";

export interface AppliedPatch {
  readonly content: Buffer;
  readonly strip: number;
}

/**
 * Whether patches do exactly what the touches say, by letting git apply them to an index that holds the touched paths
 * alone: the size of the tree does not matter, and nothing is written into the store.
 */
export async function haveEffect(
  store: ObjectStore,
  touches: readonly Touch[],
  patches: readonly AppliedPatch[],
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-apply-"));
  try {
    const environment = await applyEnvironment(store, folder);
    const input = indexInfo(firstStates(touches));
    await store.git(["update-index", "-z", "--index-info"], { environment, input });
    // An old patch may need patch's fuzz (-C1); that it gives the very bytes is compared all the same.
    for (const run of await writePatches(folder, patches)) {
      const { exitCode } = await store.git(
        ["apply", "--cached", "--allow-empty", "--whitespace=nowarn", "-C1", `-p${run.strip}`, ...run.files],
        { environment, expect: [0, 1, 128] },
      );
      if (exitCode !== 0) return false;
    }
    const { stdout } = await store.git(["ls-files", "--stage", "-z"], { environment });
    return sameStates(stdout, lastStates(touches));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function applyEnvironment(store: ObjectStore, folder: string): Promise<Record<string, string>> {
  await mkdir(join(folder, "objects"));
  return {
    GIT_INDEX_FILE: join(folder, "index"),
    GIT_OBJECT_DIRECTORY: join(folder, "objects"),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: await gitPath(store.directory, "objects"),
  };
}

/** Neighbours of one strip level go to one process. */
async function writePatches(
  folder: string,
  patches: readonly AppliedPatch[],
): Promise<readonly { strip: number; files: string[] }[]> {
  const runs: { strip: number; files: string[] }[] = [];
  for (const [index, { content, strip }] of patches.entries()) {
    const file = join(folder, `${index}.patch`);
    await writeFile(file, content);
    const last = runs.at(-1);
    if (last?.strip === strip) last.files.push(file);
    else runs.push({ strip, files: [file] });
  }
  return runs;
}

function firstStates(touches: readonly Touch[]): ReadonlyMap<string, TreeChange> {
  const states = new Map<string, TreeChange>();
  for (const { path, before } of touches) if (!states.has(path)) states.set(path, before);
  return states;
}

function lastStates(touches: readonly Touch[]): ReadonlyMap<string, TreeChange> {
  return new Map(touches.map(({ path, after }) => [path, after]));
}

function indexInfo(states: ReadonlyMap<string, TreeChange>): Buffer {
  const lines = [...states].flatMap(([path, file]) =>
    file === undefined ? [] : [Buffer.from(`${file.mode} ${file.id}\t`), encodeText(path), Buffer.of(0)],
  );
  return Buffer.concat(lines);
}

function sameStates(listing: Buffer, expected: ReadonlyMap<string, TreeChange>): boolean {
  const found = decodeText(listing).split("\0").filter(Boolean);
  const wanted = [...expected].flatMap(([path, file]) =>
    file === undefined ? [] : [`${file.mode} ${file.id} 0\t${path}`],
  );
  return found.length === wanted.length && found.sort().join("\0") === wanted.sort().join("\0");
}
