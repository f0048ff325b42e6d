import { type CommandName, commandNames, type CommandSettings, type Right } from "../../domain/command.js";
import { type CommitResult, isFinal } from "../../domain/commit-status.js";
import type { AccessLevel } from "../../domain/merge-request.js";
import { type CommitId, mergeRequestName, shortCommit } from "../../domain/refs.js";
import { codeCell } from "./cells.js";
import type { Command } from "../commands/commands.js";
import { defuseText } from "./defuse.js";
import type { Pair } from "../pairs/pairs.js";
import type { Progress } from "../telling/progress.js";

/** Every sentence that answers a command. */

/** The topic of the one comment in which commands are answered. */
export const answerTopic = "commands";

const purposes: Readonly<Record<CommandName, string>> = {
  help: "shows this table",
  status: "says where this pair stands",
  retry: "runs failed CI jobs in dist-git again; with a name, that job",
  rerun: "runs all CI jobs in dist-git again",
  recreate: "closes the dist-git merge request and opens a new one",
  resync: "converts and pushes again, whatever is there",
  pause: "carries nothing over until `resume`",
  resume: "goes on after `pause`",
  trust:
    "mirrors this commit of somebody without write access; with a whole commit id, only if that is the head",
  close: "closes the dist-git merge request and leaves this one alone",
};

export function helpText({ prefix, rights }: CommandSettings): string {
  const rows = commandNames.map(
    (name) => `| \`${prefix} ${name}\` | ${purposes[name]} | ${who(rights[name])} |`,
  );
  return [
    "One command a line, at the beginning of the line, in a comment on either side of the pair.",
    "",
    "| command | does | who |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

function who({ access, author }: Right): string {
  if (access === "none") return "everybody";
  return author ? `${access} access, or the author` : `${access} access`;
}

export function missingRight(level: AccessLevel, { access: needed, author }: Right): string {
  const others = author ? ", or to be the author of the merge request" : "";
  return `refused: it takes ${needed} access to this repository${others}, and yours is ${level}.`;
}

export function unknownCommand(word: string, prefix: string): string {
  return `${codeCell(`${prefix} ${word}`)} is no command. \`${prefix} help\` lists them.`;
}

/** One answer, with the command that it is for. */
export function answered({ name, argument }: Command, answer: string, prefix: string): string {
  return `${codeCell([prefix, name, argument].filter(Boolean).join(" "), 120)}: ${answer}`;
}

/** So many answers stay in the comment, and so many characters of the earlier ones. */
export const mostAnswers = 6;
const earlierCharacters = 20_000;

/** The answers to several comments, the newest first; what was answered earlier is folded. */
export function answersText([newest = "", ...earlier]: readonly string[]): string {
  const shown: string[] = [];
  let left = earlierCharacters;
  for (const answer of earlier) {
    left -= answer.length;
    if (left < 0) break;
    shown.push(answer);
  }
  if (shown.length === 0) return newest;
  const summary = `<summary>Answered before</summary>`;
  return [newest, "<details>", summary, shown.join("\n\n---\n\n"), "</details>"].join("\n\n");
}

export const hasEnded = "refused: the merge request in source-git has ended, so nothing would follow it.";

/** `undefined` where it may go on by itself. */
export function whyStopped({ stage }: Progress, prefix: string): string | undefined {
  if (stage === "source-gone") return undefined;
  if (stage === "renamed")
    return "refused: it takes a `sluice.yml` that calls both repositories by their present names.";
  return `refused: people closed, merged or changed dist-git's side, and are not overruled. \`${prefix} recreate\` opens a new one.`;
}

export function isPaused(by: string, prefix: string): string {
  return `refused: ${codeCell(by)} paused it. \`${prefix} resume\` goes on.`;
}

export function waitsForTrust(head: CommitId, prefix: string): string {
  return `refused: it waits for somebody with write access, who looks at ${shortCommit(head)} and writes \`${prefix} trust ${head}\`.`;
}

/** Of a merge request that brings dist-git's changes home. */
export const bringsHome =
  "refused: this brings dist-git's own changes home, and nothing of it is mirrored. The description says where it stands.";

export const notMirrored = "there is no dist-git merge request yet.";

export function runAgain(jobs: readonly string[]): string {
  return `runs again: ${named(jobs)}.`;
}

/** Said where the one who carried it out was cut off before the answer. */
export const nothingLeft = "nothing is left to run again.";

export const overtaken = "what was ordered after it holds.";

export function stillRunning(jobs: readonly string[]): string {
  return `refused: dist-git's CI has not ended with ${named(jobs)} yet. Write it again once it has.`;
}

/** Of the button of a check run, behind which there are these results. */
export function notRunAgain(context: string, results: readonly CommitResult[]): string {
  const why = results.some(({ state }) => !isFinal(state))
    ? "it has not ended yet."
    : "Sluice can only run jobs of the forge's own CI again. What others report is run again at their place, or by a push.";
  return `**Nothing was run again** for ${codeCell(context)}: ${why}`;
}

export function nothingToRun(job: string | undefined): string {
  return job === undefined
    ? "nothing to run again: no job of dist-git's CI has failed."
    : `nothing to run again: dist-git's CI has no job ${codeCell(job)} that has ended.`;
}

/** So many jobs are named. */
const mostNamed = 20;

function named(jobs: readonly string[]): string {
  const shown = jobs.slice(0, mostNamed).map((job) => codeCell(job));
  const others = jobs.length - shown.length;
  return others > 0 ? `${shown.join(", ")} and ${others} more` : shown.join(", ");
}

/** The commit of a word for trust is not the head, or may not be. */
export function notTheHead(
  head: CommitId,
  { argument, prefix }: { readonly argument: string; readonly prefix: string },
): string {
  const isShortened = argument !== "" && head.startsWith(argument.toLowerCase());
  const reason = isShortened
    ? "a shortened commit id may be of two commits"
    : `the head is ${shortCommit(head)} by now`;
  return `refused: ${reason}. Look at the head, then write \`${prefix} trust ${head}\`.`;
}

export const alreadyTrusted = "nothing waits for trust here.";

/** What is known of a pair beside its own record. */
export interface Known {
  /** What was last said of it in its commit status. */
  readonly progress: string | undefined;
  readonly trust: string | undefined;
  /** What else was noted of it, dist-git's own changes among them. */
  readonly notes: readonly string[];
}

/** Where a pair stands. */
export function standingText(pair: Pair, { progress, trust, notes }: Known): string {
  const lines = [
    ...(progress === undefined ? [] : [`Last said: ${defuseText(progress).replace(/\s+/g, " ")}`]),
    ...(trust === undefined ? [] : [`Its head: ${trust}`]),
  ];
  const list = lines.map((line) => `- ${line}`).join("\n");
  return [pairText(pair), list, ...notes].filter(Boolean).join("\n\n");
}

function pairText({ distGit, state, mirroredHead, pausedBy }: Pair): string {
  const { number, repository } = distGit;
  const counterpart =
    number === undefined
      ? "no dist-git merge request yet"
      : `\`${mergeRequestName({ repository, number })}\` in dist-git`;
  const head =
    mirroredHead === undefined ? "nothing mirrored yet" : `mirrored up to ${shortCommit(mirroredHead)}`;
  const paused = pausedBy === undefined ? [] : [`paused by ${codeCell(pausedBy)}`];
  return `${[counterpart, head, `state: ${state}`, ...paused].join("; ")}.`;
}
