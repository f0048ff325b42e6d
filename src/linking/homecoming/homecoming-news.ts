import { isAncestor } from "../../conversion/ancestry.js";
import type { CommitId } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { Stores } from "./homecoming-clones.js";
import type { HomePlan } from "./homecoming-plan.js";
import type { HomeNews, NamedCommit } from "../wording/homecoming-wording.js";
import type { Homecoming } from "./homecomings.js";

export interface NewsSources {
  readonly homecoming: Homecoming;
  readonly stores: Stores;
  /** dist-git's. */
  readonly tip: CommitId;
  readonly plan: HomePlan;
  /** The branch is left to people; `plan` says what dist-git has beyond it. */
  readonly theirs: boolean;
}

/** What a plan has to say to people. */
export async function newsOf(
  { forges }: { readonly forges: ForgeRegistry },
  { homecoming, stores, tip, plan, theirs }: NewsSources,
): Promise<HomeNews> {
  const { distGit, sourceGit, homeBranch, carriedTip, settledTip } = homecoming;
  const earlier = carriedTip ?? settledTip;
  const distForge = forges.for(distGit.repository);
  const name = async (id: CommitId): Promise<NamedCommit> => {
    const { message } = await stores.dist.readCommit(id);
    const webUrl = distForge.commitUrl({ repository: distGit.repository, commit: id });
    return { id, subject: message.trimStart().split("\n")[0] ?? "", webUrl };
  };
  const brought = plan.outcome === "home" ? plan : plan.outcome === "conflict" ? plan.brought : undefined;
  const commits = await Promise.all((brought?.commits ?? []).map(({ from }) => name(from)));
  const trouble =
    plan.outcome === "conflict" ? { complaint: plan.complaint, commit: await name(plan.commit) } : undefined;
  const isRewritten = earlier !== undefined && !(await isIn(stores.dist, earlier, tip));
  return {
    ...{ distGit, sourceGit, homeBranch },
    commits: theirs ? [] : commits,
    warnings: brought?.warnings ?? [],
    ...(trouble && { trouble }),
    ...(theirs ? { theirs: { missing: commits } } : {}),
    ...(isRewritten ? { rewritten: true } : {}),
    cloneUrls: {
      distGit: (await distForge.gitRemote(distGit.repository)).url,
      sourceGit: (await forges.for(sourceGit.repository).gitRemote(sourceGit.repository)).url,
    },
  };
}

async function isIn(dist: ObjectStore, commit: CommitId, tip: CommitId): Promise<boolean> {
  return (await dist.has(commit)) && isAncestor(dist, commit, tip);
}
