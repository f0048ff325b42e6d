import type { SandboxRepository } from "../model.js";
import type { SandboxStore } from "../store.js";
import { addressesOf } from "./addresses.js";

/** Something that was found out about a commit: a status, a job or a check run. */
export interface Result {
  readonly name: string;
  /** In the words of whoever set it. */
  readonly state: string;
  readonly tone: Tone;
  readonly description: string;
  readonly link: string | undefined;
  readonly origin: "status" | "job" | "check run";
}

export type Tone = "good" | "bad" | "busy" | "waiting" | "quiet";

/** All results on a commit, wherever in these repositories they are. */
export function resultsOn(
  store: SandboxStore,
  repositories: readonly SandboxRepository[],
  commit: string,
): readonly Result[] {
  return repositories.flatMap((repository) => [
    ...statusResults(store, repository, commit),
    ...jobResults(store, repository, commit),
    ...checkRunResults(store, repository, commit),
  ]);
}

function statusResults(
  store: SandboxStore,
  repository: SandboxRepository,
  commit: string,
): readonly Result[] {
  const newest = new Map(store.statuses(repository, commit).map((status) => [status.context, status]));
  return [...newest.values()].map(({ context, state, description, targetUrl }) => ({
    name: context,
    state,
    tone: toneOf(state),
    description: description ?? "",
    link: httpOnly(targetUrl),
    origin: "status",
  }));
}

function jobResults(store: SandboxStore, repository: SandboxRepository, commit: string): readonly Result[] {
  return store.pipelines(repository, commit).flatMap((pipeline) =>
    pipeline.jobs.map(({ id, name, stage, state, allowFailure }) => ({
      name,
      state,
      tone: toneOf(state),
      description: [stageOf(store, stage), allowFailure ? "may fail" : ""].filter(Boolean).join(", "),
      link: addressesOf(store.kind).job(repository.path, { pipeline: pipeline.id, id }),
      origin: "job" as const,
    })),
  );
}

/** GitHub's jobs have no stages. */
export function stageOf({ kind }: SandboxStore, stage: string): string {
  return kind === "github" ? "" : `stage ${stage}`;
}

function checkRunResults(
  store: SandboxStore,
  repository: SandboxRepository,
  commit: string,
): readonly Result[] {
  return store.checkRuns(repository, commit).map(({ id, name, status, conclusion, title }) => ({
    name,
    state: conclusion ?? status,
    tone: toneOf(conclusion ?? status),
    description: title,
    link: addressesOf(store.kind).checkRun(repository.path, id),
    origin: "check run" as const,
  }));
}

/** What a state means to who looks at it, in any forge's words. */
export function toneOf(state: string): Tone {
  switch (state) {
    case "success":
      return "good";
    case "failure":
    case "failed":
    case "error":
    case "timed_out":
    case "action_required":
      return "bad";
    case "running":
    case "in_progress":
      return "busy";
    case "manual":
    case "pending":
    case "queued":
    case "created":
      return "waiting";
    default:
      return "quiet";
  }
}

// A status may carry any address; only these may become a link.
function httpOnly(address: string | undefined): string | undefined {
  return address !== undefined && /^https?:\/\//i.test(address) ? address : undefined;
}
