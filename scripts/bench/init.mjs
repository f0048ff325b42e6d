import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inTurns, peakMemory, ratioOf, timed } from "./measure.mjs";
import { environment, git, makeDist, makeSource } from "./repositories.mjs";

const patches = 200;
const most = 6;

/** Two hundred patches become commits, beside `git am` of the same mails. */
export async function startCases(bench) {
  const folders = await prepare(bench);
  const fresh = () => {
    rmSync(folders.clone, { recursive: true, force: true });
    cpSync(folders.upstream, folders.clone, { recursive: true });
  };
  const init = [bench.program, "init", "v1.0", folders.clone, folders.dist];
  const mails = readdirSync(folders.mails).sort();
  const am = ["-C", folders.clone, "am", "-q", ...mails.map((name) => join(folders.mails, name))];
  const { ours, floor } = await inTurns(bench.rounds, {
    floor: { prepare: fresh, run: () => timed("git", am, { env: environment }) },
    ours: { prepare: fresh, run: () => timed(process.execPath, init, { env: environment }) },
  });
  fresh();
  const memory = await peakMemory(process.execPath, init, { env: environment });
  const ratio = ratioOf(ours, floor);
  return [
    {
      name: `init of ${patches} patches`,
      ours,
      floor,
      ratio,
      memory,
      aim: `at most ${most} × git am, under 250 MB`,
      held: ratio <= most && memory < 250,
    },
  ];
}

/** A clone of upstream, a dist-git with the patches, and the same patches as mails. */
async function prepare({ folder, program }) {
  const place = (name) => join(folder, `init-${name}`);
  const folders = Object.fromEntries(
    ["source", "upstream", "dist", "mails", "clone"].map((name) => [name, place(name)]),
  );
  if (existsSync(folders.mails)) return folders;
  await makeSource(folders.source, { files: 1000, commits: patches });
  makeDist(folders.dist);
  timed(process.execPath, [program, "update-dist-git", folders.source, folders.dist], { env: environment });
  git(["clone", "-q", "--no-checkout", folders.source, folders.upstream]);
  git(["-C", folders.upstream, "reset", "-q", "--hard", "v1.0"]);
  mkdirSync(folders.mails);
  const range = ["v1.0..main", "--", ".", ":(exclude).distro"];
  git(["-C", folders.source, "format-patch", "-q", "-o", folders.mails, ...range]);
  return folders;
}
