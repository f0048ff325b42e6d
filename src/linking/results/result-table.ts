import type { CommitState, CommitStatus } from "../../domain/commit-status.js";
import { isFinal } from "../../domain/commit-status.js";
import { codeCell, linked, textCell } from "../wording/cells.js";

/** What the CI says as a whole, as soon as it can be said: one failure is enough, and nothing is green while jobs run. */
export type Overall = "none" | "failed" | "pending" | "passed";

export function overall(results: readonly CommitStatus[]): Overall {
  if (results.length === 0) return "none";
  if (results.some(({ state }) => marks[state].counts === "failed")) return "failed";
  return results.every(({ state }) => isFinal(state)) ? "passed" : "pending";
}

interface Mark {
  readonly sign: string;
  readonly word: string;
  readonly counts: "failed" | "waited for" | "passed" | "left out";
}

/** Signs that every font has: not everybody who reads mails of a forge has one for pictures. */
const marks: Readonly<Record<CommitState, Mark>> = {
  failure: { sign: "✗", word: "failed", counts: "failed" },
  error: { sign: "✗", word: "error", counts: "failed" },
  canceled: { sign: "✗", word: "canceled", counts: "failed" },
  manual: { sign: "○", word: "to be started by hand", counts: "waited for" },
  running: { sign: "●", word: "running", counts: "waited for" },
  pending: { sign: "○", word: "waiting", counts: "waited for" },
  success: { sign: "✓", word: "passed", counts: "passed" },
  "allowed-failure": { sign: "!", word: "failed (allowed)", counts: "passed" },
  neutral: { sign: "–", word: "neutral", counts: "left out" },
  skipped: { sign: "–", word: "skipped", counts: "left out" },
};

const order = ["failed", "waited for", "passed", "left out"] as const;

/** So many rows are seen at once; of more, those that want a look. */
const unfolded = 8;
/** So many rows at all: a comment has an end. */
const most = 100;

/** The results as a table: what failed first; a long one is folded. */
export function resultTable(results: readonly CommitStatus[]): string {
  const sorted = [...results].sort((one, other) => rank(one) - rank(other) || byName(one, other));
  if (sorted.length <= unfolded) return table(sorted);
  const urgent = sorted.filter(({ state }) => marks[state].counts === "failed").slice(0, unfolded);
  const rest = sorted.slice(urgent.length, most);
  const left = sorted.length - urgent.length - rest.length;
  return [
    ...(urgent.length > 0 ? [table(urgent), ""] : []),
    "<details>",
    `<summary>${urgent.length > 0 ? `${sorted.length - urgent.length} more` : `All ${sorted.length}`}</summary>`,
    "",
    table(rest),
    "",
    ...(left > 0 ? [`… and ${left} more.`, ""] : []),
    "</details>",
  ].join("\n");
}

/** `1 failed, 2 running, 3 passed`. */
export function resultCount(results: readonly CommitStatus[]): string {
  const counted = new Map<string, number>();
  for (const state of Object.keys(marks) as CommitState[]) {
    const count = results.filter((result) => result.state === state).length;
    if (count > 0) counted.set(marks[state].word, count);
  }
  return [...counted].map(([word, count]) => `${count} ${word}`).join(", ");
}

function table(results: readonly CommitStatus[]): string {
  return ["| | job in dist-git | result |", "|:-:|---|---|", ...results.map(row)].join("\n");
}

function row({ context, state, description, targetUrl }: CommitStatus): string {
  const { sign, word, counts } = marks[state];
  const name = linked(codeCell(context) || "`(no name)`", targetUrl);
  const shown = counts === "failed" ? `**${word}**` : word;
  return `| ${sign} | ${name} | ${[shown, ...adding(description, [word, state])].join(": ")} |`;
}

/** Forges repeat the state in their own words where they have nothing to say. */
const forgesWords = [
  "success",
  "failed",
  "failure",
  "canceled",
  "cancelled",
  "in progress",
  "queued",
  "running",
];

function adding(description: string, words: readonly string[]): readonly string[] {
  const said = textCell(description);
  return said === "" || [...words, ...forgesWords].includes(said.toLowerCase()) ? [] : [said];
}

function rank({ state }: CommitStatus): number {
  return order.indexOf(marks[state].counts);
}

function byName(one: CommitStatus, other: CommitStatus): number {
  return one.context < other.context ? -1 : one.context > other.context ? 1 : 0;
}
