import type { CommitStatus } from "../../domain/commit-status.js";
import type { Complaint } from "../../domain/errors.js";
import {
  type CommitId,
  type CommitRef,
  repositoryName,
  type RepositoryRef,
  shortCommit,
} from "../../domain/refs.js";
import { codeCell, plainName, shortened } from "./cells.js";
import { defuseText } from "./defuse.js";
import type { DistEnded, MergeTried, Mirrored, Progress, Renamed } from "../telling/progress.js";
import { mergeWaits, moment } from "./merge-wording.js";
import { linkTo, nameOf, paragraphs, type Said } from "./phrases.js";
import { waitingText } from "./trust-wording.js";
import { statusContext } from "./wording.js";

/** Every sentence that Sluice says of where a pair stands. */

/** What sentences are made with besides where mirroring stands. */
export interface Words {
  /** What an order begins with. */
  readonly prefix: string;
  /** A commit as a text shows it: short, and a link to its page. */
  readonly commit: (commit: CommitRef) => string;
  /** The same for a commit of source-git. */
  readonly head: (commit: CommitId) => string;
}

type Stage = Progress["stage"];
type At<S extends Stage> = Extract<Progress, { readonly stage: S }>;

/** Sluice's own commit status: one line that says where mirroring stands. */
export function progressStatus(progress: Progress): CommitStatus {
  const { state, short, counterpart } = sayAt(progress, plain);
  const target = counterpart === undefined ? {} : { targetUrl: counterpart.webUrl };
  return { context: statusContext, state, description: plainName(short.replace(/\s+/g, " ")), ...target };
}

/** The comment in source-git; `undefined` where the commit status says enough. */
export function progressComment(progress: Progress, words: Words): string | undefined {
  return sayAt(progress, words).long;
}

/** A status is one line of plain text. */
const plain: Words = { prefix: "", commit: ({ commit }) => shortCommit(commit), head: shortCommit };

function sayAt<S extends Stage>(progress: At<S>, words: Words): Said {
  const say = sentences[progress.stage] as (progress: At<S>, words: Words) => Said;
  return say(progress, words);
}

