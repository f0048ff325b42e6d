import { layoutOf } from "../../conversion/detect.js";
import { layoutNamed } from "../../conversion/layouts.js";
import { RetryLater } from "../../domain/errors.js";
import { type CommitId, type RepositoryRef, repositoryName } from "../../domain/refs.js";
import type { Forge } from "../../forges/forge.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { Clone, Clones } from "../pairs/clones.js";
import type { HomeWork } from "./homecoming-plan.js";
import type { HomeSides } from "./homecomings.js";
import type { Link } from "../links/links.js";

export interface HomeCloneServices {
  readonly forges: ForgeRegistry;
  readonly clones: Clones;
}

/** The tips that there is to work on, as the forges say. */
export interface FoundTips {
  readonly dist: CommitId;
  readonly source: CommitId;
}

export interface Stores {
  readonly source: ObjectStore;
  readonly dist: ObjectStore;
}

export interface Wanted extends HomeSides {
  readonly tips: FoundTips;
  /** A further branch of source-git that is needed. */
  readonly home: { readonly branch: string; readonly tip: CommitId } | undefined;
}

/** Works on both sides in Sluice's own clones, with all that a conversion needs fetched. */
export async function withBothSides<T>(
  { forges, clones }: HomeCloneServices,
  { sourceGit, distGit, tips, home }: Wanted,
  work: (stores: Stores) => Promise<T>,
): Promise<T> {
  const heads = [{ branch: sourceGit.branch, tip: tips.source }, ...(home === undefined ? [] : [home])];
  return clones.with(sourceGit.repository, async (source) =>
    clones.with(distGit.repository, async (dist) => {
      const from = { forge: forges.for(sourceGit.repository), repository: sourceGit.repository };
      await fetchHeads(source, { ...from, heads, tags: true });
      const there = { forge: forges.for(distGit.repository), repository: distGit.repository };
      await fetchHeads(dist, { ...there, heads: [{ branch: distGit.branch, tip: tips.dist }], tags: false });
      return work({ source: source.store, dist: dist.store });
    }),
  );
}

interface Heads {
  readonly forge: Forge;
  readonly repository: RepositoryRef;
  readonly heads: readonly { readonly branch: string; readonly tip: CommitId }[];
  /** The base is named by a tag. */
  readonly tags: boolean;
}

async function fetchHeads({ store, fetch }: Clone, { forge, repository, heads, tags }: Heads): Promise<void> {
  const refspecs = heads.map(({ branch }) => `+refs/heads/${branch}:refs/heads/${branch}`);
  const remote = await forge.gitRemote(repository);
  await fetch({ remote, refspecs: [...refspecs, ...(tags ? ["+refs/tags/*:refs/tags/*"] : [])] });
  for (const { branch, tip } of heads) {
    if (await store.has(tip)) continue;
    throw new RetryLater(`branch ${branch} of ${repositoryName(repository)} moved while it was fetched`);
  }
}

/** What a conversion is asked; its commits are the same whenever it is asked the same. */
export async function homeWork(
  { source, dist }: Stores,
  asked: {
    readonly link: Link;
    readonly head: CommitId;
    readonly tip: CommitId;
    readonly settled: CommitId | undefined;
    readonly bot: { readonly name: string; readonly email: string };
  },
): Promise<HomeWork> {
  const { link, head, tip, settled, bot } = asked;
  // source-git's own configuration may say another layout than the link does: then nothing is guessed.
  const layout = layoutNamed(await layoutOf({ source, head, dist, tip }, link.entry.layout, "sluice.yml"));
  const { date } = (await dist.readCommit(tip)).committer;
  const committer = { name: bot.name, email: bot.email, date };
  return { source, head, dist, tip, settled, committer, layout };
}
