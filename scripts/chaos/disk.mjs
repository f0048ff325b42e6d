import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Megabytes; the rest of it is what a run of 200 merge requests needs. */
const size = 256;
const piece = Buffer.alloc(1 << 20);
const crumb = Buffer.alloc(512);

/** A small disk of its own for Sluice's data, where this machine lets us mount one; else a plain folder that is never full. */
export function makeDisk(directory) {
  mkdirSync(directory, { recursive: true });
  const ballast = join(directory, "ballast");
  const mounted = run("mount", ["-t", "tmpfs", "-o", `size=${size}m`, "tmpfs", directory]);
  return {
    directory,
    canBeFull: mounted,
    fill: () => fill(ballast),
    free: () => rmSync(ballast, { force: true }),
    remove: () => mounted && run("umount", ["-l", directory]),
  };
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
