import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import { advance, readHead, readKind, refusal, requireUnseen, type Destination } from "./checkout.js";
import { git, GitError } from "./run.js";

/** A branch on which new commits follow a given one. */
export interface NewLine extends Destination {
  /** The name of the branch. */
  readonly branch: string;
  /** `advance` the branch that is there; `create` it, or take one that is not checked out. */
  readonly how: "advance" | "create";
  readonly exists: boolean;
}

export interface LineRequest {
  /** The commit that the line follows. */
  readonly from: CommitId;
  /** The branch that was asked for. */
  readonly branch: string | undefined;
  /**
   * Names for a new branch where none was asked for and the one that is checked out is not at `from`: the first that is
   * not taken.
   */
  readonly otherwise: readonly string[];
}

/**
 * The branch of somebody's clone that commits on top of `from` go to: the one that is checked out when it is there, else a
 * new one. Throws `UserError` for a branch of that name that is at another commit.
 */
export async function findNewLine(directory: string, request: LineRequest): Promise<NewLine> {
  const { from, otherwise } = request;
  const [kind, current] = await Promise.all([readKind(directory), readHead(directory)]);
  const heads = "refs/heads/";
  const shown = current.startsWith(heads) ? current.slice(heads.length) : undefined;
  const isThere = shown !== undefined && (await commitAt(directory, current)) === from;
  const branch = request.branch ?? (isThere ? shown : await firstFree(directory, otherwise, from));
  if (branch === undefined) {
    throw new UserError("usage", { message: "there is no branch to be named after: name one with --branch" });
  }
  await requireName(directory, branch);
  const ref = `${heads}${branch}`;
  const at = await commitAt(directory, ref);
  if (at !== undefined && at !== from) throw taken(directory, branch);
  const checkedOut = kind !== "bare";
  const exists = at !== undefined;
  if (exists && ref === current) return { directory, ref, checkedOut, branch, how: "advance", exists };
  if (exists) await requireUnseen(directory, ref);
  return { directory, ref, checkedOut, branch, how: "create", exists };
}

/** The first name that no branch at another commit has; the very first where all are taken. */
async function firstFree(
  directory: string,
  names: readonly string[],
  from: CommitId,
): Promise<string | undefined> {
  for (const name of names) {
    const at = await commitAt(directory, `refs/heads/${name}`);
    if (at === undefined || at === from) return name;
  }
  return names[0];
}

/**
 * Puts the line's branch at `after` and checks it out, by one process that no signal to us stops halfway. Throws `UserError`
 * ("refused") when the branch has moved, or a file that git does not track is in the way.
 */
export async function startLine(
  line: NewLine,
  { before, after, reason }: { before: CommitId; after: CommitId; reason: string },
): Promise<void> {
  const { directory, branch, checkedOut, exists, ref } = line;
  if (line.how === "advance") return advance(line, { before, after, reason });
  if (!checkedOut) {
    // Nothing but zeros: the branch must not exist.
    const old = exists ? before : "0".repeat(after.length);
    await complaining(directory, () =>
      git(["update-ref", "-m", reason, ref, after, old], { directory, shielded: true }),
    );
    return;
  }
  await complaining(directory, () =>
    git(["checkout", ...checkout, exists ? "-B" : "-b", branch, after, "--"], {
      directory,
      shielded: true,
      workTree: true,
      environment: { GIT_REFLOG_ACTION: reason },
    }),
  );
}

/** Every option by which a repository's configuration could make another thing of it. */
const checkout = ["--quiet", "--no-track", "--no-guess", "--no-recurse-submodules", "--no-overwrite-ignore"];

async function complaining(directory: string, run: () => Promise<unknown>): Promise<void> {
  await run().catch((error: unknown) => {
    throw error instanceof GitError ? refusal(directory, error) : error;
  });
}

async function commitAt(directory: string, ref: string): Promise<CommitId | undefined> {
  const { exitCode, stdout } = await git(["rev-parse", "--quiet", "--verify", `${ref}^{commit}`], {
    directory,
    expect: [0, 1, 128],
  });
  return exitCode === 0 ? stdout.toString("utf8").trim() : undefined;
}

async function requireName(directory: string, branch: string): Promise<void> {
  const { exitCode } = await git(["check-ref-format", `refs/heads/${branch}`], { directory, expect: [0, 1] });
  if (exitCode === 0 && !branch.startsWith("-")) return;
  throw new UserError("usage", { message: `${JSON.stringify(branch)} is no name for a branch` });
}

function taken(directory: string, branch: string): UserError {
  return new UserError("refused", {
    message: `${directory} has a branch ${branch} already, and it is at another commit`,
    where: branch,
    remedy: `Name another with --branch, or check out ${branch} at UPSTREAM_REF if nothing on it is needed.`,
  });
}
