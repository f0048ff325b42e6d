import type { CommitState, CommitStatus } from "../domain/commit-status.js";
import type { Complaint } from "../domain/errors.js";
import { repositoryName, shortCommit } from "../domain/refs.js";
import { prefix } from "./commands.js";
import { defuseText } from "./defuse.js";
import type { Counterpart, Progress } from "./progress.js";
import { statusContext } from "./wording.js";

/** Every sentence that Sluice says of where a pair stands. */

/** What is said at one stage: a line for the commit status, and a text where a line does not do. */
interface Said {
  readonly state: CommitState;
  readonly short: string;
  /** Where the line leads to. */
  readonly counterpart?: Counterpart;
  readonly long?: string;
}

type Stage = Progress["stage"];
type At<S extends Stage> = Extract<Progress, { readonly stage: S }>;

/** Sluice's own commit status: one line that says where mirroring stands. */
export function progressStatus(progress: Progress): CommitStatus {
  const { state, short, counterpart } = sayAt(progress);
  const target = counterpart === undefined ? {} : { targetUrl: counterpart.webUrl };
  return { context: statusContext, state, description: short, ...target };
}

/** The comment in source-git; `undefined` where the commit status says enough. */
export function progressComment(progress: Progress): string | undefined {
  return sayAt(progress).long;
}

function sayAt<S extends Stage>(progress: At<S>): Said {
  const say = sentences[progress.stage] as (progress: At<S>) => Said;
  return say(progress);
}

const sentences: { readonly [S in Stage]: (progress: At<S>) => Said } = {
  mirroring: () => ({ state: "pending", short: "mirroring…" }),

  "waiting-for-maintainer": ({ head }) => ({
    state: "pending",
    short: "waiting for a maintainer",
    long: paragraphs(
      "**Waiting for a maintainer.** This merge request comes from a fork to which people without write access to this " +
        "repository can push, and dist-git's CI may hold secrets, so it is not mirrored by itself.",
      `Somebody with write access here or in dist-git can look at ${shortCommit(head)} and comment ` +
        `\`${prefix} trust ${shortCommit(head)}\`; every later push has to be looked at anew. A link with ` +
        "`trust: everyone` in `sluice.yml` mirrors everybody's.",
    ),
  }),

  paused: ({ by }) => ({
    state: "pending",
    short: `paused by ${by}`,
    long: `**Paused** by \`${by.replace(/`/g, "")}\`: nothing is carried over until \`${prefix} resume\`.`,
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
        `**Not mirrored any more.** Branch \`${branch}\` is not linked to dist-git, so ${linkTo(withdrawn)} was ` +
        "closed. A target branch that is linked brings it back.",
    }),
  }),

  "nothing-to-mirror": ({ distGit, branch }) => ({
    state: "success",
    short: `nothing to mirror: ${distGit.path} would not change`,
    long:
      `**Nothing to mirror.** This merge request changes nothing that dist-git holds: branch \`${branch}\` of ` +
      `\`${repositoryName(distGit)}\` would stay as it is.`,
  }),

  mirrored: ({ counterpart, warnings }) => ({
    state: "success",
    short: `mirrored as ${nameOf(counterpart)}`,
    counterpart,
    long: paragraphs(
      `**Mirrored** as ${linkTo(counterpart)}. Its CI results appear here as commit statuses named ` +
        `\`dist-git/…\`; new commits are carried over. \`${prefix} help\` lists what can be ordered here.`,
      ...warnings.map((warning) => `> [!NOTE]\n> ${quoteSafe(warning)}`),
    ),
  }),

  "dist-ended": ({ how, counterpart, source, refused }) => ({
    state: "success",
    short: `${nameOf(counterpart)}: ${how} in dist-git`,
    counterpart,
    long: paragraphs(
      source === "closed" ? closedWith(counterpart) : distEnds[how](linkTo(counterpart)),
      refused === undefined ? "" : `This merge request could not be merged with it: ${quoteSafe(refused)}.`,
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

  "merge-waits": ({ counterpart, verdict }) =>
    verdict === "failed"
      ? {
          state: "pending",
          short: `CI of ${nameOf(counterpart)} has failed; it is merged once it is green`,
          counterpart,
          long:
            `**Merged here.** The CI of ${linkTo(counterpart)} has failed. It is merged as soon as it is green; ` +
            `\`${prefix} retry\` runs it again.`,
        }
      : {
          state: "pending",
          short: `waits for the CI of ${nameOf(counterpart)}`,
          counterpart,
          long: `**Merged here.** ${linkTo(counterpart)} is merged as soon as its CI is green.`,
        },

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

  "left-behind": ({ counterpart, head }) => ({
    state: "failure",
    short: `merged before ${shortCommit(head)} was mirrored`,
    counterpart,
    long:
      `**Merged too soon.** This merge request was merged before ${shortCommit(head)} was carried over: ` +
      `${linkTo(counterpart)} stands for an earlier state. A new merge request here carries over what is missing.`,
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

const distEnds = {
  closed: (link: string) =>
    `**Stopped.** ${link} was closed in dist-git, so nothing more is carried over. Reopen it there, and the next push ` +
    `here goes on; or \`${prefix} recreate\` makes a new one.`,
  merged: (link: string) =>
    `**Merged in dist-git.** ${link} was merged. Further commits here need a new merge request.`,
};

function closedWith(counterpart: Counterpart): string {
  return (
    `**Merged in dist-git.** ${linkTo(counterpart)} was merged, and this merge request is closed with it, as the link ` +
    "wants it."
  );
}

function complaintText({ message, where, remedy }: Complaint): string {
  return paragraphs(
    `**Not mirrored:** ${quoteSafe(message)}.`,
    where === undefined ? "" : `Where: \`${where.replace(/[`\n]/g, "'")}\``,
    remedy === undefined ? "" : `How to go on: ${quoteSafe(remedy)}`,
    "Nothing was changed in dist-git. A new push to this merge request tries again.",
  );
}

/** Messages carry file names and git's words, which people influence. */
function quoteSafe(text: string): string {
  return defuseText(text.trim().replace(/\.$/, "")).replace(/\n+/g, "\n> ");
}

/** `rpms/hello!7`. */
function nameOf({ ref, sigil }: Counterpart): string {
  return `${ref.repository.path}${sigil}${ref.number}`;
}

function linkTo(counterpart: Counterpart): string {
  return `[${nameOf(counterpart)}](${counterpart.webUrl})`;
}

function paragraphs(...texts: readonly string[]): string {
  return texts.filter(Boolean).join("\n\n");
}
