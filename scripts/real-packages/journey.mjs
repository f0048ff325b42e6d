import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differenceOfApplied } from "./applied.mjs";
import { addCommit, changeCommit, dropCommit } from "./changes.mjs";
import { changedLines, leastForAdd, leastForChange, leastForDrop } from "./lines.mjs";
import { makeDistGit, makeUpstream } from "./packages.mjs";
import { git, run } from "./run.mjs";
import { cloneUpstream, upstreamOf } from "./upstreams.mjs";

/**
 * Takes one package to source-git and back, then adds, changes and drops a commit. Answers a row of the table: each step is
 * `{ held, reason }`, and the three changes also `{ spec, patches, least }` in lines; a step that could not be tried is absent.
 */
export async function travel(one, { upstreams, sluice, keep }) {
  const folder = await mkdtemp(join(tmpdir(), `real-${one.name}-`));
  const begun = performance.now();
  const row = { name: one.name, kind: one.kind, steps: {} };
  try {
    await walk({ one, upstreams, sluice, folder, row });
  } catch (error) {
    row.trouble = error.message;
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true });
  }
  row.seconds = (performance.now() - begun) / 1000;
  return row;
}

async function walk({ one, upstreams, sluice, folder, row }) {
  const place = { source: join(folder, "source"), dist: join(folder, "dist"), sluice };
  // Some of what Debian packages brings a spec of upstream's own.
  const layout = one.kind === "deb" ? ["--layout", "quilt"] : [];
  await makeDistGit(one, place.dist);
  const inspection = await inspect(place, layout);
  const ref = await placeUpstream({ one, upstreams, folder, place, inspection });
  row.ref = ref;
  row.patches = inspection?.patches.length;

  const base = (await git(place.source, ["rev-parse", `${ref}^{commit}`])).trim();
  const before = await headOf(place.dist);
  row.steps.init = await timed(() => sluiceStep(place, ["init", ...layout, ref, place.source, place.dist]));
  if (!row.steps.init.held) return;
  row.steps.empty = await timed(() => comeBack(place, before));
  if (!row.steps.empty.held) return;
  row.steps.applied = await isApplied({ place, folder, base, inspection, kind: one.kind });

  const start = { dist: await headOf(place.dist), source: await headOf(place.source) };
  const about = { ...place, inspection, start, commits: row.steps.empty.commits, head: start.source };
  delete row.steps.empty.commits;
  row.steps.add = await changeAndConvert(about, { make: addCommit, least: leastForAdd });
  row.steps.change = await changeAndConvert(about, { make: changeCommit, least: leastForChange });
  row.steps.drop = await changeAndConvert(about, { make: dropCommit, least: leastForDrop });
}

async function placeUpstream({ one, upstreams, folder, place, inspection }) {
  const upstream = upstreamOf(one.name, upstreams);
  if (upstream !== undefined) {
    const { package: name = one.name, version = "" } = inspection ?? {};
    return cloneUpstream(upstream, { name, version, repository: place.source });
  }
  if (one.kind !== "deb") throw new Error("no upstream repository");
  const path = join(folder, "upstream");
  const ref = await makeUpstream(place.dist, path);
  return cloneUpstream({ path, ref }, { repository: place.source });
}

/** What Sluice understands of the package; undefined where it understands nothing, which `init` then tells. */
async function inspect({ sluice, dist }, layout) {
  const { code, stdout } = await run(sluice, ["inspect", ...layout, dist, "--json"]);
  return code === 0 ? JSON.parse(stdout.toString("utf8")) : undefined;
}

async function comeBack(place, before) {
  const step = await sluiceStep(place, ["update-dist-git", place.source, place.dist, "--json"]);
  if (!step.held) return step;
  const { patches } = JSON.parse(step.printed);
  const commits = patches.flatMap((patch) => (patch.commits.length === 1 ? patch.commits : []));
  const { lines, files } = await changedLines(place.dist, before, "HEAD");
  if (files.length === 0) return { held: true, commits };
  return { held: false, lines, reason: `${lines} changed lines in ${files.join(", ")}` };
}

async function isApplied({ place, folder, base, inspection, kind }) {
  if (inspection === undefined) return { held: false, reason: "the package cannot be inspected" };
  const own = kind === "deb" ? ["debian", ".distro"] : [".distro"];
  const scratch = join(folder, "applied");
  await mkdir(scratch);
  const files = (await git(place.dist, ["ls-files", "-z"])).split("\0");
  // What stays a file is no part of source-git's tree: a patch of a second archive, one for another machine.
  const held = new Set(
    (await git(place.source, ["ls-tree", "-r", "-z", "--name-only", "HEAD", ".distro"])).split("\0"),
  );
  const patches = inspection.patches
    .filter(({ appliedBy }) => appliedBy !== undefined && appliedBy !== null)
    .filter(({ file }) => !held.has(`.distro/${placeOf(file, files)}`))
    .map(({ file, strip, folder, appliedBy }) => ({
      file,
      strip,
      folder,
      appliedBy,
      path: join(place.dist, placeOf(file, files)),
    }));
  const reason = await differenceOfApplied({
    source: place.source,
    base,
    own,
    patches,
    folder: scratch,
    kind,
  });
  return { held: reason === undefined, reason };
}

/** Where a patch lies: at the top, in SOURCES or in debian/patches. */
function placeOf(file, files) {
  return (
    ["", "SOURCES/", "debian/patches/"].map((start) => start + file).find((path) => files.includes(path)) ??
    file
  );
}

async function changeAndConvert(about, { make, least }) {
  const { source, dist, start } = about;
  const made = await make(about);
  if (made === undefined) return undefined;
  await git(source, ["update-ref", "HEAD", made.head]);
  try {
    const step = await sluiceStep(about, ["update-dist-git", source, dist, "--json"]);
    if (!step.held) return step;
    const { spec, patches } = await changedLines(dist, start.dist, "HEAD");
    const fewest = await least({ ...about, ...made });
    const held = spec + patches <= fewest;
    const reason = held ? undefined : `${spec + patches} changed lines where ${fewest} would do`;
    return { held, reason, spec, patches, least: fewest };
  } finally {
    await git(source, ["update-ref", "HEAD", start.source]);
    await git(dist, ["reset", "-q", "--hard", start.dist]);
  }
}

async function sluiceStep({ sluice }, args) {
  const { code, stdout, stderr } = await run(sluice, args);
  if (code === 0) return { held: true, printed: stdout.toString("utf8") };
  const said = stderr
    .toString("utf8")
    .trim()
    .replace(/\s*\n\s*/g, " | ");
  return { held: false, reason: said === "" ? `exit code ${code}` : said };
}

async function timed(step) {
  const begun = performance.now();
  const { printed: _, ...outcome } = await step();
  return { ...outcome, milliseconds: Math.round(performance.now() - begun) };
}

async function headOf(repository) {
  return (await git(repository, ["rev-parse", "HEAD"])).trim();
}
