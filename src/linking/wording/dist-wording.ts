import type { Counterpart, Progress } from "../telling/progress.js";
import { linkTo, paragraphs } from "./phrases.js";
import { hasToWait, quoteSafe, renamedText, type Words } from "./progress-wording.js";
import { codeCell } from "./cells.js";
import { mergeWaitsHere } from "./merge-wording.js";

/** Every sentence that Sluice says on dist-git's side: to its maintainers, who did not open the merge request. */

export interface DistWords extends Words {
  /** The source-git merge request. */
  readonly source: Counterpart;
}

type Stage = Progress["stage"];
type At<S extends Stage> = Extract<Progress, { readonly stage: S }>;

/**
 * What there is to say in dist-git; `undefined` where there is nothing: where it comes from is in its description. A side
 * that was told something before is told as well that it holds no more.
 */
export function distComment(
  progress: Progress,
  { words, wasTold }: { readonly words: DistWords; readonly wasTold: boolean },
): string | undefined {
  const said = sayAt(progress, words);
  if (said !== undefined || !wasTold) return said;
  return `**In step.** This merge request follows ${linkTo(words.source)}.`;
}

/** On one that Sluice closed, once another has its place. */
export function replacedText(by: Counterpart, { source }: DistWords): string {
  return `**Replaced** by ${linkTo(by)}, which follows ${linkTo(source)} from now on.`;
}

function sayAt<S extends Stage>(progress: At<S>, words: DistWords): string | undefined {
  const say = sentences[progress.stage] as
    ((progress: At<S>, words: DistWords) => string | undefined) | undefined;
  return say?.(progress, words);
}

const sentences: { readonly [S in Stage]?: (progress: At<S>, words: DistWords) => string | undefined } = {
  "waiting-for-maintainer": ({ head }, { source, head: show }) =>
    `**Behind.** ${linkTo(source)} has moved to ${show(head)}, which somebody with write access has to look at before it ` +
    "is carried over.",

  paused: ({ by }, { source, prefix }) =>
    `**Paused** by ${codeCell(by)}: new commits of ${linkTo(source)} are not carried over until \`${prefix} resume\`.`,

  "not-linked": ({ branch }, { source }) =>
    `**Withdrawn.** ${linkTo(source)} goes to branch ${codeCell(branch)} by now, which is not linked to dist-git. It is ` +
    "opened again if it comes back.",

  "nothing-to-mirror": (_, { source }) =>
    `**Withdrawn.** ${linkTo(source)} changes nothing any more that dist-git holds. It is opened again if it does.`,

  "foreign-push": ({ branch, commit }, { source, commit: show, prefix }) =>
    paragraphs(
      `**Stopped.** ${show(commit)} was pushed to ${codeCell(branch)} by somebody else. Sluice does not overwrite it, so ` +
        `this merge request does not follow ${linkTo(source)} any more.`,
      `How to go on: bring the change to ${linkTo(source)} and take it off this branch; Sluice goes on by itself. Or ` +
        `\`${prefix} recreate\` leaves this branch to you, closes this merge request, and opens another from a new branch.`,
    ),

  "dist-ended": ({ how, source: ended, refused, waits }, { source, prefix }) => {
    if (how === "closed" && ended === "merged") {
      return (
        `**Closed,** while ${linkTo(source)} was merged: dist-git does not get that change. Reopened, this can still be ` +
        "merged."
      );
    }
    if (how === "closed") {
      return (
        `**Stopped.** This merge request was closed here, so nothing more of ${linkTo(source)} is carried over. Reopen it, ` +
        `and Sluice goes on; or \`${prefix} recreate\` makes a new one.`
      );
    }
    if (refused !== undefined) {
      return `**Merged here.** ${linkTo(source)} could not be merged with it: ${quoteSafe(refused)}.`;
    }
    if (waits) return `**Merged here.** ${linkTo(source)} is to be merged with it, and ${hasToWait(waits)}`;
    if (ended === "reopened")
      return `**Merged here.** ${linkTo(source)} was closed with it, and opened again by people.`;
    return `**Merged here.** ${linkTo(source)} ${ended === "closed" ? "was closed with it" : "was told"}.`;
  },

  "source-ended": ({ how }, { source }) =>
    how === "closed"
      ? `**Closed** with ${linkTo(source)}; if that is reopened, so is this.`
      : `**Merged in source-git.** ${linkTo(source)} was merged; this is left for you to merge.`,

  "merge-waits": (waits, { source, prefix }) =>
    `**Merged in source-git.** ${linkTo(source)} was merged. ${mergeWaitsHere(waits, prefix)}`,

  "merge-refused": ({ reason }, { source }) =>
    `**Merged in source-git.** ${linkTo(source)} was merged; this could not be: ${quoteSafe(reason)}. It is left for you ` +
    "to merge.",

  "both-merged": (_, { source }) => `**Merged on both sides:** this and ${linkTo(source)}.`,

  "left-behind": ({ head, dist }, { source, head: show }) =>
    `**Behind.** ${linkTo(source)} was merged before ${show(head)} was carried over: this merge request` +
    `${dist ? ", merged as well," : ""} stands for an earlier state of it.`,

  renamed: (renamed) => renamedText(renamed),

  "source-gone": (_, { source }) =>
    `**Source is gone.** ${linkTo(source)} is not there any more, or Sluice may not see it, so nothing more is carried ` +
    "over. Merge or close this as you see fit; should it come back, Sluice goes on.",

  failed: ({ complaint }, { source }) =>
    paragraphs(
      `**Behind.** What ${linkTo(source)} is now could not be carried over: ${quoteSafe(complaint.message)}.`,
      "This merge request stands for an earlier state of it. Its author was told how to go on.",
    ),
};
