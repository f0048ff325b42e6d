import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Megabytes; the rest of it is what a run of 200 merge requests needs. */
export const diskSize = 256;
const piece = Buffer.alloc(1 << 20);
const crumb = Buffer.alloc(512);

/**
 * A small disk of its own for Sluice's data: `mounted` already, or mounted now where this machine lets us; else a plain folder
 * that is never full.
 */
export function makeDisk(wanted, mounted) {
  mkdirSync(wanted, { recursive: true });
  const isOurs =
    mounted === undefined && run("mount", ["-t", "tmpfs", "-o", `size=${diskSize}m`, "tmpfs", wanted]);
  const directory = mounted === undefined ? wanted : mkdtempSync(join(mounted, "data-"));
  const ballast = join(directory, "ballast");
  return {
    directory,
    canBeFull: isOurs || mounted !== undefined,
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    remove: () => {
      keepDatabase(directory, dirname(wanted));
      if (isOurs) run("umount", ["-l", directory]);
      else rmSync(directory, { recursive: true });
    },
  };
}

/** For who looks at what went wrong. */
function keepDatabase(directory, folder) {
  const files = readdirSync(directory).filter((name) => name.startsWith("sluice.db"));
  for (const name of files) copyFileSync(join(directory, name), join(folder, name));
}

/** Takes all that is left, to the last block. */
function fill(file) {
  const descriptor = openSync(file, "a");
  for (const block of [piece, crumb]) {
    try {
      for (;;) writeSync(descriptor, block);
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  }
  closeSync(descriptor);
}

function run(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}
