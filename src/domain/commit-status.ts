/**
 * The states of a commit status or of another result, the union of what the forges know. A forge that lacks one shows the
 * nearest: GitHub has four for statuses, GitLab no `error` or `neutral` that could be set.
 *
 * `manual`: waits until somebody starts it, and holds up what comes after. `allowed-failure`: failed, which its CI takes as
 * well. `neutral`: ended without a verdict. `skipped`: never ran and never has to, a manual job that holds up nothing among
 * them.
 */
export type CommitState =
  | "pending"
  | "running"
  | "manual"
  | "success"
  | "allowed-failure"
  | "neutral"
  | "skipped"
  | "failure"
  | "error"
  | "canceled";

/** One named result on a commit, as it is shown. */
export interface CommitStatus {
  /** The name that sets it apart from the commit's other statuses. */
  readonly context: string;
  readonly state: CommitState;
  /** One line for people; an adapter cuts it to what its forge takes. */
  readonly description: string;
  readonly targetUrl?: string;
}

/** A result as a forge tells of it: a commit status, a job, a pipeline or a check run. */
export interface CommitResult extends CommitStatus {
  /** What it is part or the whole of; a status that somebody posted belongs to nothing. */
  readonly group?: ResultGroup;
  /** The forge's own id of the job, whose log can be read; only jobs have one. */
  readonly job?: number;
  /** ISO 8601; not there while it goes on, or where the forge does not tell. */
  readonly finishedAt?: string;
}

/** A pipeline, a check suite or a workflow run. */
export interface ResultGroup {
  /** Sets it apart from the commit's other groups. */
  readonly id: string;
  readonly name: string;
  readonly url?: string;
  /** Whether the result is the group's own, or that of one of its jobs. */
  readonly part: "whole" | "job";
}

/** Whether nothing more is expected of this status. */
export function isFinal(state: CommitState): boolean {
  return state !== "pending" && state !== "running" && state !== "manual";
}

/** Whether nothing stands in the way: an allowed failure is green, too. */
export function isGreen(state: CommitState): boolean {
  return ["success", "allowed-failure", "neutral", "skipped"].includes(state);
}

/** What counts most when several results are shown as one. */
const gravest: readonly CommitState[] = [
  "failure",
  "error",
  "canceled",
  "manual",
  "running",
  "pending",
  "success",
  "allowed-failure",
  "neutral",
  "skipped",
];

/** Negative where the first counts more than the second. */
export function byGravity(one: CommitState, other: CommitState): number {
  return gravest.indexOf(one) - gravest.indexOf(other);
}

/** One result of each name, the gravest; of several that are as grave the first. */
export function gravestOfEachName(results: readonly CommitResult[]): readonly CommitResult[] {
  const kept = new Map<string, CommitResult>();
  for (const result of results) {
    const other = kept.get(result.context);
    if (!other || byGravity(result.state, other.state) < 0) kept.set(result.context, result);
  }
  return [...kept.values()];
}

/** What the results of one pipeline come to: nothing is over while one goes on, and one failure is enough in the end. */
export function together(results: readonly Pick<CommitStatus, "state">[]): CommitState {
  const states = results.map(({ state }) => state).sort(byGravity);
  const unfinished = states.filter((state) => !isFinal(state));
  const [open] = unfinished;
  if (open === "manual" && unfinished.some((state) => state !== "manual")) return "running";
  if (open === "pending" && states.length > unfinished.length) return "running";
  if (open !== undefined) return open;
  const [gravest = "skipped"] = states;
  return gravest === "allowed-failure" || gravest === "neutral" ? "success" : gravest;
}
