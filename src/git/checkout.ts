import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import { inspect } from "./local-store.js";
import { git, GitError, gitText } from "./run.js";

/** Where a new commit of somebody's clone goes. */
export interface Destination {
  readonly directory: string;
  /** `refs/heads/main`, or `HEAD` when it is detached. */
  readonly ref: string;
  /** Whether the work tree shows this ref and has to follow it. */
  readonly checkedOut: boolean;
}

/**
 * The branch that is checked out, or the one that is named. Throws `UserError`: "missing" for one that does not exist,
 * "refused" for one that another work tree shows, which would seem to take the commit back.
 */
export async function findDestination(directory: string, branch?: string): Promise<Destination> {
  const [kind, current] = await Promise.all([readKind(directory), readHead(directory)]);
  const bare = kind === "bare";
  if (branch === undefined) return { directory, ref: current, checkedOut: !bare };
  const ref = `refs/heads/${branch}`;
  const found = await git(["show-ref", "--verify", "--quiet", "--", ref], { directory, expect: [0, 1, 128] });
  if (found.exitCode !== 0) {
    throw new UserError("missing", {
      message: `${directory} has no branch ${branch}`,
      where: branch,
      remedy: "Create the branch first, or name another.",
    });
  }
  const checkedOut = !bare && ref === current;
  if (!checkedOut) await requireUnseen(directory, ref);
  return { directory, ref, checkedOut };
}

/** Throws `UserError` ("invalid") for the `.git` folder of a clone, and for a folder inside its work tree. */
export async function readKind(directory: string): Promise<"bare" | "clone"> {
  const { bare, inside, prefix } = await inspect(directory);
  if (prefix !== "") throw await insideOf(directory, prefix.replace(/\/$/, ""));
  if (bare) return "bare";
  if (!inside) return "clone";
  throw new UserError("invalid", {
    message: `${directory} is the inside of a clone`,
    where: directory,
    remedy: "Name the folder that the files are in.",
  });
}

/** Its commits would be made at the top: distributions keep thousands of packages in the folders of one repository. */
async function insideOf(directory: string, prefix: string): Promise<UserError> {
  const top = await gitText(["rev-parse", "--show-toplevel"], { directory });
  return new UserError("invalid", {
    message: `${directory} is a folder inside the repository ${top}`,
    where: prefix,
    remedy: `Name the repository itself. A package that shares it with others needs one of its own: split it off with "git subtree split --prefix ${prefix}", or copy the folder and run "git init" there.`,
  });
}

/** The ref that HEAD names; `HEAD` itself when it is detached. */
export async function readHead(directory: string): Promise<string> {
  const { exitCode, stdout } = await git(["symbolic-ref", "--quiet", "HEAD"], { directory, expect: [0, 1] });
  return exitCode === 0 ? stdout.toString("utf8").trim() : "HEAD";
}

/** Throws `UserError` ("refused") for a branch that another work tree shows. */
export async function requireUnseen(directory: string, ref: string): Promise<void> {
  const workTree = await gitText(["for-each-ref", "--format=%(worktreepath)", ref], { directory });
  // git counts a bare repository as the work tree of its own HEAD.
  const own = await gitText(["rev-parse", "--path-format=absolute", "--git-common-dir"], { directory });
  if (workTree === "" || workTree === own) return;
  throw new UserError("refused", {
    message: `${ref.replace("refs/heads/", "")} is checked out in ${workTree}`,
    where: workTree,
    remedy: "Name that work tree as DIST.",
  });
}

/** Throws `UserError` ("refused") when files that git tracks have changes that are not committed. */
export async function requireClean(destination: Destination): Promise<void> {
  const first = await findUncommitted(destination);
  if (first === undefined) return;
  throw new UserError("refused", {
    message: `${destination.directory} has changes that are not committed`,
    where: first,
    remedy: "Commit or stash them first.",
  });
}

