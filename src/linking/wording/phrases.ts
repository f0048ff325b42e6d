import type { CommitState } from "../../domain/commit-status.js";
import type { Counterpart } from "../telling/progress.js";

/** What sentences of several topics are made of. */

/** What is said at one stage: a line for the commit status, and a text where a line does not do. */
export interface Said {
  readonly state: CommitState;
  readonly short: string;
  /** Where the line leads to. */
  readonly counterpart?: Counterpart;
  readonly long?: string;
}

/** `rpms/hello!7`. */
export function nameOf({ ref, sigil }: Counterpart): string {
  return `${ref.repository.path}${sigil}${ref.number}`;
}

export function linkTo(counterpart: Counterpart): string {
  return `[${nameOf(counterpart)}](${counterpart.webUrl})`;
}

export function paragraphs(...texts: readonly string[]): string {
  return texts.filter(Boolean).join("\n\n");
}
