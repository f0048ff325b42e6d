import { execFile, execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../world/ports.js";

const run = promisify(execFile);
const distributions = "/usr/lib/postgresql";
const needed = ["initdb", "pg_ctl", "postgres", "pg_dump", "pg_restore"];

/** The programs of a Postgres that is installed on this machine, all of one version; pg_dump reads no server newer than it. */
export function installedPostgres(): string | undefined {
  if (!existsSync(distributions) || userOfPostgres() === "nobody") return undefined;
  return readdirSync(distributions)
    .map((version) => join(distributions, version, "bin"))
    .find((folder) => needed.every((program) => existsSync(join(folder, program))));
}

/** Postgres refuses to run as root. */
function userOfPostgres(): { readonly uid?: number; readonly gid?: number } | "nobody" {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = ["-u", "-g"].map((which) => Number(execFileSync("id", [which, "postgres"])));
    return uid === undefined || gid === undefined ? "nobody" : { uid, gid };
  } catch {
    return "nobody";
  }
}

/** A server of that version, and its own ways of dumping a database to a file and of filling an empty one from it. */
export async function startInstalled(folder: string) {
  const user = userOfPostgres();
  if (user === "nobody") throw new Error("there is nobody to run Postgres as");
  const directory = await mkdtemp(join(tmpdir(), "sluice-installed-"));
  await chmod(directory, 0o755);
  if (user.uid !== undefined && user.gid !== undefined) await chown(directory, user.uid, user.gid);
  const program = (name: string) => join(folder, name);
  const data = join(directory, "data");
  const port = await freePort();
  await run(program("initdb"), ["-D", data, "-U", "sluice", "-A", "trust", "-E", "UTF8", "--no-sync"], user);
  const settings = `-p ${port} -k ${directory} -F`;
  const control = (...words: readonly string[]) => run(program("pg_ctl"), ["-D", data, "-w", ...words], user);
  await control("-o", settings, "-l", join(directory, "log"), "start");
  const file = join(directory, "dump");
  return {
    address: (database: string) => `postgres://sluice@127.0.0.1:${port}/${database}`,
    dump: (from: string, ...options: string[]) =>
      run(program("pg_dump"), ["--format=custom", ...options, "--file", file, from], user),
    restore: (to: string) =>
      run(program("pg_restore"), ["--exit-on-error", "--no-owner", "--dbname", to, file], user),
    stop: async () => {
      await control("-m", "fast", "stop");
      await rm(directory, { recursive: true, force: true });
    },
  };
}
