import { readStatus, type SyncStatus } from "../../conversion/status.js";
import { UserError } from "../../domain/errors.js";
import { type CommitId, repositoryName, type RepositoryRef, sameRepository } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { listRefs } from "../../git/remotes.js";
import type { Clones } from "../pairs/clones.js";
import { homeBranchFor, isOurBranch } from "../wording/homecoming-wording.js";
import { homeWork, withBothSides } from "../homecoming/homecoming-clones.js";
import { findOrigins } from "../homecoming/home-origins.js";
import { ownCommits, planHome } from "../homecoming/homecoming-plan.js";
import { type Homecoming, type Homecomings, type HomeSides } from "../homecoming/homecomings.js";
import { distBranch, type Link, type Links } from "../links/links.js";
import type { Pairs } from "../pairs/pairs.js";

export interface LinkStatusServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly clones: Clones;
  readonly pairs: Pairs;
  readonly homecomings: Homecomings;
}

/** Which branches are asked for: of a repository, source-git or dist-git. */
export interface Asked {
  readonly repository: RepositoryRef;
  /** Of source-git; all unless given. */
  readonly branch: string | undefined;
}

/** Where a source-git branch and the dist-git branch that it leads to stand. */
export interface BranchStatus extends HomeSides {
  /** A branch may be missing on a side, or a side may be unreadable: then `problem` says it. */
  readonly status: SyncStatus | undefined;
  readonly problem: string | undefined;
  /** The side that has no such branch; source-git, where neither has. */
  readonly missing: "source-git" | "dist-git" | undefined;
  /** The open source-git merge request of which dist-git merged the other side first: all else waits for it. */
  readonly waitsFor: string | undefined;
  /** The merge request that brings dist-git's own changes home. */
  readonly home: { readonly webUrl: string; readonly title: string; readonly draft: boolean } | undefined;
}

/** Throws `UserError` ("missing") for a repository that no link has, and for a branch that is not there. */
export async function linkStatus(
  services: LinkStatusServices,
  asked: Asked,
): Promise<readonly BranchStatus[]> {
  const { links } = services;
  const found = [...links.from(asked.repository), ...links.to(asked.repository)];
  if (found.length === 0) {
    throw new UserError("missing", {
      message: `no link has the repository ${repositoryName(asked.repository)}`,
      where: repositoryName(asked.repository),
      remedy: "Name one as sluice.yml does: the forge's name and the path.",
    });
  }
  const statuses: BranchStatus[] = [];
  const seen: HomeSides[] = [];
  for (const link of found) {
    for (const sides of await sidesOf(services, { link, branch: asked.branch })) {
      // The first link that has a branch carries it.
      if (seen.some((other) => isSameSource(other, sides))) continue;
      seen.push(sides);
      statuses.push(await statusOf(services, { link, sides }));
    }
  }
  const isThere = statuses.some(({ missing }) => missing !== "source-git");
  if (isThere || asked.branch === undefined) return statuses;
  throw await unknownBranch(services, { ...asked, branch: asked.branch }, { found, statuses });
}

/** So many branches are named to whoever asked for one that is not there. */
const mostNamed = 20;

async function unknownBranch(
  services: LinkStatusServices,
  { repository, branch }: Asked & { readonly branch: string },
  { found, statuses }: { readonly found: readonly Link[]; readonly statuses: readonly BranchStatus[] },
): Promise<UserError> {
  const [link] = found;
  const there = link ? await heads(services, link.sourceGit) : [];
  const known = there.filter((name) => !isOurBranch(name) && link && distBranch(link, name) !== undefined);
  const more = known.length > mostNamed ? ` and ${known.length - mostNamed} more` : "";
  const source = repositoryName(link?.sourceGit ?? repository);
  const message =
    statuses.length > 0 ? `source-git has no branch ${branch}` : `no link carries branch ${branch}`;
  return new UserError("missing", {
    message,
    where: source,
    remedy:
      known.length === 0
        ? "Name a branch of source-git that branches in sluice.yml leads to dist-git."
        : `Name a linked branch of source-git: ${known.slice(0, mostNamed).join(", ")}${more}.`,
  });
}

function isSameSource(one: HomeSides, other: HomeSides): boolean {
  const [a, b] = [one.sourceGit, other.sourceGit];
  return a.branch === b.branch && sameRepository(a.repository, b.repository);
}

interface Branches {
  readonly link: Link;
  readonly branch: string | undefined;
}

/** The branches that source-git has and dist-git, too; one that is asked for by name is shown wherever it is. */
async function sidesOf(
  services: LinkStatusServices,
  { link, branch }: Branches,
): Promise<readonly HomeSides[]> {
  if (branch !== undefined) return sidesWith(link, [branch]);
  const named = link.entry.branches.flatMap(([from]) => (from.includes("*") ? [] : [from]));
  const [source, dist] = [await heads(services, link.sourceGit), await heads(services, link.distGit)];
  const common = sidesWith(link, source).filter(({ distGit }) => dist.includes(distGit.branch));
  const wanted = sidesWith(link, named);
  return [...wanted, ...common.filter((sides) => !wanted.some((other) => isSameSource(other, sides)))];
}