/** The first file of a work tree with a change that is not committed. */
export async function findUncommitted({
  directory,
  checkedOut,
}: Pick<Destination, "directory" | "checkedOut">): Promise<string | undefined> {
  if (!checkedOut) return undefined;
  const { stdout } = await git(
    ["status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=none"],
    { directory, workTree: true },
  ).catch((error: unknown) => {
    throw error instanceof GitError ? refusal(directory, error) : error;
  });
  const [first] = stdout.toString("utf8").split("\0").filter(Boolean);
  return first?.slice(3);
}

/**
 * Moves the destination from `before` to `after`, work tree included, by one process of git that no signal to us stops
 * halfway. Throws `UserError` ("refused") when the branch has moved, or a file that git does not track is in the way.
 */
export async function advance(
  { directory, ref, checkedOut }: Destination,
  { before, after, reason }: { before: CommitId; after: CommitId; reason: string },
): Promise<void> {
  const step = checkedOut
    ? git(["merge", ...fastForward, after], {
        directory,
        shielded: true,
        workTree: true,
        environment: { GIT_REFLOG_ACTION: reason },
      })
    : git(["update-ref", "-m", reason, ref, after, before], { directory, shielded: true });
  await step.catch((error: unknown) => {
    throw error instanceof GitError ? refusal(directory, error) : error;
  });
}

/** Every option by which a repository's `merge.*` or `branch.*.mergeOptions` could make another thing of it. */
const fastForward = [
  "--ff-only",
  "--commit",
  "--no-squash",
  "--no-stat",
  "--no-autostash",
  "--no-verify-signatures",
  "--no-overwrite-ignore",
  "--quiet",
];

/** Whether git could not write, whatever it was to write: that is nobody's bug. */
export function isKeptOut(error: unknown): error is GitError {
  return error instanceof GitError && (mayNot.test(error.stderr) || noRoom.test(error.stderr));
}

const mayNot = /permission denied|insufficient permission|read-only file system/i;
const noRoom = /no space left on device|quota exceeded/i;

/** What git refused to do to a work tree, in our words. */
export function refusal(directory: string, error: GitError): UserError {
  const lines = error.stderr.split("\n");
  const said = lines.find((line) => /^(?:error|fatal): /.test(line)) ?? lines[0] ?? "";
  const files = lines.filter((line) => line.startsWith("\t")).map((line) => line.trim());
  const [, message, remedy] = reasons.find(([pattern]) => pattern.test(error.stderr)) ?? [];
  const why = [said.replace(/^(?:error|fatal): /, ""), said.endsWith(":") ? files.join(", ") : ""];
  return new UserError(
    "refused",
    {
      message: message ?? `the work tree cannot be updated: ${why.filter(Boolean).join(" ")}`,
      where: directory,
      remedy: remedy ?? "See to it, and run the command again.",
    },
    { cause: error },
  );
}

/** What git says, what it means here, and the way out; without a meaning git's own words stand. */
const reasons: readonly (readonly [said: RegExp, message: string | undefined, remedy: string])[] = [
  [
    /dubious ownership/,
    "the repository belongs to somebody else, and git does not touch its files",
    'Work as its owner, or allow it with "git config --global --add safe.directory FOLDER".',
  ],
  [
    mayNot,
    "there is no right to write to the repository",
    "Work as somebody who may write there, or on a clone of your own.",
  ],
  [noRoom, "there is no room left for the repository", "Make room on its disk, and run the command again."],
  [
    /\.lock': File exists|unable to lock|Unable to create .*\.lock/i,
    "another git process is at work in the repository",
    "Run the command again when it has ended; if there is none, remove the .lock file that it left behind.",
  ],
  [
    /Not possible to fast-forward|but expected [0-9a-f]{40}|Diverging branches/i,
    "the branch has moved meanwhile",
    "Run the command again.",
  ],
  [/would be overwritten|untracked working tree/, undefined, "Move what git names out of the way."],
];
