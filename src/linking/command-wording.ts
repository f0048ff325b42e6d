import type { AccessLevel } from "../domain/merge-request.js";
import { mergeRequestName, shortCommit, type CommitId } from "../domain/refs.js";
import { type Command, type CommandName, commandNames, prefix, type Right } from "./commands.js";
import type { Pair } from "./pairs.js";

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
  trust: "mirrors this commit of somebody without write access; with a commit id, only if that is the head",
  close: "closes the dist-git merge request and leaves this one alone",
};

export function helpText(rights: Readonly<Record<CommandName, Right>>): string {
  const rows = commandNames.map(
    (name) => `| \`${prefix} ${name}\` | ${purposes[name]} | ${who(rights[name])} |`,
  );
  return [
    "One command a line, at the beginning of the line.",
    "",
    "| command | does | who |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

function who({ level, author }: Right): string {
  if (level === "none") return "everybody";
  return author ? `${level} access, or the author` : `${level} access`;
}

export function missingRight(level: AccessLevel, { level: needed, author }: Right): string {
  const others = author ? ", or to be the author of the merge request" : "";
  return `refused: it takes ${needed} access to this repository${others}, and yours is ${level}.`;
}

export function unknownCommand(word: string): string {
  const shown = word.slice(0, 40).replace(/[`\n]/g, "'");
  return `\`${prefix} ${shown}\` is no command. ${helpHint}`;
}

const helpHint = `\`${prefix} help\` lists them.`;

/** One answer, with the command that it is for. */
export function answered({ name, argument }: Command, answer: string): string {
  const shown = argument.slice(0, 80).replace(/[`\n]/g, "'");
  return `\`${[prefix, name, shown].filter(Boolean).join(" ")}\`: ${answer}`;
}

export const notMirrored = "there is no dist-git merge request yet.";

export function runAgain(jobs: readonly string[]): string {
  return `runs again: ${jobs.map((job) => `\`${job.replace(/[`\n]/g, "'")}\``).join(", ")}.`;
}

export function nothingToRun(job: string | undefined): string {
  return job === undefined
    ? "nothing to run again: no job of dist-git's CI has failed or ended."
    : "dist-git's CI has no job of that name that has ended.";
}

export function movedOn(head: CommitId): string {
  return (
    `refused: the head is ${shortCommit(head)} by now. Look at it, then write ` +
    `\`${prefix} trust ${shortCommit(head)}\`.`
  );
}

export const alreadyTrusted = "nothing waits for trust here.";

/** Where a pair stands. */
export function pairText({ distGit, state, mirroredHead, pausedBy }: Pair): string {
  const { number, repository } = distGit;
  const counterpart =
    number === undefined
      ? "no dist-git merge request yet"
      : `\`${mergeRequestName({ repository, number })}\` in dist-git`;
  const head =
    mirroredHead === undefined ? "nothing mirrored yet" : `mirrored up to ${shortCommit(mirroredHead)}`;
  const paused = pausedBy === undefined ? [] : [`paused by \`${pausedBy}\``];
  return `${[counterpart, head, `state: ${state}`, ...paused].join("; ")}.`;
}
