import { z } from "zod";
import { Moved, OperatorError } from "../domain/errors.js";
import { done, type Outcome, skipped } from "../domain/outcome.js";
import { repositoryName, type RepositoryRef, sameRepository } from "../domain/refs.js";
import type { Job, NewJob } from "../queue/queue.js";
import type { Services } from "./services.js";

/** The repository that a job is about, and its id where its event told. */
interface About {
  readonly repository: RepositoryRef;
  readonly id: number | undefined;
}

/**
 * Performs a job where its repository is by now. One that is under way when that turns out to be elsewhere ends there and
 * then, everything that is recorded follows, and the job comes again under the new path: its lane has another name, too.
 */
export async function followingMoves(
  job: Job,
  services: Services,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const about = aboutOf(job);
  const elsewhere = about && (await movedBefore(job, about, services));
  if (elsewhere) return elsewhere;
  try {
    return await work();
  } catch (error) {
    if (error instanceof Moved) return await goAfter(error, { job, about, services });
    const isGone =
      about && error instanceof OperatorError && (await services.locator.locate(about.repository)) === "gone";
    if (!isGone) throw error;
    return skipped(`${repositoryName(about.repository)} is gone`);
  }
}

async function movedBefore(
  job: Job,
  { repository, id }: About,
  { whereabouts, locator, queue }: Services,
): Promise<Outcome | undefined> {
  // It is asked for as it is configured: only so a repository is noticed that took the old name.
  if (job.kind === "reconcile") return undefined;
  if (id !== undefined) {
    const present = await whereabouts.withId(repository, id);
    if (present ? sameRepository(present.ref, repository) : !(await whereabouts.at(repository)))
      return undefined;
    // Heard of by a name that is not known of it: the event is old, or the repository was renamed.
    await locator.locate(repository, id);
  }
  const known = id === undefined ? undefined : (await whereabouts.withId(repository, id))?.ref;
  const now = known ?? (await whereabouts.now(repository));
  if (sameRepository(now, repository)) return undefined;
  await queue.add([readdressed(job, repository, now)]);
  return skipped(`${repositoryName(repository)} is called ${repositoryName(now)} by now`);
}

interface Interrupted {
  readonly job: Job;
  readonly about: About | undefined;
  readonly services: Services;
}

async function goAfter(moved: Moved, { job, about, services }: Interrupted): Promise<Outcome> {
  const { locator, whereabouts, queue } = services;
  const { repository } = moved;
  const located = await locator.locate(repository, moved.id);
  if (located === "gone") return skipped(`${repositoryName(repository)} is gone`);
  const now = await whereabouts.now(repository);
  const isRenamed = !sameRepository(now, repository);
  const said = `${repositoryName(repository)} is called ${repositoryName(now)} by now`;
  const isOwn = about !== undefined && sameRepository(about.repository, repository);
  if (isRenamed && isOwn) {
    if (job.kind !== "reconcile") await queue.add([readdressed(job, about.repository, now)]);
    return located === "moved" ? done(said) : skipped(said);
  }
  // A link calls it by an old name: what to do about that stands on its merge requests.
  if (located === "here" && isRenamed) return skipped(said);
  // Nothing follows from what is known already: time may help.
  if (located === "here") throw moved;
  await queue.add([anew(job)]);
  return done(isRenamed ? said : `${repositoryName(repository)} is another repository by now`);
}

function aboutOf({ payload }: Job): About | undefined {
  const repository = repositoryIn(payload);
  const id = idShape.safeParse(payload).data?.repositoryId;
  return repository && { repository, id };
}

const idShape = z.object({ repositoryId: z.number().optional() });
const repositoryShape = z.object({ forge: z.string(), path: z.string() });

/** Payloads hold references, and each is about one repository. */
function repositoryIn(payload: unknown): RepositoryRef | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  const repository = repositoryShape.safeParse(payload);
  if (repository.success) return repository.data;
  for (const part of Object.values(payload)) {
    const found = repositoryIn(part);
    if (found) return found;
  }
  return undefined;
}

/** The same work on the same repository under its new path; keys and lanes are made of it. */
function readdressed(job: Job, from: RepositoryRef, to: RepositoryRef): NewJob {
  const inText = (text: string) => text.replace(repositoryName(from), () => repositoryName(to));
  const { key, lane, share, ...same } = anew(job);
  return {
    ...same,
    ...{ key: inText(key), lane: inText(lane), payload: inPayload(job.payload, from, to) },
    ...(share === undefined ? {} : { share: inText(share) }),
  };
}

function inPayload(value: unknown, from: RepositoryRef, to: RepositoryRef): unknown {
  if (typeof value !== "object" || value === null) return value;
  const repository = repositoryShape.safeParse(value);
  if (repository.success) return sameRepository(repository.data, from) ? { ...value, path: to.path } : value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inPayload(part, from, to)]));
}

function anew({ kind, key, lane, share, payload }: Job): NewJob {
  return { kind, key, lane, payload, ...(share === undefined ? {} : { share }) };
}
