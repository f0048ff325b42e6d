import type { CommitId } from "../domain/refs.js";
import { git } from "./run.js";

/**
 * Whether a branch contains the commit that is not the one which is checked out: neither that itself, nor the branch that it
 * is pushed to, which may hold what was rewritten since.
 */
export async function isOnOtherBranch(directory: string, commit: CommitId): Promise<boolean> {
  const containing = ["for-each-ref", `--contains=${commit}`, "--format=%(refname) %(symref)"];
  const { stdout } = await git([...containing, "refs/heads", "refs/remotes"], { directory });
  // What is only another name for one has that behind its own, as `origin/HEAD` does.
  const branches = stdout
    .toString("utf8")
    .split("\n")
    .flatMap((line) => /^(\S+) $/.exec(line)?.[1] ?? []);
  if (branches.length === 0) return false;
  const own = new Set([await fullName(directory, "HEAD"), await fullName(directory, "@{upstream}")]);
  return branches.some((branch) => !own.has(branch));
}

/** Empty where there is none. */
async function fullName(directory: string, name: string): Promise<string> {
  const asked = await git(["rev-parse", "--symbolic-full-name", name], { directory, expect: [0, 128] });
  return asked.stdout.toString("utf8").trim();
}
