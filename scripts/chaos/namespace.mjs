import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskSize } from "./disk.mjs";

/** Where the disk is that was mounted before this process began. */
const variable = "SLUICE_CHAOS_DISK";

export function mountedBefore() {
  return process.env[variable];
}

/**
 * Who is not root may be root in a namespace of his own, mount a disk there, and be himself again in one below it, since
 * Postgres refuses root. Runs this program again in there and answers its exit code; `undefined` where nobody may.
 */
export async function runBesideDisk() {
  if (process.getuid?.() === 0 || mountedBefore() !== undefined) return undefined;
  const directory = mkdtempSync(join(tmpdir(), "sluice-chaos-disk-"));
  try {
    const inside = (words) => ["-Urm", "sh", "-c", script(), "sh", directory, ...words];
    if (spawnSync("unshare", inside(["true"]), { stdio: "ignore" }).status !== 0) return undefined;
    const words = [process.execPath, ...process.argv.slice(1)];
    const environment = { ...process.env, [variable]: directory };
    const child = spawn("unshare", inside(words), { stdio: "inherit", env: environment });
    // Whoever interrupts a terminal interrupts the child as well, and that one tidies up.
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
    const [code] = await once(child, "exit");
    return code ?? 1;
  } finally {
    rmdirSync(directory);
  }
}

function script() {
  const mount = `mount -t tmpfs -o size=${diskSize}m,mode=755 tmpfs "$directory"`;
  const himself = `unshare -U --map-user=${process.getuid()} --map-group=${process.getgid()}`;
  return `directory=$1; shift; ${mount} && exec ${himself} "$@"`;
}
