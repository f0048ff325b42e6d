import { commitsAhead } from "../../conversion/status.js";
import { isAncestor } from "../../conversion/ancestry.js";
import type { BroughtHome, DistToSource, HomeCommit, Layout } from "../../conversion/layout.js";
import type { CommitToCarry } from "../../conversion/pending.js";
import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import { OutOfTime, withDeadline } from "../../git/deadline.js";
import type { ObjectStore } from "../../git/object-store.js";
import { trailerValues } from "../../git/trailers.js";

/** What would come home, and from where. */
export interface HomeWork extends Omit<DistToSource, "since"> {
  readonly layout: Layout;
  /** Up to where source-git is known to have everything of dist-git, whatever the trailers say. */
  readonly settled: CommitId | undefined;
}

export type HomePlan =
  /** source-git has all that dist-git changed. */
  | { readonly outcome: "in-step" }
  | ({ readonly outcome: "home" } & BroughtHome)
  /** `brought` is what comes home before the commit that does not fit. */
  | {
      readonly outcome: "conflict";
      readonly complaint: UserError;
      readonly commit: CommitId;
      readonly brought: BroughtHome;
    };

/**
 * dist-git's commits that no commit of source-git tells of, oldest first; `undefined` where nobody knows what is new, for no
 * commit of one side names one of the other. Throws `UserError` for repositories that cannot be read.
 */
export async function ownCommits(work: HomeWork): Promise<readonly CommitToCarry[] | undefined> {
  const { point, dist } = await commitsAhead(work, work.layout);
  return point === undefined ? undefined : dist;
}

/** Minutes that this may take, so that no repository keeps the others waiting. */
const longest = 5;

/** What has to be done for source-git to have all of dist-git; what does not fit, or takes too long, is a value. */
export async function planHome(
  work: HomeWork,
  own: readonly CommitToCarry[],
  minutes = longest,
): Promise<HomePlan> {
  try {
    return await withDeadline(minutes * 60, () => plan(work, own));
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    const complaint = new UserError(
      "refused",
      {
        message: `bringing dist-git's changes home took longer than ${minutes} minutes, so Sluice gave up`,
        where: `dist-git's commit ${shortCommit(work.tip)}`,
        remedy: "On the command line it may take as long as it needs.",
      },
      { cause: error },
    );
    const brought = { head: work.head, commits: [], warnings: [] };
    return { outcome: "conflict", complaint, commit: work.tip, brought };
  }
}

async function plan(work: HomeWork, own: readonly CommitToCarry[]): Promise<HomePlan> {
  const brought = await tryBringing(work);
  if (!(brought instanceof UserError)) {
    return (await isNothing(work, brought)) ? inStep : { outcome: "home", ...brought };
  }
  const line = own.filter(({ onFirstParentLine }) => onFirstParentLine);
  return { outcome: "conflict", ...(await untilTrouble(work, { line, complaint: brought })) };
}

const inStep = { outcome: "in-step" } as const;

/** What is wrong is the answer, where it cannot be. */
async function tryBringing(work: HomeWork): Promise<BroughtHome | UserError> {
  const told = await attempt(work, undefined);
  const { settled, dist, tip } = work;
  if (settled === undefined || (!(told instanceof UserError) && (await isNothing(work, told)))) return told;
  // A squash may have lost the trailers of what was merged; what Sluice brought itself, it knows.
  if (!(await dist.has(settled)) || !(await isAncestor(dist, settled, tip))) return told;
  const known = await attempt(work, settled);
  return known instanceof UserError ? told : known;
}

async function attempt(
  { layout, settled: _, ...request }: HomeWork,
  since: CommitId | undefined,
): Promise<BroughtHome | UserError> {
  try {
    return await layout.distToSource({ ...request, since });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** So many commits from the end are tried without the later ones. */
const tried = 20;

/** What comes home before the first commit that does not, and what is wrong with that one. */
async function untilTrouble(
  work: HomeWork,
  { line, complaint }: { readonly line: readonly CommitToCarry[]; readonly complaint: UserError },
): Promise<{ complaint: UserError; commit: CommitId; brought: BroughtHome }> {
  let trouble = { complaint, commit: line.at(-1)?.id ?? work.tip };
  for (const { id } of line.slice(0, -1).slice(-tried).reverse()) {
    const brought = await tryBringing({ ...work, tip: id });
    if (!(brought instanceof UserError)) return { ...trouble, brought };
    trouble = { complaint: brought, commit: id };
  }
  return { ...trouble, brought: { head: work.head, commits: [], warnings: [] } };
}

/** Commits that would only say of each of dist-git's that source-git has it are nothing that anybody needs to merge. */
async function isNothing(
  { source, head }: HomeWork,
  { head: brought, commits }: BroughtHome,
): Promise<boolean> {
  if (brought === head) return true;
  const [before, after] = [await source.readCommit(head), await source.readCommit(brought)];
  if (before.tree !== after.tree) return false;
  for (const id of commits.flatMap(({ to }: HomeCommit) => to)) {
    if (await saysMore(source, id)) return false;
  }
  return true;
}

/** Names and numbers of patches may change where no file does. */
async function saysMore(source: ObjectStore, id: CommitId): Promise<boolean> {
  const { message } = await source.readCommit(id);
  return ["Amends-patch", "Patch-name"].some((key) => trailerValues(message, key).length > 0);
}
