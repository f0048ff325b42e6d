import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { Shelf } from "../../git/memory.js";
import type { ObjectStore } from "../../git/object-store.js";
import { decodeText } from "../../git/text.js";
import type { TreeChange } from "../../git/trees.js";
import { recallCommit } from "./known-commits.js";
import { excluding } from "./mails.js";

/** What one commit of the line does to one path. */
export interface Touch {
  readonly commit: CommitId;
  readonly path: string;
  readonly before: TreeChange;
  readonly after: TreeChange;
}

export interface TouchedLine {
  readonly base: CommitId;
  readonly tip: CommitId;
  readonly ignorePaths: readonly string[];
}

/**
 * Every path that the commits of a line change, in order, ignored ones aside. Throws `UserError` ("unsupported") for a
 * submodule: no patch can carry one.
 */
export async function listTouches(store: ObjectStore, line: TouchedLine): Promise<readonly Touch[]> {
  const ignores = ignoring(line.ignorePaths);
  const touches =
    ignores === undefined
      ? await listByGit(store, line, excluding(line.ignorePaths))
      : ((await recallTouches(store, line)) ?? (await listByGit(store, line, [])));
  const chosen = ignores === undefined ? touches : touches.filter(({ path }) => !ignores(path));
  for (const touch of chosen) refuseSubmodule(touch);
  return chosen;
}

/** For `git log`, whose output `parseRawLog` reads. */
export const rawOptions = ["--raw", "-z", "--root", "--no-renames", "--no-abbrev", "--no-color"];

export interface LoggedCommit {
  /** What `--format` asked for; the commit's id comes first. */
  readonly header: string;
  readonly touches: readonly Touch[];
}

export function parseRawLog(log: Buffer): readonly LoggedCommit[] {
  const commits: { header: string; touches: Touch[] }[] = [];
  const tokens = decodeText(log).split("\0").values();
  for (const token of tokens) {
    const raw = /^\n?:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*$/.exec(token);
    const last = commits.at(-1);
    if (raw !== null && last !== undefined) {
      const [, oldMode = "", newMode = "", oldId = "", newId = ""] = raw;
      const [path, commit] = [tokens.next().value ?? "", commitOf(last.header)];
      last.touches.push({ commit, path, before: fileAt(oldMode, oldId), after: fileAt(newMode, newId) });
    } else if (token.trim() !== "") {
      commits.push({ header: token.trimStart(), touches: [] });
    }
  }
  return commits;
}

/** What is known of commits' touches, those of ignored paths among them. */
export function touchShelf({ memory }: ObjectStore): Shelf<readonly Touch[]> {
  return memory.shelf("touches", (touches) => touches.length * 500);
}

async function listByGit(
  store: ObjectStore,
  { base, tip }: TouchedLine,
  pathspecs: readonly string[],
): Promise<readonly Touch[]> {
  const options = ["--reverse", "--topo-order", ...rawOptions, "--format=%H"];
  const { stdout } = await store.git(["log", ...options, `${base}..${tip}`, "--", ...pathspecs]);
  const commits = parseRawLog(stdout);
  const shelf = touchShelf(store);
  if (pathspecs.length === 0) {
    for (const { header, touches } of commits) shelf.keep(commitOf(header), touches);
  }
  return commits.flatMap(({ touches }) => touches);
}

/** The touches of a line of whose every commit they are known. */
async function recallTouches(
  store: ObjectStore,
  { base, tip }: TouchedLine,
): Promise<readonly Touch[] | undefined> {
  const shelf = touchShelf(store);
  const line: (readonly Touch[])[] = [];
  for (let id: CommitId | undefined = tip; id !== undefined && id !== base;) {
    const touches = shelf.recall(id);
    if (touches === undefined) return undefined;
    line.push(touches);
    id = recallCommit(store, id)?.parents[0] ?? (await store.readCommit(id)).parents[0];
  }
  return line.reverse().flat();
}

/** Whether a path is an ignored one; `undefined` when only git can tell, for it is a pattern. */
function ignoring(ignorePaths: readonly string[]): ((path: string) => boolean) | undefined {
  const names = ignorePaths.map((path) => path.replace(/(?<=.)\/$/, ""));
  if (!names.every(isPlain)) return undefined;
  return (path) => names.some((name) => path === name || path.startsWith(`${name}/`));
}

function isPlain(path: string): boolean {
  return !/[*?[\\\0]|^[:/]|^$/.test(path) && path.split("/").every((name) => !["", ".", ".."].includes(name));
}

function commitOf(header: string): CommitId {
  return header.split("\n", 1)[0] ?? "";
}

function fileAt(mode: string, id: string): TreeChange {
  return mode === "000000" ? undefined : { mode, id };
}

function refuseSubmodule({ commit, path, before, after }: Touch): void {
  if (before?.mode !== "160000" && after?.mode !== "160000") return;
  throw new UserError("unsupported", {
    message: `commit ${shortCommit(commit)} changes the submodule ${path}, which no patch can carry`,
    where: `commit ${shortCommit(commit)}`,
    remedy: "Leave the submodule at upstream's commit.",
  });
}
