import { mergeBase } from "./ancestry.js";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import type { SourceGitConfiguration } from "./configuration.js";

/**
 * The commit that `upstream_ref` names: a tag before a branch of the same name, else any revision. Throws `UserError`
 * ("missing") when the repository lacks it: forks often come without upstream's tags.
 */
export async function findBase(
  store: ObjectStore,
  { file, upstreamRef }: SourceGitConfiguration,
): Promise<CommitId> {
  const base =
    (await store.resolve(`refs/tags/${upstreamRef}`)) ??
    (await store.resolve(upstreamRef)) ??
    (await store.resolve(`refs/remotes/${upstreamRef}`)) ??
    (await store.resolve(`refs/remotes/origin/${upstreamRef}`));
  if (base !== undefined) return base;
  throw new UserError("missing", {
    message: `upstream_ref ${upstreamRef} is neither a tag nor a commit of the source-git repository`,
    where: file,
    remedy:
      (await wholeHistory(store)) ??
      `Push the tag to the repository (forks often lack upstream's tags), or correct upstream_ref in ${file}.`,
  });
}

/** Throws `UserError` ("invalid") when head and base have no history in common: nothing could be counted from there. */
export async function requireCommonHistory(
  store: ObjectStore,
  { base, head, file }: { base: CommitId; head: CommitId; file: string },
): Promise<void> {
  if ((await mergeBase(store, base, head)) !== undefined) return;
  throw new UserError("invalid", {
    message: "the branch and its upstream_ref have no common history",
    where: file,
    remedy:
      (await wholeHistory(store)) ??
      `Name the upstream commit that the branch was started from as upstream_ref in ${file}.`,
  });
}

/** The way out of what a shallow clone lacks; `undefined` for a whole one. */
async function wholeHistory(store: ObjectStore): Promise<string | undefined> {
  const { stdout } = await store.git(["rev-parse", "--is-shallow-repository"]);
  const isShallow = stdout.toString("utf8").trim() === "true";
  return isShallow ? 'The clone is shallow: fetch the rest with "git fetch --unshallow --tags".' : undefined;
}

/** A commit of upstream, and how it is to be named in a configuration. */
export interface Upstream {
  readonly commit: CommitId;
  /** A tag as it was given; what else can move, and so its commit stands for it. */
  readonly name: string;
}

/** The commit that somebody names on the command line. Throws `UserError` ("missing") for one that there is not. */
export async function findUpstream(store: ObjectStore, name: string): Promise<Upstream> {
  const tagged = await store.resolve(`refs/tags/${name.replace(/^refs\/tags\//, "")}`);
  if (tagged !== undefined) return { commit: tagged, name: name.replace(/^refs\/tags\//, "") };
  const commit = (await store.resolve(name)) ?? (await store.resolve(`refs/remotes/origin/${name}`));
  if (commit !== undefined) return { commit, name: commit };
  throw new UserError("missing", {
    message: `${name} is neither a tag nor a commit of the clone of upstream`,
    where: name,
    remedy: "Fetch upstream's tags, or name the commit that dist-git's archive was made of.",
  });
}
