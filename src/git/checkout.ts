import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import { git, GitError, gitText } from "./run.js";

/** Where a new commit of somebody's clone goes. */
export interface Destination {
  readonly directory: string;
  /** `refs/heads/main`, or `HEAD` when it is detached. */
  readonly ref: string;
  /** Whether the work tree shows this ref and has to follow it. */
  readonly checkedOut: boolean;
}

/** The branch that is checked out, or the one that is named. Throws `UserError` ("missing") for one that does not exist. */
export async function findDestination(directory: string, branch?: string): Promise<Destination> {
  const bare = (await gitText(["rev-parse", "--is-bare-repository"], { directory })) === "true";
  const { exitCode, stdout } = await git(["symbolic-ref", "--quiet", "HEAD"], { directory, expect: [0, 1] });
  const current = exitCode === 0 ? stdout.toString("utf8").trim() : "HEAD";
  if (branch === undefined) return { directory, ref: current, checkedOut: !bare };
  const ref = `refs/heads/${branch}`;
  const found = await git(["show-ref", "--verify", "--quiet", "--", ref], { directory, expect: [0, 1, 128] });
  if (found.exitCode === 0) return { directory, ref, checkedOut: !bare && ref === current };
  throw new UserError("missing", {
    message: `${directory} has no branch ${branch}`,
    where: branch,
    remedy: "Create the branch first, or name another.",
  });
}

/** Throws `UserError` ("refused") when files that git tracks have changes that are not committed. */
export async function requireClean({ directory, checkedOut }: Destination): Promise<void> {
  if (!checkedOut) return;
  const { stdout } = await git(
    ["status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=none"],
    {
      directory,
    },
  );
  const [first] = stdout.toString("utf8").split("\0").filter(Boolean);
  if (first === undefined) return;
  throw new UserError("refused", {
    message: `${directory} has changes that are not committed`,
    where: first.slice(3),
    remedy: "Commit or stash them first.",
  });
}

/**
 * Moves the destination from `before` to `after`, work tree included. The files are checked before any is written, a signal
 * does not stop the steps halfway, and the ref moves only from `before`. Throws `UserError` ("refused") when a file that git
 * does not track is in the way.
 */
export async function advance(
  destination: Destination,
  { before, after, reason }: { before: CommitId; after: CommitId; reason: string },
): Promise<void> {
  const { directory, ref, checkedOut } = destination;
  if (checkedOut) await updateWorkTree(directory, before, after);
  try {
    await git(["update-ref", "-m", reason, ref, after, before], { directory, shielded: true });
  } catch (error) {
    if (checkedOut) await updateWorkTree(directory, after, before);
    throw error;
  }
}

async function updateWorkTree(directory: string, before: CommitId, after: CommitId): Promise<void> {
  try {
    await git(["read-tree", "-m", "-u", before, after], { directory, shielded: true });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    throw new UserError(
      "refused",
      {
        message: `the work tree cannot be updated: ${error.stderr.trim().split("\n")[0] ?? ""}`,
        where: directory,
        remedy: "Move the file that git names out of the way.",
      },
      { cause: error },
    );
  }
}
