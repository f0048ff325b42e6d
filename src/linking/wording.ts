import type { CommitStatus } from "../domain/commit-status.js";
import type { Complaint } from "../domain/errors.js";
import type { MergeRequest } from "../domain/merge-request.js";
import { type CommitId, type MergeRequestRef, repositoryName, shortCommit } from "../domain/refs.js";
import { prefix } from "./commands.js";
import { defuseMessage, defuseText, defuseTitle } from "./defuse.js";
import type { Counterpart, Progress } from "./progress.js";

/** Every sentence that Sluice says to people on a forge. */

/** The context of Sluice's own commit status. */
const statusContext = "sluice";

/** The topic of Sluice's one comment on a source-git merge request. */
export const commentTopic = "mirror";

/** What both forges take as the name of a status. */
const contextLength = 255;

/** The status context under which a dist-git result appears in source-git: the dist side's own name, told apart. */
export function relayedContext(context: string): string {
  return shortened(`dist-git/${context}`, contextLength);
}

/** Whether a status of this context was set by Sluice. */
export function isOurContext(context: string): boolean {
  return context === statusContext || context.startsWith("dist-git/");
}

/** The dist-git branch that Sluice pushes for a source-git merge request. */
export function mirrorBranch({ repository, number }: MergeRequestRef): string {
  const name = repository.path
    .split("/")
    .at(-1)
    ?.replace(/[^\w-]+/g, "-");
  return `sluice/${name ?? "merge-request"}-${number}`;
}

/** Sluice's own commit status: one line that says where mirroring stands. */
export function progressStatus(progress: Progress): CommitStatus {
  const status = (state: CommitStatus["state"], description: string, targetUrl?: string): CommitStatus => ({
    context: statusContext,
    state,
    description,
    ...(targetUrl === undefined ? {} : { targetUrl }),
  });
  switch (progress.stage) {
    case "mirroring":
    case "waiting-for-maintainer":
    case "paused":
    case "waiting-for-forge":
      return status("pending", waitingFor(progress));
    case "not-linked":
      return status("success", `not mirrored: branch ${progress.branch} is not linked`);
    case "nothing-to-mirror":
      return status("success", `nothing to mirror: ${progress.distGit.path} would not change`);
    case "mirrored":
      return status(
        "success",
        `mirrored as ${counterpartName(progress.counterpart)}`,
        progress.counterpart.webUrl,
      );
    case "dist-ended":
    case "source-ended":
      return status(
        "success",
        `${counterpartName(progress.counterpart)}: ${endings[progress.stage][progress.how].short}`,
        progress.counterpart.webUrl,
      );
    case "left-behind":
      return status("failure", leftBehind(progress).short, progress.counterpart.webUrl);
    case "failed":
      return status("failure", `not mirrored: ${progress.complaint.message}`);
    case "broken":
      return status("error", "not mirrored: Sluice's operator has to help");
  }
}

/** The comment in source-git; `undefined` where the commit status says enough. */
export function progressComment(progress: Progress): string | undefined {
  switch (progress.stage) {
    case "mirroring":
      return undefined;
    case "not-linked":
      return progress.withdrawn && withdrawn(progress.branch, progress.withdrawn);
    case "waiting-for-forge":
      // GitLab keeps the description that a pending status began with, so the status alone could not say it.
      return "**Waiting for a forge** that does not answer or asks for a pause. Sluice tries again by itself.";
    case "paused":
      return `**Paused** by \`${progress.by.replace(/`/g, "")}\`: nothing is carried over until \`${prefix} resume\`.`;
    case "waiting-for-maintainer":
      return waitingText(progress.head);
    case "nothing-to-mirror":
      return (
        `**Nothing to mirror.** This merge request changes nothing that dist-git holds: branch \`${progress.branch}\` of ` +
        `\`${repositoryName(progress.distGit)}\` would stay as it is.`
      );
    case "mirrored":
      return [
        `**Mirrored** as ${counterpartLink(progress.counterpart)}. Its CI results appear here as commit statuses named ` +
          "`dist-git/…`; new commits are carried over.",
        ...progress.warnings.map((warning) => `> [!NOTE]\n> ${quoteSafe(warning)}`),
      ].join("\n\n");
    case "dist-ended":
    case "source-ended":
      return endings[progress.stage][progress.how].long(counterpartLink(progress.counterpart));
    case "left-behind":
      return leftBehind(progress).long;
    case "failed":
      return complaintText(progress.complaint);
    case "broken":
      return (
        "**Not mirrored.** Something went wrong that only Sluice's operator can mend; it is in Sluice's log, and the work " +
        "is kept. Nothing is asked of you."
      );
  }
}

type Unfinished = Extract<
  Progress,
  { readonly stage: "mirroring" | "waiting-for-maintainer" | "paused" | "waiting-for-forge" }
>;

function waitingFor(progress: Unfinished): string {
  if (progress.stage === "mirroring") return "mirroring…";
  if (progress.stage === "waiting-for-maintainer") return "waiting for a maintainer";
  if (progress.stage === "paused") return `paused by ${progress.by}`;
  return "a forge does not answer; Sluice tries again by itself";
}

