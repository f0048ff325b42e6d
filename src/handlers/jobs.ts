import type { CommentRef } from "../domain/comment.js";
import type { ForgeEvent, ReadDelivery } from "../domain/events.js";
import {
  type CommitRef,
  type ForgeName,
  type MergeRequestRef,
  mergeRequestName,
  repositoryName,
  type RepositoryRef,
} from "../domain/refs.js";
import type { HomeSides } from "../linking/homecoming/homecomings.js";
import type { Visit } from "../linking/reconciler/sweep-plan.js";
import type { NewJob } from "../queue/queue.js";

/** The work that follows from an event. Whether there is anything to do is the handler's question, not the event's. */
export function jobsFor(event: ForgeEvent): NewJob[] {
  switch (event.kind) {
    case "merge-request":
      return [mirrorJob(event.mergeRequest), followJob(event)];
    case "commit-status":
      return [relayJob(event.commit)];
    case "comment":
      return [obeyJob(event.comment)];
    case "rerun":
      return [rerunJob(event)];
    case "branch":
      return [branchJob(event)];
    case "repository":
      return [repositoryJob(event.repository)];
  }
}

/** All work that follows from a delivery, with the id of its repository: the path may be another's by the time. */
export function jobsOfDelivery({
  events,
  repositoryId,
}: Extract<ReadDelivery, { readonly outcome: "events" }>): NewJob[] {
  const jobs = events.flatMap(jobsFor);
  if (repositoryId === undefined) return jobs;
  return jobs.map((job) => ({ ...job, payload: { ...(job.payload as object), repositoryId } }));
}

function repositoryJob(repository: RepositoryRef): NewJob {
  const name = `repository ${repositoryName(repository)}`;
  return { kind: "follow-repository", key: name, lane: name, payload: { repository } };
}

/** Has every repository of a link looked at; there is one such job, and it sees to the next. */
export function sweepJob(runAt: Date): NewJob {
  return { kind: "sweep", key: "sweep", lane: "sweep", payload: {}, runAt };
}

/** Nobody waits for what sweeps: where they are late, thousands of visits would stand before whatever people do. */
const swept = { share: "sweep", yieldsFor: 3600 };

/** Compares a repository with what is recorded of it. */
export function reconcileJob(visit: Visit, runAt: Date): NewJob {
  const name = `reconcile ${repositoryName(visit.repository)}`;
  return { kind: "reconcile", key: name, lane: name, ...swept, payload: { ...visit }, runAt };
}

/** Has the repositories of an owner, or of a group, looked at that nobody told of. */
export function discoverJob(place: { readonly forge: ForgeName; readonly owner: string }): NewJob {
  const name = `discover ${place.forge}/${place.owner}`;
  return { kind: "discover", key: name, lane: name, ...swept, payload: place };
}

/** Has a forge send again the webhooks that failed. */
export function redeliverJob(forge: ForgeName): NewJob {
  const name = `redeliver ${forge}`;
  return { kind: "redeliver-webhooks", key: name, lane: name, payload: { forge } };
}

/** Brings home what this dist-git branch changed by itself; one at a time for each branch. */
export function homeJob(distGit: HomeSides["distGit"]): NewJob {
  const name = `${repositoryName(distGit.repository)} ${distGit.branch}`;
  const share = repositoryName(distGit.repository);
  return { kind: "bring-home", key: `home ${name}`, lane: `home ${name}`, share, payload: { distGit } };
}

/** Keeps an event of unknown shape in sight of the operator: its job is parked with the reason. */
export function unreadableDelivery(delivery: {
  readonly forge: string;
  readonly id: string;
  readonly reason: string;
}): NewJob {
  const key = `unreadable-delivery ${delivery.forge} ${delivery.id}`;
  return { kind: "unreadable-delivery", key, lane: key, payload: delivery };
}

/** Makes the dist-git side agree with this source-git merge request. */
export function mirrorJob(mergeRequest: MergeRequestRef): NewJob {
  const name = mergeRequestName(mergeRequest);
  const share = repositoryName(mergeRequest.repository);
  return {
    kind: "mirror-merge-request",
    key: `mirror ${name}`,
    lane: name,
    share,
    payload: { mergeRequest },
  };
}

/** The same at that moment, beside what happens until then. */
export function mirrorLaterJob(mergeRequest: MergeRequestRef, runAt: Date): NewJob {
  const job = mirrorJob(mergeRequest);
  return { ...job, key: `later ${job.key}`, runAt };
}

