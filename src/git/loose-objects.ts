import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { objectId, type ObjectFormat, type RawObject } from "./codec.js";

let written = 0;

/**
 * Puts some objects into a repository as git does: a file each, which gets its name when it is complete, and stands behind
 * those that it needs. For a handful of objects a process would cost more than all the rest.
 */
export async function writeLooseObjects(
  folder: string,
  { objects, format }: { objects: readonly RawObject[]; format: ObjectFormat },
): Promise<void> {
  for (const object of objects) await writeLoose(folder, objectId(object, format), object);
}

async function writeLoose(folder: string, id: string, { type, content }: RawObject): Promise<void> {
  const place = join(folder, id.slice(0, 2));
  written += 1;
  // What a killed process leaves of this name, `git gc` removes.
  const draft = join(place, `tmp_obj_${process.pid}_${written}`);
  const header = Buffer.from(`${type} ${content.length}\0`);
  await mkdir(place, { recursive: true });
  try {
    await writeFile(draft, deflateSync(Buffer.concat([header, content]), { level: 1 }), { mode: 0o444 });
    await rename(draft, join(place, id.slice(2)));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