function waitingText(head: CommitId): string {
  return [
    "**Waiting for a maintainer.** This merge request comes from a fork to which people without write access to this " +
      "repository can push, and dist-git's CI may hold secrets, so it is not mirrored by itself.",
    `Somebody with write access here or in dist-git can look at ${shortCommit(head)} and comment ` +
      `\`${prefix} trust ${shortCommit(head)}\`; every later push has to be looked at anew. A link with ` +
      "`trust: everyone` in `sluice.yml` mirrors everybody's.",
  ].join("\n\n");
}

const endings = {
  "dist-ended": {
    closed: {
      short: "closed in dist-git",
      long: (link: string) =>
        `**Stopped.** ${link} was closed in dist-git, so nothing more is carried over. Reopen it there, and the next push ` +
        "here goes on.",
    },
    merged: {
      short: "merged in dist-git",
      long: (link: string) =>
        `**Merged in dist-git.** ${link} was merged. Further commits here need a new merge request.`,
    },
  },
  "source-ended": {
    closed: {
      short: "closed with this merge request",
      long: (link: string) =>
        `**Closed.** ${link} was closed with this merge request; reopening this one reopens it.`,
    },
    merged: {
      short: "stays open in dist-git",
      long: (link: string) => `**Merged here.** ${link} is left for dist-git's maintainers to merge.`,
    },
  },
};

function leftBehind({ head, counterpart }: Progress & { stage: "left-behind" }) {
  const commit = shortCommit(head);
  return {
    short: `merged before ${commit} was mirrored`,
    long:
      `**Merged too soon.** This merge request was merged before ${commit} was carried over: ` +
      `${counterpartLink(counterpart)} stands for an earlier state. A new merge request here carries over what is missing.`,
  };
}

function withdrawn(branch: string, counterpart: Counterpart): string {
  return (
    `**Not mirrored any more.** Branch \`${branch}\` is not linked to dist-git, so ${counterpartLink(counterpart)} was ` +
    "closed. A target branch that is linked brings it back."
  );
}

function complaintText({ message, where, remedy }: Complaint): string {
  return [
    `**Not mirrored:** ${quoteSafe(message)}.`,
    ...(where === undefined ? [] : [`Where: \`${where.replace(/[`\n]/g, "'")}\``]),
    ...(remedy === undefined ? [] : [`How to go on: ${quoteSafe(remedy)}`]),
    "Nothing was changed in dist-git. A new push to this merge request tries again.",
  ].join("\n\n");
}

/** Messages carry file names and git's words, which people influence. */
function quoteSafe(text: string): string {
  return defuseText(text.trim().replace(/\.$/, "")).replace(/\n+/g, "\n> ");
}

/** `rpms/hello!7`. */
function counterpartName({ ref, sigil }: Counterpart): string {
  return `${ref.repository.path}${sigil}${ref.number}`;
}

function counterpartLink(counterpart: Counterpart): string {
  return `[${counterpartName(counterpart)}](${counterpart.webUrl})`;
}

/** The title of the dist-git merge request. */
export function mirrorTitle({ title }: MergeRequest): string {
  return defuseTitle(title);
}

/** Sluice's own part of a description, which follows source-git; what people write around it stays. */
const ownPart = { begin: "<!-- sluice:mirrored -->", end: "<!-- /sluice:mirrored -->" };

/** A description with Sluice's part replaced by that of another; where people took its marks away, it stays as it is. */
export function withOwnPart(description: string, mirrored: string): string {
  const begin = description.indexOf(ownPart.begin);
  const end = description.indexOf(ownPart.end, begin);
  if (begin < 0 || end < 0) return description;
  return description.slice(0, begin) + mirrored + description.slice(end + ownPart.end.length);
}

/** The description of the dist-git merge request: the original, made harmless, and where it comes from. */
export function mirrorDescription(mergeRequest: MergeRequest, limit: number): string {
  const footer =
    `Mirrored by Sluice from [${repositoryName(mergeRequest.ref.repository)} ${mergeRequest.ref.number}]` +
    `(${mergeRequest.webUrl}), opened there by \`${mergeRequest.author.login.replace(/`/g, "")}\`. Please discuss ` +
    "changes there: this branch is written anew with every push to it.";
  const begin = `${ownPart.begin}\n`;
  const end = `${footer}\n${ownPart.end}`;
  const line = "\n\n---\n\n";
  // The forge would cut at the end, where the way back is.
  const room = limit - begin.length - line.length - end.length;
  const original = shortened(defuseText(mergeRequest.description).trim(), room);
  return begin + (original === "" ? end : original + line + end);
}

function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Not in the middle of a character of two units.
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** The message of the dist-git commit; the conversion adds its trailer. */
export function mirrorCommitMessage(mergeRequest: MergeRequest): string {
  const description = defuseMessage(mergeRequest.description).trim();
  const subject = defuseTitle(mergeRequest.title);
  return description === "" ? subject : `${subject}\n\n${description}`;
}

/** Sluice's branch holds a commit that it did not make. */
export function foreignBranch(branch: string, tip: CommitId): Complaint {
  return {
    message: `somebody else pushed to the dist-git branch ${branch}`,
    where: `${branch} at ${shortCommit(tip)}`,
    remedy:
      "Remove that branch in dist-git once its commits are safe elsewhere; then push to this merge request again.",
  };
}

export function missingTargetBranch(repository: string, branch: string): Complaint {
  return {
    message: `dist-git has no branch ${branch}`,
    where: repository,
    remedy: `Create branch ${branch} in ${repository}, or map the source branch to another one in sluice.yml.`,
  };
}
