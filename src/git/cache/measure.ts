import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** How large a store is, and how much in it wants to be put in order. */
export interface Measured {
  readonly bytes: number;
  /** Objects that are a file each. */
  readonly loose: number;
  readonly packs: number;
  /** Refs that single merge requests left. */
  readonly refs: number;
  /** Whether a killed git left unfinished files. */
  readonly leftovers: boolean;
}

/** Objects are spread evenly over 256 folders; eight of them speak for all. */
const sample = ["00", "23", "47", "6b", "8e", "b1", "d5", "f8"];
const share = 256 / sample.length;

/** Measures a store without a walk through all of it: some thirty looks, however much it holds. */
export async function measureStore(directory: string): Promise<Measured> {
  const objects = join(directory, "objects");
  const loose = await Promise.all(sample.map((name) => contentsOf(join(objects, name))));
  const packs = await contentsOf(join(objects, "pack"));
  const info = await contentsOf(join(objects, "info"));
  const top = await contentsOf(directory);
  const refs = await readdir(join(directory, "refs", "merge-requests")).catch(() => []);
  const inObjects = [...packs.names, ...info.names, ...loose.flatMap(({ names }) => names)];
  return {
    bytes: Math.round(packs.bytes + info.bytes + top.bytes + share * sum(loose.map(({ bytes }) => bytes))),
    loose: share * sum(loose.map(({ names }) => names.length)),
    packs: packs.names.filter((name) => name.endsWith(".pack")).length,
    refs: refs.length,
    leftovers: inObjects.some(isUnfinished) || top.names.some(isAbandoned),
  };
}

/** What git writes among objects before it has a name: nobody needs it who is not writing it. */
export function isUnfinished(name: string): boolean {
  return /^(?:tmp_|\.tmp-)|\.lock$/.test(name);
}

/** What says that a git is at work, elsewhere than among objects. */
export function isAbandoned(name: string): boolean {
  return /\.lock$|^gc\.pid$/.test(name);
}

interface Contents {
  readonly names: readonly string[];
  /** What they take on the disk. */
  readonly bytes: number;
}

async function contentsOf(folder: string): Promise<Contents> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return { names, bytes: sum(files.map((file) => (file?.isFile() === true ? file.blocks * 512 : 0))) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
