import { type CommitId, shortCommit } from "../../domain/refs.js";
import { codeCell } from "./cells.js";
import type { Doubt, Ground, TrustDecision } from "../trust/trust.js";

/** Every sentence that says whether a head is trusted and why. */

/** What who reads that a merge request waits has to know to end it. */
export interface Waited {
  readonly head: CommitId;
  readonly doubt: Doubt;
  /** An approving review is a word, too. */
  readonly byReview: boolean;
  /** One word is enough for what is pushed later. */
  readonly laterPushes: boolean;
}

/** The comment on a merge request that waits for a maintainer. */
export function waitingText(
  { head, doubt, byReview, laterPushes }: Waited,
  words: { readonly prefix: string; readonly head: (commit: CommitId) => string },
): string {
  const review = byReview ? ", or approve it in a review here" : "";
  const later =
    laterPushes && doubt.kind !== "sensitive-paths"
      ? "Later pushes to this merge request are trusted with it."
      : "Every later push has to be looked at anew.";
  return [
    `**Waiting for a maintainer.** ${doubtText(doubt)}`,
    `Somebody with write access here or in dist-git can look at ${words.head(head)} and comment ` +
      `\`${words.prefix} trust ${head}\`${review}. ${later}`,
  ].join("\n\n");
}

function doubtText(doubt: Doubt): string {
  const secrets = "dist-git's CI may hold secrets, so it is not mirrored by itself.";
  switch (doubt.kind) {
    case "stranger":
      return `This merge request comes from somebody without write access to this repository, and ${secrets}`;
    case "other-fork":
      return (
        "This merge request comes from a fork to which people without write access to this repository can push, and " +
        secrets
      );
    case "sensitive-paths":
      return (
        `This merge request changes what has to be looked at each time: ${listed(doubt.paths)}. ` +
        "It comes from a fork, so it is not mirrored by itself."
      );
  }
}

/** One line: `trusted: …` or `waits for a maintainer: …`. */
export function trustLine({ trusted, because }: TrustDecision): string {
  return trusted ? `trusted: ${groundOf(because)}` : `waits for a maintainer: ${reasonOf(because)}`;
}

function groundOf(ground: Ground): string {
  switch (ground.kind) {
    case "word":
      return `${codeCell(ground.by)} looked at this commit`;
    case "branch":
      return "its branch is in the repository itself";
    case "member":
      return `${codeCell(ground.login)} has write access`;
    case "listed":
      return `${codeCell(ground.login)} is on the link's list`;
    case "everyone":
      return "the link trusts everyone";
    case "earlier-word":
      return `${codeCell(ground.by)} looked at ${shortCommit(ground.commit)}, and the link trusts later pushes`;
  }
}

function reasonOf(doubt: Doubt): string {
  switch (doubt.kind) {
    case "stranger":
      return `${codeCell(doubt.login)} has no write access`;
    case "other-fork":
      return "people without write access can push to its fork";
    case "sensitive-paths":
      return `it changes ${listed(doubt.paths)}`;
  }
}

const most = 5;

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, most).map((path) => codeCell(path));
  const others = paths.length - shown.length;
  return others > 0 ? `${shown.join(", ")} and ${others} more` : shown.join(", ");
}
