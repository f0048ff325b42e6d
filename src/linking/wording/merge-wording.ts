import type { Progress } from "../telling/progress.js";
import { codeCell } from "./cells.js";
import { linkTo, nameOf, paragraphs, type Said } from "./phrases.js";

/** What is said of a merge that waits for dist-git's CI, on either side. */

type Waits = Extract<Progress, { readonly stage: "merge-waits" }>;

/** In source-git. */
export function mergeWaits(waits: Waits, prefix: string): Said {
  const { counterpart, verdict, mergedAt } = waits;
  const name = nameOf(counterpart);
  const text = (...sentences: readonly string[]) => paragraphs(`**Merged here.** ${sentences.join(" ")}`);
  if (verdict === "failed") {
    return {
      state: "pending",
      short: `CI of ${name} has failed; it is merged once it is green`,
      long: text(
        `The CI of ${linkTo(counterpart)} has failed. It is merged as soon as it is green; \`${prefix} retry\` runs it again.`,
      ),
    };
  }
  if (verdict === "silent") {
    const short =
      mergedAt === undefined
        ? `${name} is not merged: it waits for a CI that says nothing`
        : `waits for the CI of ${name}, which says nothing, until ${moment(mergedAt)}`;
    const long = paragraphs(
      text(`${linkTo(counterpart)} is merged as soon as its CI is green, but no CI has said anything of it.`),
      silenceRemedy(waits, "merge it there by hand"),
    );
    // Nothing may ever come of it where nobody said how long to wait.
    return { state: mergedAt === undefined ? "neutral" : "pending", short, long };
  }
  return {
    state: "pending",
    short: `waits for the CI of ${name}`,
    long: text(`${linkTo(counterpart)} is merged as soon as its CI is green.`, ...missingText(waits)),
  };
}

/** In dist-git, behind that source-git's side was merged. */
export function mergeWaitsHere(waits: Waits, prefix: string): string {
  switch (waits.verdict) {
    case "failed":
      return `The CI here has failed; this is merged as soon as it is green. \`${prefix} retry\` runs it again.`;
    case "silent":
      return paragraphs(
        "This is merged as soon as its CI is green, but no CI has said anything of it.",
        silenceRemedy(waits, "merge it by hand"),
      );
    case "pending":
      return ["This is merged as soon as its CI is green.", ...missingText(waits)].join(" ");
  }
}

function missingText({ missing = [] }: Waits): readonly string[] {
  if (missing.length === 0) return [];
  const names = missing.map((name) => codeCell(name)).join(", ");
  return [`It still has to tell of ${names}, which the link requires.`];
}

function silenceRemedy({ mergedAt }: Waits, byHand: string): string {
  if (mergedAt !== undefined) return `If that stays so, it is merged without at ${moment(mergedAt)}.`;
  return (
    `How to go on: ${byHand}, or have the CI run. Where dist-git has none, whoever runs ` +
    "Sluice can say in `sluice.yml` how long to wait for it (`merge-without-ci`)."
  );
}

/** `2026-11-21 12:30 UTC`. */
export function moment(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
