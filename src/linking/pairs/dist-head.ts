import { OperatorError, RetryLater, UserError } from "../../domain/errors.js";
import { type CommitId, repositoryName, type RepositoryRef } from "../../domain/refs.js";
import type { Forge } from "../../forges/forge.js";
import type { Clone } from "./clones.js";
import { missingDistGit, missingTargetBranch } from "../wording/wording.js";

/**
 * Fetches the tip of a dist-git branch into our copy; throws `UserError` ("missing") when branch or repository is not
 * there. That git says so spares asking the forge.
 */
export async function fetchDistTip(
  forge: Forge,
  { store, fetch }: Clone,
  { repository, branch }: { readonly repository: RepositoryRef; readonly branch: string },
): Promise<CommitId> {
  const ref = `refs/heads/${branch}`;
  try {
    await fetch({ remote: await forge.gitRemote(repository), refspecs: [`+${ref}:${ref}`] });
  } catch (error) {
    const name = repositoryName(repository);
    const isMissing = error instanceof UserError && error.kind === "missing";
    if (isMissing && error.where === ref) {
      throw new UserError("missing", missingTargetBranch(name, branch), { cause: error });
    }
    // An app has no token for what is not there.
    const isGone = error instanceof OperatorError && (await forge.findRepository(repository)) === undefined;
    if (!isMissing && !isGone) throw error;
    throw new UserError("missing", missingDistGit(name), { cause: error });
  }
  const tip = await store.resolve(ref);
  if (tip === undefined) throw new RetryLater(`branch ${branch} could not be fetched`);
  return tip;
}