/** Converts what is mirrored already once more. */
export function mirrorAgainJob(mergeRequest: MergeRequestRef): NewJob {
  const name = mergeRequestName(mergeRequest);
  const share = repositoryName(mergeRequest.repository);
  return { kind: "mirror-again", key: `again ${name}`, lane: name, share, payload: { mergeRequest } };
}

/** Has the comments of a pair edited at that moment; in the lane of its source-git side, so that edits never cross. */
export function commentsJob(mergeRequest: MergeRequestRef, runAt: Date): NewJob {
  const name = mergeRequestName(mergeRequest);
  const share = repositoryName(mergeRequest.repository);
  return {
    kind: "edit-comments",
    key: `comments ${name}`,
    lane: name,
    share,
    payload: { mergeRequest },
    runAt,
  };
}

/** Said of a job that comes again in another lane. */
export const takesTurn = "waits for its turn among all that changes the pair";

interface Followed {
  readonly mergeRequest: MergeRequestRef;
  readonly by?: number | undefined;
}

/**
 * A repository may be one link's dist-git and another's source-git, so a merge request is looked at from both sides. Once it
 * is known to be dist-git's side of a pair, it waits for its turn in the lane of source-git's, with all that changes the pair.
 */
export function followJob({ mergeRequest, by }: Followed, turn?: MergeRequestRef): NewJob {
  const name = mergeRequestName(mergeRequest);
  // Whose doing it was is part of the key: our own, which is passed over, must not stand for somebody else's.
  const key = ["follow", name, ...(by === undefined ? [] : [`by ${by}`])].join(" ");
  const [lane, share] = [mergeRequestName(turn ?? mergeRequest), repositoryName(mergeRequest.repository)];
  return { kind: "follow-dist-git", key, lane, share, payload: { mergeRequest, by, turn } };
}

/** In the lane of its merge request, so that what it orders waits for what is under way there; of dist-git's as above. */
export function obeyJob(comment: CommentRef, turn?: MergeRequestRef): NewJob {
  const key = `obey ${mergeRequestName(comment.mergeRequest)} ${comment.id}`;
  const lane = mergeRequestName(turn ?? comment.mergeRequest);
  const share = repositoryName(comment.mergeRequest.repository);
  return { kind: "obey-comment", key, lane, share, payload: { comment, turn } };
}

function branchJob({ repository, branch }: HomeSides["distGit"]): NewJob {
  const name = `branch ${repositoryName(repository)} ${branch}`;
  const share = machinesShare(repository);
  return { kind: "follow-branch", key: name, lane: name, share, payload: { repository, branch } };
}

/** Shows the results of this dist-git commit in source-git. */
export function relayJob(commit: CommitRef): NewJob {
  const share = machinesShare(commit.repository);
  const name = `${repositoryName(commit.repository)}@${commit.commit}`;
  return { kind: "relay-commit-statuses", key: `relay ${name}`, lane: name, share, payload: { commit } };
}

/** The same once it is known which pair it is for: what was read first is not to be shown last. */
export function relayTurnJob(relayed: Relayed, turn: MergeRequestRef): NewJob {
  const job = relayJob(relayed.commit);
  const name = mergeRequestName(turn);
  const words = [job.key, relayed.ran ?? "", relayed.waiting, name].filter(Boolean);
  return { ...job, lane: name, key: words.join(" "), payload: { ...relayed, turn } };
}

export interface Relayed {
  readonly commit: CommitRef;
  /** What the CI ran on, where it is another. */
  readonly ran?: string | undefined;
  readonly waiting: "goes on" | "is over";
}

/** The same when nothing is waited for any more: a dist-git without CI says so. */
export function silenceJob(commit: CommitRef, runAt: Date): NewJob {
  const { lane, key, ...job } = relayJob(commit);
  return { ...job, lane, key: `silence ${key}`, payload: { commit, waiting: "is over" }, runAt };
}

function rerunJob({ check, action }: Extract<ForgeEvent, { readonly kind: "rerun" }>): NewJob {
  const name = `rerun ${repositoryName(check.repository)} ${check.of} ${check.id}`;
  const share = repositoryName(check.repository);
  return {
    kind: "rerun-check",
    key: `${name} ${action ?? ""}`,
    lane: name,
    share,
    payload: { check, action },
  };
}

/** What CI and pushes tell comes in floods: it takes turns with what people of the same repository do. */
function machinesShare(repository: RepositoryRef): string {
  return `${repositoryName(repository)} machines`;
}
