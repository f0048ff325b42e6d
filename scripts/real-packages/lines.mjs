import { git } from "./run.mjs";

const plain = ["--no-renames", "--no-color", "--no-ext-diff", "--no-textconv"];

/** The changed lines between two commits of dist-git, added and removed ones, in patches and in all else. */
export async function changedLines(dist, before, after) {
  const printed = await git(dist, ["diff", ...plain, "--numstat", "-z", before, after]);
  const files = printed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"))
    // git counts no lines of a binary file: it is one that changed.
    .map(([added, removed, path]) => ({ path, lines: (Number(added) || 0) + (Number(removed) || 0) || 1 }));
  const patches = sum(files.filter(({ path }) => isPatch(path)));
  const lines = sum(files);
  return { lines, patches, spec: lines - patches, files: files.map(({ path }) => path) };
}

/** A new patch's lines, its tag or its line in the series, and its line in %prep where each patch has one. */
export async function leastForAdd({ dist, start, inspection: { layout } }) {
  const added = (await filesOf(dist, start.dist, "A")).filter(({ path }) => isPatch(path));
  const own = layout === "rpm" && (await namesEachPatch(dist, start.dist)) ? 1 : 0;
  return sum(added) + 1 + own;
}

/** Whether the package is of a spec that applies no patch without naming it. */
async function namesEachPatch(dist, commit) {
  const spec = (await git(dist, ["ls-tree", "-r", "--name-only", commit])).match(
    /^(?:SPECS\/)?[^/\n]+\.spec$/m,
  )?.[0];
  return (
    spec !== undefined && !/^\s*%auto(?:setup|patch)\b/m.test(await git(dist, ["show", `${commit}:${spec}`]))
  );
}

/** One line replaced, and the `index` line that names the blob, in a patch that has one. */
export async function leastForChange({ dist, start }) {
  const [changed] = (await filesOf(dist, start.dist, "M")).filter(({ path }) => isPatch(path));
  if (changed === undefined) return 2;
  const text = await git(dist, ["show", `${start.dist}:${changed.path}`]);
  return /^index [0-9a-f]+\.\.[0-9a-f]+/m.test(text) ? 4 : 2;
}

/** The patch's lines, its tag with the comment that is its own, and its line in %prep where it has one. */
export async function leastForDrop({ source, dist, start, inspection, commit }) {
  const removed = (await filesOf(dist, start.dist, "D")).filter(({ path }) => isPatch(path));
  const files = removed.map(({ path }) => path.split("/").at(-1));
  const patch = inspection.patches.find(({ file }) => files.includes(file.split("/").at(-1)));
  const own = patch?.appliedBy === "%patch" ? 1 : 0;
  const status = await git(source, ["log", "-1", "--format=%(trailers:key=Patch-status,valueonly)", commit]);
  const comment = status.split("\n").filter((line) => !["", "|", "|-", "|+"].includes(line.trim())).length;
  return sum(removed) + 1 + own + comment;
}

async function filesOf(dist, before, filter) {
  const printed = await git(dist, [
    "diff",
    ...plain,
    `--diff-filter=${filter}`,
    "--numstat",
    "-z",
    before,
    "HEAD",
  ]);
  return printed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => line.split("\t"))
    .map(([added, removed, path]) => ({ path, lines: Number(added) + Number(removed) }));
}

function isPatch(path) {
  return !path.endsWith(".spec") && !path.endsWith("/series");
}

function sum(files) {
  return files.reduce((total, { lines }) => total + lines, 0);
}
