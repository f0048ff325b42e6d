import { chmod, lstat, mkdir, readFile, readlink, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { firstLine, git, gitBytes, run } from "./run.mjs";

/**
 * Applies dist-git's patches to upstream's release by the programs that distributions use, and compares what comes out
 * with source-git's tree: undefined when they are equal, else what differs. Only the files that source-git changed and
 * those that the patches name are taken from upstream.
 */
export async function differenceOfApplied({ source, base, own, patches, folder, kind }) {
  const named = await Promise.all(patches.map(namedPaths));
  const paths = [...new Set([...(await changedPaths(source, { base, own })), ...named.flat()])];
  for (const { path, entry } of await entriesOf(source, base, paths))
    await lay(source, { path, entry, folder });
  for (const patch of patches) {
    const trouble = await apply(patch, { folder, kind });
    if (trouble !== undefined) return `${patch.file} does not apply: ${trouble}`;
  }
  return firstDifference(source, { paths, folder });
}

/** The files that a patch says it changes. */
async function namedPaths({ path, strip, folder = "" }) {
  const text = await readFile(path, "latin1");
  const names = [...text.matchAll(/^(?:---|\+\+\+|rename from|copy from) ([^\t\r\n]+)/gm)].map(
    ([, name]) => name,
  );
  const prefixed = names.map((name) => join(folder, name.split("/").slice(strip).join("/")));
  const bare = names.map((name) => name.split("/").at(-1));
  return [...prefixed, ...names, ...bare].filter(
    // What only looks like a name in a patch's text has no folder to strip, and is not the whole tree.
    (name) => name !== "" && name !== "." && !name.startsWith("/") && !name.includes(".."),
  );
}

async function changedPaths(source, { base, own }) {
  const range = [base, "HEAD", "--", ".", ...own.map((folder) => `:(exclude,top)${folder}`)];
  return split(await git(source, ["diff", "--no-renames", "--name-only", "-z", ...range]));
}

async function entriesOf(source, commit, paths) {
  if (paths.length === 0) return [];
  const listed = await git(source, ["--literal-pathspecs", "ls-tree", "-r", "-z", commit, "--", ...paths]);
  return split(listed).map(entryOf);
}

function entryOf(line) {
  const [, mode, , object, path] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line);
  return { path, entry: { mode, object } };
}

async function lay(source, { path, entry: { mode, object }, folder }) {
  const file = join(folder, path);
  const content = await gitBytes(source, ["cat-file", "blob", object]);
  await mkdir(dirname(file), { recursive: true });
  if (mode === "120000") return symlink(content.toString("utf8"), file);
  await writeFile(file, content);
  await chmod(file, mode === "100755" ? 0o755 : 0o644);
}

/** As rpm and dpkg do: no fuzz, no questions; git for what patch(1) cannot read. */
async function apply(patch, { folder, kind }) {
  const input = await readFile(patch.path);
  const options = { cwd: join(folder, patch.folder ?? ""), input };
  const level = [`-p${patch.strip}`];
  const isBinary = input.includes("\nGIT binary patch\n");
  const isBare = !isBinary && (await hasNoLevel(patch, options));
  const way = isBinary ? gitApply(level) : gnuPatch(isBare ? [] : level, kind);
  const { code, stdout, stderr } = await run(...way, options);
  return code === 0 ? undefined : firstLine(Buffer.concat([stdout, stderr])) || `exit code ${code}`;
}

/** %autosetup without -p gives patch(1) none, which then looks for the bare names of files. */
async function hasNoLevel({ strip, appliedBy }, options) {
  if (strip !== 0 || !appliedBy.startsWith("%auto")) return false;
  return (await run("patch", ["-p0", "-s", "-f", "--dry-run"], options)).code !== 0;
}

function gnuPatch(level, kind) {
  const empties = kind === "deb" ? ["-E"] : [];
  return ["patch", [...level, "-s", "-f", ...empties, "--fuzz=0", "--no-backup-if-mismatch"]];
}

function gitApply(level) {
  return ["git", ["apply", ...level, "--unsafe-paths", "--whitespace=nowarn", "-"]];
}

async function firstDifference(source, { paths, folder }) {
  const wanted = new Map((await entriesOf(source, "HEAD", paths)).map(({ path, entry }) => [path, entry]));
  const there = await filesUnder(folder);
  for (const path of there) {
    if (!wanted.has(path)) return `the patches leave ${path}, which source-git does not have`;
  }
  for (const [path, { mode, object }] of wanted) {
    if (!there.includes(path)) return `the patches do not make ${path}`;
    const content = await gitBytes(source, ["cat-file", "blob", object]);
    if (!content.equals(await contentOf(join(folder, path)))) return `the patches make another ${path}`;
    if ((await modeOf(join(folder, path))) !== mode)
      return `the patches give ${path} another mode than ${mode}`;
  }
  return undefined;
}

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => !one.isDirectory())
    .map((one) => relative(folder, join(one.parentPath ?? one.path, one.name)));
}

async function contentOf(file) {
  return (await lstat(file)).isSymbolicLink() ? Buffer.from(await readlink(file)) : readFile(file);
}

async function modeOf(file) {
  const state = await lstat(file);
  if (state.isSymbolicLink()) return "120000";
  return (state.mode & 0o100) === 0 ? "100644" : "100755";
}

function split(text) {
  return text.split("\0").filter((part) => part !== "");
}
