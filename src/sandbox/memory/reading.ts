import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { git, gitText } from "../../git/run.js";
import type { SandboxRepository } from "../model.js";
import { askedOnce } from "./answers.js";
import type { SandboxCommit, SandboxStore } from "../store.js";

type Reading = Pick<
  SandboxStore,
  "branch" | "branches" | "commit" | "commits" | "branchContaining" | "file" | "mergeRequestCommits"
>;

/** What a dialect may read of a repository. */
export function readingVerbs(findRepository: (id: number) => SandboxRepository): Reading {
  return {
    branch: (repository, branch) => findCommit(repository, `refs/heads/${branch}`),
    branches: async (repository) =>
      [...(await listBranches(repository))].map(([name, commit]) => ({ name, commit })),
    commit: readCommit,
    commits: (repository, { from, to, limit }) =>
      log(repository, [`--max-count=${limit}`, to, ...(from === undefined ? [] : [`^${from}`])]),
    branchContaining,
    file: async (repository, { revision, path }) => {
      const commit = await findCommit(repository, revision);
      return commit === undefined ? undefined : readBlob(repository, `${commit}:${path}`);
    },
    mergeRequestCommits: ({ repository: id, head, base }) => {
      const repository = findRepository(id);
      return askedOnce(repository, ["commits", base, head], () =>
        log(repository, ["--max-count=250", head, `^${base}`]),
      );
    },
  };
}

/** What was read of each repository's commits, which never change. */
const commitsRead = new WeakMap<SandboxRepository, Map<string, SandboxCommit>>();

async function readCommit(
  repository: SandboxRepository,
  revision: string,
): Promise<SandboxCommit | undefined> {
  const read = commitsRead.get(repository) ?? new Map<string, SandboxCommit>();
  commitsRead.set(repository, read);
  const id = isWhole(revision) ? revision : await findCommit(repository, revision);
  if (id === undefined) return undefined;
  const commit = read.get(id) ?? (await log(repository, ["-1", id], [0, notThere]))[0];
  if (commit !== undefined) read.set(commit.id, commit);
  return commit;
}

/** How git ends that is asked for a commit that the repository does not have. */
const notThere = 128;

function isWhole(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** The commit that a revision names, if the repository has it. */
export async function findCommit(
  { gitDirectory }: SandboxRepository,
  revision: string,
): Promise<string | undefined> {
  if (revision === "" || revision.startsWith("-")) return undefined;
  const looked = await readLooseReference(gitDirectory, revision);
  if (looked !== undefined) return looked;
  const { exitCode, stdout } = await git(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`], {
    directory: gitDirectory,
    expect: [0, 1, 128],
  });
  return exitCode === 0 ? stdout.toString("utf8").trim() : undefined;
}

/** What most questions are about, without a process; whatever is not found like this git has to say. */
async function readLooseReference(gitDirectory: string, reference: string): Promise<string | undefined> {
  if (!reference.startsWith("refs/heads/") || reference.includes("..")) return undefined;
  const text = await readFile(join(gitDirectory, reference), "utf8").catch(() => "");
  return /^([0-9a-f]{40})\n$/.exec(text)?.[1];
}

/** Name and tip of each branch, by name; asked so often that it is read without a process. */
export async function listBranches({
  gitDirectory,
}: SandboxRepository): Promise<ReadonlyMap<string, string>> {
  // In this order, so that none is missed that is packed meanwhile.
  const loose = await readLooseBranches(gitDirectory).catch(() => undefined);
  if (loose === undefined) return askForBranches(gitDirectory);
  const packed = await readFile(join(gitDirectory, "packed-refs"), "utf8").catch(() => "");
  const branches = new Map<string, string>();
  for (const [, commit = "", name = ""] of packed.matchAll(/^([0-9a-f]{40}) refs\/heads\/(.+)$/gm))
    branches.set(name, commit);
  for (const [name, text] of loose) {
    const commit = /^([0-9a-f]{40})\n$/.exec(text)?.[1];
    if (commit === undefined) return askForBranches(gitDirectory);
    branches.set(name, commit);
  }
  return new Map([...branches].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What the file of each branch holds that has one; rejects when one goes away meanwhile. */
async function readLooseBranches(gitDirectory: string): Promise<readonly (readonly [string, string])[]> {
  const folder = join(gitDirectory, "refs", "heads");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".lock"));
  const read = files.map(async ({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [relative(folder, file), await readFile(file, "utf8")] as const;
  });
  return Promise.all(read);
}

/** Where a branch is something that only git understands. */
async function askForBranches(gitDirectory: string): Promise<ReadonlyMap<string, string>> {
  const listing = await gitText(
    ["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"],
    {
      directory: gitDirectory,
    },
  );
  return new Map(
    listing
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.slice(line.indexOf(" ") + 1), line.slice(0, line.indexOf(" "))]),
  );
}

export async function isAncestor(
  { gitDirectory }: SandboxRepository,
  [ancestor, descendant]: readonly [string, string],
): Promise<boolean> {
  const { exitCode } = await git(["merge-base", "--is-ancestor", ancestor, descendant], {
    directory: gitDirectory,
    expect: [0, 1],
  });
  return exitCode === 0;
}

async function branchContaining(repository: SandboxRepository, commit: string): Promise<string | undefined> {
  const id = await findCommit(repository, commit);
  if (id === undefined) return undefined;
  const format = ["--format=%(refname:lstrip=2)", "--count=1", `--contains=${id}`];
  const name = await gitText(["for-each-ref", ...format, "refs/heads"], {
    directory: repository.gitDirectory,
  });
  return name === "" ? undefined : name;
}

async function readBlob({ gitDirectory }: SandboxRepository, name: string): Promise<Buffer | undefined> {
  const { exitCode, stdout } = await git(["cat-file", "blob", name], {
    directory: gitDirectory,
    expect: [0, 128],
  });
  return exitCode === 0 ? stdout : undefined;
}

const fields = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"];

async function log(
  { gitDirectory }: SandboxRepository,
  args: readonly string[],
  expect: readonly number[] = [0],
): Promise<readonly SandboxCommit[]> {
  const { stdout } = await git(
    ["log", "-z", "--no-show-signature", `--format=${fields.join("%x00")}`, ...args, "--"],
    {
      directory: gitDirectory,
      expect,
    },
  );
  const texts = stdout.toString("utf8").split("\0");
  const commits: SandboxCommit[] = [];
  for (let at = 0; at + fields.length <= texts.length; at += fields.length) {
    commits.push(commitFrom(texts.slice(at, at + fields.length)));
  }
  return commits;
}

function commitFrom(texts: readonly string[]): SandboxCommit {
  const text = (index: number) => texts[index] ?? "";
  return {
    id: text(0),
    tree: text(1),
    parents: text(2) === "" ? [] : text(2).split(" "),
    author: { name: text(3), email: text(4), date: text(5) },
    committer: { name: text(6), email: text(7), date: text(8) },
    message: text(9),
  };
}