const sentences: { readonly [S in Stage]: (progress: At<S>, words: Words) => Said } = {
  mirroring: () => ({ state: "pending", short: "mirroring…" }),

  "waiting-for-maintainer": (waited, words) => ({
    state: "pending",
    short: "waiting for a maintainer",
    long: waitingText(waited, words),
  }),

  paused: ({ by }, { prefix }) => ({
    state: "pending",
    short: `paused by ${by}`,
    long: `**Paused** by ${codeCell(by)}: nothing is carried over until \`${prefix} resume\`.`,
  }),

  // GitLab keeps the description that a pending status began with, so the status alone could not say it.
  "waiting-for-forge": () => ({
    state: "pending",
    short: "a forge does not answer; Sluice tries again by itself",
    long: "**Waiting for a forge** that does not answer or asks for a pause. Sluice tries again by itself.",
  }),

  "not-linked": ({ branch, withdrawn }) => ({
    state: "success",
    short: `not mirrored: branch ${branch} is not linked`,
    ...(withdrawn && {
      long:
        `**Not mirrored any more.** Branch ${codeCell(branch)} is not linked to dist-git, so ${linkTo(withdrawn)} was ` +
        "closed. A target branch that is linked brings it back.",
    }),
  }),

  "nothing-to-mirror": ({ distGit, branch }) => ({
    state: "success",
    short: `nothing to mirror: ${distGit.path} would not change`,
    long:
      `**Nothing to mirror.** This merge request changes nothing that dist-git holds: branch ${codeCell(branch)} of ` +
      `\`${repositoryName(distGit)}\` would stay as it is.`,
  }),

  mirrored: ({ counterpart, branch, before, head, warnings }, words) => ({
    state: "success",
    short: `mirrored as ${nameOf(counterpart)}`,
    counterpart,
    long: paragraphs(
      `**Mirrored** as ${linkTo(counterpart)}, which stands for ${words.head(head)}` +
        `${branch === undefined ? "" : ` and goes to branch ${codeCell(branch)}`}. ${moved(before)}New commits are ` +
        "carried over.",
      ...warningNotes(warnings),
    ),
  }),

  "foreign-push": ({ counterpart, branch, commit }, words) => ({
    state: "failure",
    short: `stopped: somebody else pushed ${shortCommit(commit.commit)} to ${branch} in dist-git`,
    ...(counterpart && { counterpart }),
    long: paragraphs(
      `**Stopped.** Somebody else pushed ${words.commit(commit)} to ${codeCell(branch)}, the dist-git branch that Sluice ` +
        `made${counterpart ? ` for ${linkTo(counterpart)}` : ""}. Their work is not overwritten, so nothing more is ` +
        "carried over.",
      `How to go on: \`${words.prefix} recreate\` leaves that branch to them, and opens a new dist-git merge request ` +
        "from a new branch in place of the present one. Or take their commits off the branch; Sluice goes on by itself.",
    ),
  }),

  "dist-ended": (ended, words) => ({
    state: "success",
    short: `${nameOf(ended.counterpart)}: ${ended.how} in dist-git${ended.waits ? "; this waits to be merged with it" : ""}`,
    counterpart: ended.counterpart,
    long: paragraphs(
      distEnd(ended, words),
      ended.refused === undefined
        ? ""
        : `This merge request could not be merged with it: ${quoteSafe(ended.refused)}.`,
      ended.waits ? `This merge request is to be merged with it, and ${hasToWait(ended.waits)}` : "",
    ),
  }),

  "source-ended": ({ how, counterpart }) => ({
    state: "success",
    short: `${nameOf(counterpart)}: ${how === "closed" ? "closed with this merge request" : "stays open in dist-git"}`,
    counterpart,
    long:
      how === "closed"
        ? `**Closed.** ${linkTo(counterpart)} was closed with this merge request; reopening this one reopens it.`
        : `**Merged here.** ${linkTo(counterpart)} is left for dist-git's maintainers to merge.`,
  }),

  "merge-waits": (waits, { prefix }) => ({
    ...mergeWaits(waits, prefix),
    counterpart: waits.counterpart,
  }),

  "merge-refused": ({ counterpart, reason }) => ({
    state: "failure",
    short: `${nameOf(counterpart)} could not be merged: ${reason}`,
    counterpart,
    long:
      `**Merged here.** ${linkTo(counterpart)} could not be merged: ${quoteSafe(reason)}. It is left for dist-git's ` +
      "maintainers.",
  }),

  "both-merged": ({ counterpart }) => ({
    state: "success",
    short: `${nameOf(counterpart)}: merged on both sides`,
    counterpart,
    long: `**Merged on both sides:** this merge request and ${linkTo(counterpart)}.`,
  }),

  "ended-unmirrored": ({ how }) => ({
    state: "success",
    short: `${how} before it was mirrored`,
    long:
      how === "closed"
        ? "**Closed** before it was mirrored, so there is nothing to do in dist-git. Reopening it has it mirrored."
        : "**Merged here** before it was mirrored: dist-git has no merge request for it. A new merge request here " +
          "carries over what is missing.",
  }),

  "left-behind": ({ counterpart, head, dist }, words) => ({
    state: "failure",
    short: `merged before ${shortCommit(head)} was mirrored`,
    counterpart,
    long:
      `**Merged too soon.** This merge request was merged before ${words.head(head)} was carried over: ` +
      `${linkTo(counterpart)}${dist ? ", which was merged as well," : ""} stands for an earlier state. A new merge request here carries over what is missing.`,
  }),

  "source-gone": () => ({ state: "failure", short: "this merge request was not found any more" }),

  renamed: (renamed) => ({
    state: "failure",
    short: `stopped: sluice.yml calls ${repositoryName(renamed.from)} by an old name`,
    long: renamedText(renamed),
  }),

  failed: ({ complaint }) => ({
    state: "failure",
    short: `not mirrored: ${complaint.message}`,
    long: complaintText(complaint),
  }),

  broken: () => ({
    state: "error",
    short: "not mirrored: Sluice's operator has to help",
    long:
      "**Not mirrored.** Something went wrong that only Sluice's operator can mend; it is in Sluice's log, and the work " +
      "is kept. Nothing is asked of you.",
  }),
};

