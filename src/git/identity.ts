import { UserError } from "../domain/errors.js";
import type { Signature } from "./object-store.js";
import { git, GitError } from "./run.js";

/** Who makes a commit in a repository, now, as `git commit` would say: from its variables and the user's configuration. */
export async function readIdentity(directory: string, role: "author" | "committer"): Promise<Signature> {
  try {
    const { stdout } = await git(["var", `GIT_${role.toUpperCase()}_IDENT`], { directory, personal: true });
    const match = /^(.*) <(.*)> (\d+ [+-]\d{4})$/.exec(stdout.toString("utf8").trim());
    if (match !== null) return { name: match[1] ?? "", email: match[2] ?? "", date: match[3] ?? "" };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
  }
  throw new UserError("invalid", {
    message: `git does not know who the ${role} is`,
    where: directory,
    remedy: 'Set user.name and user.email with "git config".',
  });
}
