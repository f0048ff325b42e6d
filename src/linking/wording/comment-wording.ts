import type { CommandName } from "../../domain/command.js";
import { shortCommit } from "../../domain/refs.js";
import { distComment, type DistWords } from "./dist-wording.js";
import type { Progress } from "../telling/progress.js";
import { paragraphs } from "./phrases.js";
import { progressComment } from "./progress-wording.js";
import { resultCount, resultTable } from "../results/result-table.js";
import type { Told, ToldResults } from "../telling/told.js";

/** Puts the one comment of each side together. */

/** `undefined` as long as the commit status says enough. */
export function sourceText(told: Told, words: DistWords): string | undefined {
  const stands = told.progress && progressComment(told.progress, words);
  if (stands === undefined) return undefined;
  return paragraphs(stands, ...told.notes.values(), results(told, words), orders(told, words));
}

export function distText(told: Told, words: DistWords): string | undefined {
  if (!told.progress) return undefined;
  const said = distComment(told.progress, { words, wasTold: told.saidInDist });
  return said && paragraphs(said, distOrders(words));
}

function results({ results: told, progress, mergeRequest }: Told, words: DistWords): string {
  if (told && told.results.length > 0) return table(told, { words, head: mergeRequest.head });
  if (progress?.stage !== "mirrored") return "";
  return "**CI in dist-git:** no results yet.";
}

function table(
  { results: list, sourceCommit, shownAsStatuses }: ToldResults,
  { words, head }: { readonly words: DistWords; readonly head: string },
): string {
  const earlier =
    sourceCommit === head ? "" : `, at ${words.head(sourceCommit)}, not yet at ${shortCommit(head)}`;
  return paragraphs(
    `**CI in dist-git:** ${resultCount(list)}${earlier}.`,
    shownAsStatuses
      ? ""
      : "Sluice may not set commit statuses on the source branch, so they are shown here only.",
    resultTable(list),
  );
}

/** The orders that change something, where there are any. */
const offered: { readonly [S in Progress["stage"]]?: readonly CommandName[] } = {
  mirrored: ["retry", "resync", "pause"],
  failed: ["resync"],
  "merge-waits": ["retry", "status"],
  "dist-ended": ["status"],
};

function orders({ progress }: Told, { prefix }: DistWords): string {
  const names = progress && offered[progress.stage];
  if (!names) return "";
  const some = names.map((name) => `\`${prefix} ${name}\``).join(" · ");
  return `---\n<sub>In a comment of your own: ${some} · \`${prefix} help\` lists all.</sub>`;
}

function distOrders({ prefix }: DistWords): string {
  return `---\n<sub>In a comment of your own: \`${prefix} status\` · \`${prefix} help\` lists all.</sub>`;
}