function moved(before: Mirrored["before"]): string {
  if (before === undefined) return "";
  return "branch" in before
    ? `It moved there from branch ${codeCell(before.branch)}, with this merge request. `
    : `It replaces ${linkTo(before.counterpart)}, as this merge request goes elsewhere by now. `;
}

function distEnd({ how, counterpart, source }: DistEnded, { prefix }: Words): string {
  const link = linkTo(counterpart);
  if (how === "closed") {
    return source === "merged"
      ? `**Merged here,** and ${link} was closed in dist-git, which does not get this change. Reopened there, it can still ` +
          "be merged."
      : `**Stopped.** ${link} was closed in dist-git, so nothing more is carried over. Reopen it there, and the next push ` +
          `here goes on; or \`${prefix} recreate\` makes a new one.`;
  }
  const anew = "Further commits here need a new merge request.";
  const merged = `**Merged in dist-git.** ${link} was merged`;
  if (source === undefined || source === "merged") return `${merged}. ${anew}`;
  const closed = `${merged}, and this merge request was closed with it, as the link wants it.`;
  if (source === "closed") return closed;
  return `${closed} It was opened again since, and is not closed any more by itself. ${anew}`;
}

/** Of source-git's side that is to be merged with dist-git's. */
export function hasToWait({ reason, until }: MergeTried): string {
  return `has to wait: ${quoteSafe(reason)}. Sluice tries it again until ${moment(until)}.`;
}

/** What whoever keeps `sluice.yml` has to do; the same on both sides. */
export function renamedText({ side, from, to, line, isPattern, astray }: Renamed): string {
  const [was, is] = [from, to].map(repositoryCell);
  const where = line === undefined ? "its link" : `the link in line ${line}`;
  const ownLink = `link it by an entry of its own in \`sluice.yml\`, above ${where}`;
  if (astray) {
    const [leadsTo, stays] = [astray.leadsTo, astray.stays].map(repositoryCell);
    return (
      `**Stopped.** ${was} is called ${is} by now, so its link leads to ${leadsTo}, which is not there: dist-git is still ` +
      `called ${stays}. How to go on: rename ${stays} to ${leadsTo}, or have whoever runs Sluice ${ownLink}; Sluice then ` +
      "goes on by itself."
    );
  }
  const remedy = isPattern ? ownLink : `write ${is} as \`${side}\` of ${where} of \`sluice.yml\``;
  return (
    `**Stopped.** ${was} is called ${is} by now, and \`sluice.yml\` does not know that name, so nothing is carried over. ` +
    `How to go on: have whoever runs Sluice ${remedy}; Sluice then goes on by itself.`
  );
}

function repositoryCell(repository: RepositoryRef): string {
  return codeCell(repositoryName(repository));
}

function complaintText({ message, where, remedy }: Complaint): string {
  return paragraphs(
    `**Not mirrored:** ${quoteSafe(message)}.`,
    where === undefined ? "" : `Where: ${codeCell(where, 300)}`,
    remedy === undefined ? "" : `How to go on: ${quoteSafe(remedy)}.`,
    "Nothing was pushed to dist-git. A new push to this merge request tries again.",
  );
}

/** So many are told, for a comment and a description have an end. */
const mostWarnings = 10;

export function warningNotes(warnings: readonly string[]): readonly string[] {
  const notes = warnings.slice(0, mostWarnings).map(quoteSafe);
  const left = warnings.length - notes.length;
  return [...notes, ...(left > 0 ? [`There are ${left} more of these.`] : [])].map(
    (note) => `> [!NOTE]\n> ${note}`,
  );
}

/** Longer ones are lists of something, of which the beginning tells enough. */
const messageLength = 2000;

/** Messages carry file names and git's words, which people influence: no HTML, no links, nothing without an end. */
export function quoteSafe(text: string): string {
  return defuseText(shortened(text.trim().replace(/\.$/, ""), messageLength))
    .replace(/<(?=[a-z/!?])/gi, "<\u200b")
    .replace(/\](?=[([])/g, "]\u200b")
    .replace(/\n+/g, "\n> ");
}
