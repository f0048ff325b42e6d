import { type CommitResult, type CommitState, isFinal, isGreen } from "../../domain/commit-status.js";
import type { CommitId } from "../../domain/refs.js";
import type { CheckAction, RerunChoice } from "../../forges/forge.js";
import { isShownAs, isWholeContext, ownName } from "../wording/wording.js";
import { inDetail } from "./results.js";

/** What our check runs carry, so that a press of their button finds what it means. */
export interface CheckKey {
  /** Of the source-git merge request, in the check run's own repository. */
  readonly number: number;
  readonly distCommit: CommitId;
}

export function checkKey({ number, distCommit }: CheckKey): string {
  return `sluice ${number} ${distCommit}`;
}

/** `undefined` for a key that is none of ours, or of a time when nothing was pushed yet. */
export function readCheckKey(key: string): CheckKey | undefined {
  const [, number, distCommit] = /^sluice (\d+) ([0-9a-f]{40,64})$/.exec(key) ?? [];
  return number === undefined || distCommit === undefined
    ? undefined
    : { number: Number(number), distCommit };
}

const retry: CheckAction = { id: "retry", label: "Retry failed", description: "Runs the failed jobs again" };
const rerun: CheckAction = {
  id: "rerun",
  label: "Re-run all",
  description: "Runs all jobs of dist-git again",
};

/** The buttons of the check for dist-git's CI as a whole. */
export function rerunActions(state: CommitState): readonly CheckAction[] {
  if (!isFinal(state)) return [];
  return isGreen(state) ? [rerun] : [retry, rerun];
}

/** A check run, and perhaps one of its buttons. */
interface Pressed {
  readonly context: string;
  readonly action?: string | undefined;
}

/** What a press means of dist-git's results: `dist-git/<name>` may be a job's, or that of all jobs of a pipeline. */
export function choiceOf({ context, action }: Pressed, results: readonly CommitResult[]): RerunChoice {
  if (action === retry.id) return { which: "failed" };
  if (action === rerun.id || isWholeContext(context)) return { which: "all" };
  // As links show them: each by itself, or each pipeline.
  const shown = [...results, ...inDetail(results, "pipelines")];
  const pressed = shown.find((result) => isShownAs(context, result.context));
  if (pressed?.group?.part === "whole") return { which: "group", id: pressed.group.id };
  return { which: "job", name: pressed?.context ?? ownName(context) };
}