function sidesWith(link: Link, branches: readonly string[]): readonly HomeSides[] {
  return branches.flatMap((branch) => {
    const there = distBranch(link, branch);
    if (there === undefined || isOurBranch(branch)) return [];
    const sourceGit = { repository: link.sourceGit, branch };
    return [{ sourceGit, distGit: { repository: link.distGit, branch: there } }];
  });
}

async function heads(
  { forges, clones }: LinkStatusServices,
  repository: RepositoryRef,
): Promise<readonly string[]> {
  const remote = await forges.for(repository).gitRemote(repository);
  const refs = await clones.with(repository, ({ store }) => listRefs(store, remote, ["refs/heads/*"]));
  return [...refs.keys()].map((ref) => ref.slice("refs/heads/".length));
}

interface Comparing {
  readonly link: Link;
  readonly sides: HomeSides;
}

async function statusOf(services: LinkStatusServices, comparing: Comparing): Promise<BranchStatus> {
  const { sourceGit, distGit } = comparing.sides;
  const tips = { source: await tipOf(services, sourceGit), dist: await tipOf(services, distGit) };
  const home = await homeOf(services, comparing.sides);
  const blank = { ...comparing.sides, home, status: undefined, waitsFor: undefined, missing: undefined };
  const lacking = (missing: "source-git" | "dist-git", branch: string) => {
    return { ...blank, missing, problem: `${missing} has no branch ${branch}` };
  };
  if (tips.source === undefined) return lacking("source-git", sourceGit.branch);
  if (tips.dist === undefined) return lacking("dist-git", distGit.branch);
  try {
    const { source, dist } = tips;
    const compared = await compare(services, { ...comparing, tips: { source, dist } });
    const problem = await problemOf(services, comparing.sides);
    return { ...blank, ...compared, problem };
  } catch (error) {
    if (error instanceof UserError) return { ...blank, problem: error.message };
    throw error;
  }
}

function tipOf({ forges }: LinkStatusServices, { repository, branch }: HomeSides["distGit"]) {
  return forges.for(repository).findBranch(repository, branch);
}

async function homeOf(
  { forges }: LinkStatusServices,
  { sourceGit }: HomeSides,
): Promise<BranchStatus["home"]> {
  const { repository, branch } = sourceGit;
  const forge = forges.for(repository);
  const filter = { state: "open", sourceBranch: homeBranchFor(branch), targetBranch: branch } as const;
  for await (const { source, webUrl, title, draft } of forge.listMergeRequests(repository, filter)) {
    if (source.repository && sameRepository(source.repository, repository)) return { webUrl, title, draft };
  }
  return undefined;
}

interface Tips {
  readonly source: CommitId;
  readonly dist: CommitId;
}

async function recordOf(
  { homecomings }: LinkStatusServices,
  { distGit, sourceGit }: HomeSides,
): Promise<Homecoming | undefined> {
  const known = await homecomings.from(distGit);
  return known.find((each) => isSameSource(each, { distGit, sourceGit }));
}

/** What kept dist-git's changes from coming home. */
async function problemOf(services: LinkStatusServices, sides: HomeSides): Promise<string | undefined> {
  const known = await recordOf(services, sides);
  return known?.state === "blocked" ? known.problem : undefined;
}

/** As for two folders, but that what came from source-git under another name does not count. */
async function compare(
  services: LinkStatusServices,
  { link, sides, tips }: Comparing & { readonly tips: Tips },
): Promise<Pick<BranchStatus, "status" | "waitsFor">> {
  const bot = { name: "sluice", email: "sluice@localhost" };
  const settled = (await recordOf(services, sides))?.settledTip;
  return withBothSides(services, { ...sides, tips, home: undefined }, async (stores) => {
    const work = await homeWork(stores, { link, head: tips.source, tip: tips.dist, settled, bot });
    const status = await readStatus({ ...work, target: work.head }, work.layout);
    const own = await ownCommits(work);
    if (status.dist.ahead === 0 || own === undefined) return { status, waitsFor: undefined };
    const { distGit } = sides;
    const { open, merged } = await findOrigins(services, { dist: stores.dist, distGit, own });
    const waitsFor = open?.webUrl;
    const plan = await planHome({ ...work, fromSource: merged }, own);
    if (plan.outcome !== "in-step") return { status, waitsFor };
    const state = status.source.ahead > 0 ? "source-ahead" : "in-step";
    return { status: { ...status, state, dist: { ahead: 0, first: undefined } }, waitsFor };
  });
}
