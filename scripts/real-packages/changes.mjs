import { resolve } from "node:path";
import { git, gitBytes } from "./run.mjs";

/** Adds a commit that makes one new file, of one line. */
export async function addCommit({ source, head }) {
  const blob = await hash(source, Buffer.from("A line that was not there before.\n"));
  const tree = await treeWith(source, head, [
    { path: "sluice-real-packages.txt", mode: "100644", object: blob },
  ]);
  const message = "Add a file to see how it is converted";
  return { head: (await git(source, ["commit-tree", tree, "-p", head, "-m", message])).trim() };
}

/**
 * Changes one added line of a text file in one of the commits that became patches, and carries the change to the head;
 * undefined where no commit has a line of its own, which nothing later touches.
 */
export async function changeCommit(place) {
  for (const commit of [...place.commits].reverse()) {
    const line = await lineOfItsOwn(place, commit);
    if (line === undefined) continue;
    const object = await hash(place.source, line.content);
    const edits = [{ path: line.path, mode: line.mode, object }];
    return { ...(await rewrite(place, { commit, edits })), commit };
  }
  return undefined;
}

/** Drops one of the commits that became patches, whose files nothing later touches; undefined where there is none. */
export async function dropCommit(place) {
  for (const commit of [...place.commits].reverse()) {
    const paths = await touched(place.source, commit);
    if (await laterTouch(place, { commit, paths })) continue;
    const before = await Promise.all(
      paths.map((path) => entryAt(place.source, { commit: `${commit}^`, path })),
    );
    return { ...(await rewrite(place, { commit, edits: before, without: true })), commit };
  }
  return undefined;
}

/** The commits from `commit` on, made again with some files as given; the first of them left out if so wanted. */
async function rewrite({ source, head }, { commit, edits, without = false }) {
  const range = split(await git(source, ["rev-list", "--reverse", `${commit}^..${head}`]), "\n");
  let parent = (await git(source, ["rev-parse", `${commit}^`])).trim();
  for (const one of range) {
    if (without && one === commit) continue;
    const tree = await treeWith(source, one, edits);
    parent = await again(source, { commit: one, tree, parent });
  }
  return { head: parent };
}

/** The same commit with another tree and parent; its header is copied as bytes, so that odd encodings live. */
async function again(source, { commit, tree, parent }) {
  const raw = await gitBytes(source, ["cat-file", "commit", commit]);
  const end = raw.indexOf("\n\n");
  const kept = raw
    .subarray(0, end)
    .toString("latin1")
    .split("\n")
    .filter((line) => !/^(tree|parent) /.test(line));
  const header = Buffer.from([`tree ${tree}`, `parent ${parent}`, ...kept].join("\n"), "latin1");
  const input = Buffer.concat([header, raw.subarray(end)]);
  return (await git(source, ["hash-object", "-t", "commit", "-w", "--stdin"], { input })).trim();
}

async function lineOfItsOwn(place, commit) {
  for (const path of await touched(place.source, commit)) {
    if (await laterTouch(place, { commit, paths: [path] })) continue;
    const there = await entryAt(place.source, { commit, path });
    if (there.object === undefined || !there.mode.startsWith("100")) continue;
    const content = await gitBytes(place.source, ["cat-file", "blob", there.object]);
    const line = await firstAddedLine(place.source, { commit, path });
    if (line === undefined || content.includes(0)) continue;
    return { ...there, content: appended(content, line) };
  }
  return undefined;
}

async function firstAddedLine(source, { commit, path }) {
  const options = ["-U0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];
  const diff = await git(source, ["diff", ...options, `${commit}^`, commit, "--", `:(literal)${path}`]);
  const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm;
  for (const [, start, length] of diff.matchAll(hunk)) {
    if (length !== "0") return Number(start);
  }
  return undefined;
}

function appended(content, number) {
  const lines = content.toString("latin1").split("\n");
  const line = lines[number - 1];
  lines[number - 1] = line.endsWith("\r") ? `${line.slice(0, -1)} changed\r` : `${line} changed`;
  return Buffer.from(lines.join("\n"), "latin1");
}

async function touched(source, commit) {
  const names = await git(source, ["diff", "--no-renames", "--name-only", "-z", `${commit}^`, commit]);
  return split(names, "\0");
}

async function laterTouch({ source, head }, { commit, paths }) {
  const literal = paths.map((path) => `:(literal)${path}`);
  return (await git(source, ["rev-list", "-1", `${commit}..${head}`, "--", ...literal])).trim() !== "";
}

async function entryAt(source, { commit, path }) {
  const line = await git(source, ["--literal-pathspecs", "ls-tree", "-z", commit, "--", path]);
  const [mode, , object] = line.split(/[ \t]/);
  return { path, mode, object };
}

async function treeWith(source, commit, edits) {
  const env = { GIT_INDEX_FILE: resolve(source, "real-packages.index") };
  const gone = "0".repeat(40);
  const input = edits
    .map(({ path, mode, object }) =>
      object === undefined ? `0 ${gone}\t${path}\0` : `${mode} ${object}\t${path}\0`,
    )
    .join("");
  await git(source, ["read-tree", commit], { env });
  await git(source, ["update-index", "-z", "--index-info"], { env, input });
  return (await git(source, ["write-tree"], { env })).trim();
}

async function hash(source, input) {
  return (await git(source, ["hash-object", "-w", "--stdin"], { input })).trim();
}

function split(text, separator) {
  return text.split(separator).filter((part) => part.trim() !== "");
}
