import { distCommitTrailer } from "../../conversion/commit.js";
import type { CommitStatus } from "../../domain/commit-status.js";
import type { Complaint } from "../../domain/errors.js";
import { type CommitId, repositoryName, shortCommit } from "../../domain/refs.js";
import { textCell } from "./cells.js";
import { defuseTitle } from "./defuse.js";
import { paragraphs } from "./phrases.js";
import { quoteSafe, warningNotes } from "./progress-wording.js";
import type { HomeSides } from "../homecoming/homecomings.js";
import { statusContext, wholeContext } from "./wording.js";

/** Every sentence that Sluice says of dist-git's own changes on their way home. */

/** What the merge request that brings dist-git's changes home has to say. */
export interface HomeNews extends HomeSides {
  readonly homeBranch: string;
  /** dist-git's commits that its branch brings, oldest first. */
  readonly commits: readonly NamedCommit[];
  readonly warnings: readonly string[];
  /** What does not fit, and from which dist-git commit on. */
  readonly trouble?: { readonly complaint: Complaint; readonly commit: NamedCommit };
  /** People pushed to its branch; what dist-git has beyond it, oldest first. */
  readonly theirs?: { readonly missing: readonly NamedCommit[] };
  /** dist-git's branch does not contain any more what came home before. */
  readonly rewritten?: boolean;
  /** Where both sides are cloned from, for the way out. */
  readonly cloneUrls: { readonly distGit: string; readonly sourceGit: string };
}

export interface NamedCommit {
  readonly id: CommitId;
  readonly subject: string;
  readonly webUrl: string;
}

const prefix = "sluice/";

/** Whether Sluice made the branch: what happens there comes from itself. */
export function isOurBranch(branch: string): boolean {
  return branch.startsWith(prefix);
}

/** The source-git branch on which dist-git's changes come home to another. */
export function homeBranchFor(sourceBranch: string): string {
  return `${prefix}from-dist-${sourceBranch}`;
}

/** Shorter than any forge's limit, so that it is found as it was given. */
const titleLength = 200;

export function homeTitle({ commits, trouble, theirs, distGit }: HomeNews): string {
  const all = [...commits, ...(theirs?.missing ?? []), ...(trouble === undefined ? [] : [trouble.commit])];
  const [only] = all;
  const title =
    only !== undefined && all.length === 1
      ? `Bring home from dist-git: ${defuseTitle(only.subject)}`
      : `Bring dist-git's changes of ${defuseTitle(distGit.branch)} home`;
  // Not in the middle of a character of two units.
  return title
    .slice(0, titleLength)
    .replace(/[\ud800-\udbff]$/, "")
    .trim();
}

/**
 * Of the merge request itself, and of dist-git's CI: it has nothing to say of what dist-git has already, and a rule that requires
 * its name must not wait for ever.
 */
export function homeStatuses(news: HomeNews): readonly CommitStatus[] {
  const own = homeStatus(news);
  const ofResults =
    own.state === "success"
      ? ({ state: "skipped", description: "comes from dist-git" } as const)
      : ({ state: "pending", description: "waits until all of dist-git's changes are here" } as const);
  return [own, { context: wholeContext, ...ofResults }];
}

function homeStatus({ commits, trouble, theirs }: HomeNews): CommitStatus {
  if (trouble !== undefined) {
    return {
      context: statusContext,
      state: "failure",
      description: `needs a hand: ${trouble.complaint.message}`,
    };
  }
  if (theirs !== undefined && theirs.missing.length > 0) {
    const description = `lacks ${counted(theirs.missing.length)} of dist-git`;
    return { context: statusContext, state: "failure", description };
  }
  const brings = theirs === undefined ? counted(commits.length) : "all";
  const description = `brings ${brings} of dist-git home; nothing to mirror`;
  return { context: statusContext, state: "success", description };
}

/** What the commit says that stands on a branch on which nothing could be brought. */
export function emptyHomeMessage({ distGit, trouble }: Pick<HomeNews, "distGit" | "trouble">): string {
  const reason = defuseTitle(trouble?.complaint.message ?? "");
  return `Ask for dist-git's changes of ${distGit.branch}\n\nThis commit is empty. ${reason}.\n`;
}

export function homeDescription(news: HomeNews): string {
  return paragraphs(
    opening(news),
    list(news.commits),
    ...(news.trouble === undefined ? [] : troubleText(news, news.trouble)),
    ...(news.theirs === undefined ? [] : theirsText(news, news.theirs)),
    news.rewritten === true
      ? "> [!NOTE]\n> dist-git's branch was rewritten: commits that came home earlier are not in it any more."
      : "",
    ...warningNotes(news.warnings),
    news.trouble === undefined ? closing : "",
  );
}

const closing =
  `Merging this brings both in step again. Please keep the trailers \`${distCommitTrailer}\` of its commits, also in a ` +
  "squash: they say what came home. What dist-git does meanwhile is added here; nothing of this is mirrored back.";

