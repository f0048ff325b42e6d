import { byGravity } from "../../domain/commit-status.js";
import type { GitLabClient } from "./client.js";
import type { StatusPayload } from "./payloads.js";
import { type DecidingPipeline, jobIdsOf } from "./pipelines.js";
import { verdict } from "./verdict.js";

interface Found {
  readonly path: string;
  readonly statuses: readonly StatusPayload[];
  readonly pipelines: readonly DecidingPipeline[];
}

/**
 * Those of a commit's jobs and posted statuses that still hold. A job holds while its pipeline decides, whatever a job of
 * that name came to in another; what somebody posted holds until it is posted again, in whichever pipeline GitLab keeps it.
 * GitLab's list does not tell the one from the other, so that the pipelines are asked where it makes a difference.
 */
export async function standingStatuses(
  client: GitLabClient,
  { path, statuses, pipelines }: Found,
): Promise<readonly StatusPayload[]> {
  const superseded = new Set(pipelines.flatMap((one) => one.superseded));
  const isSuperseded = ({ pipeline_id: id }: StatusPayload) => superseded.has(id ?? 0);
  const jobs = new Map<number, ReadonlySet<number>>();
  const isJob = async ({ id, pipeline_id: of }: StatusPayload) => {
    if (!of || !decidingFor(of, pipelines)) return false;
    const known = jobs.get(of) ?? (await jobIdsOf(client, path, of));
    jobs.set(of, known);
    return known.has(id);
  };

  const standing: StatusPayload[] = [];
  for (const same of byName(statuses)) {
    const latest = latestOfEachKind(same, pipelines);
    if (isClear(latest) && !latest.some(isSuperseded)) {
      standing.push(...latest);
      continue;
    }
    let isPosted = false;
    for (const status of latest) {
      if (await isJob(status)) {
        if (!isSuperseded(status)) standing.push(status);
      } else {
        // The newest comes first.
        if (!isPosted) standing.push(status);
        isPosted = true;
      }
    }
  }
  return standing;
}

function byName(statuses: readonly StatusPayload[]): Iterable<readonly StatusPayload[]> {
  const named = new Map<string, StatusPayload[]>();
  for (const status of statuses) named.set(status.name, [...(named.get(status.name) ?? []), status]);
  return named.values();
}

/** One of each kind of pipeline, that of the deciding pipeline where it has one; the newest first. */
function latestOfEachKind(
  same: readonly StatusPayload[],
  pipelines: readonly DecidingPipeline[],
): readonly StatusPayload[] {
  const latest = new Map<number | undefined, StatusPayload>();
  for (const status of [...same].sort((one, other) => one.id - other.id)) {
    const deciding = decidingFor(status.pipeline_id, pipelines)?.pipeline.id;
    const isOvertaken = latest.get(deciding)?.pipeline_id === deciding && status.pipeline_id !== deciding;
    if (deciding === undefined || !isOvertaken) latest.set(deciding, status);
  }
  return [...latest.values()].sort((one, other) => other.id - one.id);
}

function decidingFor(
  id: number | null | undefined,
  pipelines: readonly DecidingPipeline[],
): DecidingPipeline | undefined {
  return pipelines.find(({ pipeline, superseded }) => pipeline.id === id || superseded.includes(id ?? 0));
}

/** Nothing older is graver, so that it does not matter what kind of thing each is. */
function isClear([newest, ...older]: readonly StatusPayload[]): boolean {
  return !newest || older.every((one) => byGravity(stateOf(newest), stateOf(one)) <= 0);
}

function stateOf(status: StatusPayload) {
  return verdict(status, "").state;
}
