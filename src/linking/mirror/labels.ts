import type { MergeRequest } from "../../domain/merge-request.js";

/** The labels on a dist-git merge request that are Sluice's: what people put there or took away is theirs. */
export interface ShownLabels {
  readonly given: readonly string[];
  /** Recorded before they are put there, so that they are known as ours whatever happens in between. */
  readonly giving: readonly string[];
}

export const noLabels: ShownLabels = { given: [], giving: [] };

/** So many labels of a merge request follow. */
const most = 20;

/** Control characters and those that turn the direction of a line. */
const invisible = /[\p{Cc}\p{Cf}]/gu;

/** The labels that a link lets follow, named so that every forge takes them: GitLab parts labels by commas. */
export function followingLabels(
  { labels }: Pick<MergeRequest, "labels">,
  { prefixes, length }: { readonly prefixes: readonly string[]; readonly length: number },
): readonly string[] {
  const named = labels
    .filter((label) => prefixes.some((prefix) => label.startsWith(prefix)))
    .map((label) =>
      label
        .replace(invisible, " ")
        .replace(/[,\s]+/g, " ")
        .trim(),
    )
    .map((label) => Array.from(label).slice(0, length).join("").trim());
  return unique(named.filter((label) => label !== "")).slice(0, most);
}

export interface LabelChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  /** What is Sluice's once this is done. */
  readonly given: readonly string[];
}

/** What is to be done for `wanted` to be there, and what was Sluice's and is not wanted any more to be gone. */
export function labelChange(
  wanted: readonly string[],
  { present, shown }: { readonly present: readonly string[]; readonly shown: ShownLabels },
): LabelChange {
  const ours = unique([...shown.given, ...shown.giving.filter((label) => has(present, label))]);
  // One of ours that is not there was taken away by people; one that is there and not ours, people put there.
  const add = wanted.filter((label) => !has(present, label) && !has(ours, label));
  const remove = present.filter((label) => has(ours, label) && !has(wanted, label));
  return { add, remove, given: unique([...ours.filter((label) => has(wanted, label)), ...add]) };
}

/** GitHub compares labels without regard to case. */
function has(labels: readonly string[], label: string): boolean {
  return labels.some((each) => each.toLowerCase() === label.toLowerCase());
}

function unique(labels: readonly string[]): readonly string[] {
  return labels.filter((label, index) => !has(labels.slice(0, index), label));
}