function opening({ distGit, commits, theirs }: HomeNews): string {
  const where = `Branch \`${plain(distGit.branch)}\` of \`${repositoryName(distGit.repository)}\``;
  if (theirs !== undefined && commits.length === 0) {
    return `**dist-git's own changes.** ${where} has changes that source-git lacks.`;
  }
  if (commits.length === 0) return `**dist-git's own changes.** ${where} has changes that do not fit here.`;
  return `**dist-git's own changes.** ${where} has what source-git lacks; this brings ${counted(commits.length)} of it home:`;
}

function troubleText(
  news: HomeNews,
  { complaint, commit }: NonNullable<HomeNews["trouble"]>,
): readonly string[] {
  const { message, where, remedy } = complaint;
  return [
    `**Needs a hand:** ${quoteSafe(message)}.`,
    `dist-git's commit: ${linkTo(commit)}`,
    where === undefined ? "" : `Where: \`${plain(where)}\``,
    // What stands below says more than that it takes a commit by hand.
    remedy === undefined || remedy.includes(distCommitTrailer) ? "" : `How to go on: ${quoteSafe(remedy)}.`,
    `To resolve it on this branch, in a checkout of Sluice:\n\n${byHand(news, commit)}`,
    "Sluice then leaves the branch to you, and marks this as ready once it holds all of dist-git's changes.",
  ];
}

/** From Sluice's own checkout, which has the command line tool. */
function byHand({ distGit, homeBranch, cloneUrls }: HomeNews, commit?: NamedCommit): string {
  const [branch, home] = [shellSafe(distGit.branch), shellSafe(homeBranch)];
  const change =
    commit === undefined
      ? []
      : [
          `git -C dist-git show ${commit.id}`,
          "# make this change in source-git by hand, then:",
          "git -C source-git add --all",
          'git -C source-git commit -m "Take over a change of dist-git" \\',
          `    -m "${distCommitTrailer}: ${commit.id}"`,
          "# what dist-git has after it:",
        ];
  const lines = [
    `git clone --branch ${branch} ${cloneUrls.distGit} dist-git`,
    `git clone --branch ${home} ${cloneUrls.sourceGit} source-git`,
    ...change,
    "bin/sluice update-source-git dist-git source-git",
    `git -C source-git push origin ${home}`,
  ];
  return lines.map((line) => `    ${line}`).join("\n");
}

function theirsText(news: HomeNews, { missing }: NonNullable<HomeNews["theirs"]>): readonly string[] {
  const left = "**People pushed to this branch,** so Sluice leaves it as it is.";
  if (news.trouble !== undefined) return [left];
  if (missing.length === 0) return [`${left} It holds all of dist-git's changes.`];
  return [
    `${left} dist-git has ${counted(missing.length)} that it does not hold yet:`,
    list(missing),
    `To add them:\n\n${byHand(news)}`,
  ];
}

/** Said once more where the merge request ends without being merged. */
export const homeClosings = {
  overtaken: (branch: string) =>
    `**Closed.** source-git has all of dist-git's branch \`${plain(branch)}\` by now, so there is nothing left to bring home.`,
  gone: (branch: string) =>
    `**Closed.** dist-git has no branch \`${plain(branch)}\` any more. This branch is left as it is.`,
};

/** What a merge request is told while dist-git has changes of its own. */
export function driftText(
  distGit: HomeSides["distGit"],
  home: { readonly webUrl: string } | undefined,
): string {
  const where = `dist-git's branch \`${plain(distGit.branch)}\` has changes of its own that source-git lacks`;
  return home === undefined
    ? `**Drift:** ${where}.`
    : `**Drift:** ${where}; [this merge request](${home.webUrl}) brings them home.`;
}

export function driftWaits({ branch }: HomeSides["distGit"]): string {
  return (
    `**Drift:** dist-git's branch \`${plain(branch)}\` holds this already. What dist-git changed by itself since comes ` +
    "home once this merge request is merged or closed."
  );
}

export function staleText({ branch }: HomeSides["distGit"], tip: CommitId): string {
  return (
    `dist-git's branch \`${plain(branch)}\` moved on to ${shortCommit(tip)} in a way that conflicts with what was mirrored, ` +
    "so this was converted anew on top of it."
  );
}

const listed = 30;

function list(commits: readonly NamedCommit[]): string {
  const lines = commits.slice(0, listed).map((commit) => `- ${linkTo(commit)}`);
  if (commits.length > listed) lines.push(`- and ${commits.length - listed} more`);
  return lines.join("\n");
}

function linkTo({ id, subject, webUrl }: NamedCommit): string {
  return `[\`${shortCommit(id)}\`](${webUrl}) ${textCell(subject)}`;
}

function counted(count: number): string {
  return count === 1 ? "1 commit" : `${count} commits`;
}

/** Inside of backquotes. */
function plain(text: string): string {
  return text.replace(/[`\n]/g, "'");
}

/** A branch may have any name that git takes; what a shell would read is quoted. */
function shellSafe(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}
