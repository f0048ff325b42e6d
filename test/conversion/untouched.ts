import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { gitText } from "../../src/git/run.js";

/** All that a command could have written into a clone: refs, logs, index, objects and files. */
export async function snapshot(directory: string): Promise<unknown> {
  const say = (...args: string[]) => gitText(args, { directory }).catch(() => "none");
  return {
    refs: await say("for-each-ref", "--format=%(refname) %(objectname)"),
    head: await say("rev-parse", "HEAD"),
    branch: await say("symbolic-ref", "-q", "HEAD"),
    reflog: await say("reflog"),
    index: await say("ls-files", "--stage", "--debug"),
    objects: await say("count-objects", "-v"),
    status: await say("status", "--porcelain", "--ignored"),
    files: await listFiles(directory, ""),
  };
}

async function listFiles(directory: string, below: string): Promise<readonly string[]> {
  const found: string[] = [];
  const names = await readdir(join(directory, below)).catch(() => []);
  for (const name of names.filter((each) => each !== ".git").sort()) {
    const path = join(below, name);
    const { mode } = await lstat(join(directory, path));
    found.push(`${mode.toString(8)} ${path} ${await contentOf(directory, path)}`);
    if ((mode & 0o170000) === 0o040000) found.push(...(await listFiles(directory, path)));
  }
  return found;
}

async function contentOf(directory: string, path: string): Promise<string> {
  const place = join(directory, path);
  const link = await readlink(place).catch(() => undefined);
  if (link !== undefined) return `-> ${link}`;
  const bytes = await readFile(place).catch(() => undefined);
  return bytes === undefined ? "" : createHash("sha1").update(bytes).digest("hex");
}
