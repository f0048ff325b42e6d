import { z } from "zod";
import { OperatorError } from "../domain/errors.js";
import type { Outcome } from "../domain/outcome.js";
import { type Urgency, withUrgency } from "../domain/urgency.js";
import type { Job } from "../queue/queue.js";
import { bringHome } from "./bring-home.js";
import { discover } from "./discover.js";
import { editComments } from "./edit-comments.js";
import { followBranch } from "./follow-branch.js";
import { followingMoves } from "./follow-moves.js";
import { followRepository } from "./follow-repository.js";
import { followDistGit } from "./follow-dist-git.js";
import { mirrorAgain } from "./mirror-again.js";
import { mirrorMergeRequest } from "./mirror-merge-request.js";
import { obeyComment } from "./obey-comment.js";
import { reconcile } from "./reconcile.js";
import { redeliverWebhooks } from "./redeliver-webhooks.js";
import { relayCommitStatuses } from "./relay-commit-statuses.js";
import { rerunCheck } from "./rerun-check.js";
import type { Services } from "./services.js";
import { sweep } from "./sweep.js";

/** Performs a job by the handler of its kind. */
export function perform(job: Job, services: Services): Promise<Outcome> {
  return withUrgency(urgencies[job.kind] ?? "people", () =>
    followingMoves(job, services, () => performNow(job, services)),
  );
}

/** Whose requests to the forges let others go first; somebody waits for all the rest. */
const urgencies: Readonly<Record<string, Urgency>> = {
  "relay-commit-statuses": "machines",
  "edit-comments": "machines",
  "follow-branch": "machines",
  "follow-repository": "machines",
  "bring-home": "machines",
  "mirror-again": "machines",
  reconcile: "nobody",
  sweep: "nobody",
  discover: "nobody",
  "redeliver-webhooks": "nobody",
};

type Handler = (payload: unknown, services: Services, job: Job) => Promise<Outcome>;

const handlers: Readonly<Record<string, Handler>> = {
  "mirror-merge-request": (payload, services) =>
    mirrorMergeRequest(mergeRequestPayload.parse(payload), services),
  "follow-dist-git": (payload, services) => followDistGit(followPayload.parse(payload), services),
  "relay-commit-statuses": (payload, services) => relayCommitStatuses(relayPayload.parse(payload), services),
  "rerun-check": (payload, services, { attempt, addedAt }) =>
    rerunCheck({ ...pressPayload.parse(payload), triedSince: attempt > 1 ? addedAt : undefined }, services),
  "obey-comment": (payload, services) => obeyComment(commentPayload.parse(payload), services),
  "edit-comments": (payload, services) => editComments(mergeRequestPayload.parse(payload), services),
  "follow-branch": (payload, services) => followBranch(branchPayload.parse(payload), services),
  "bring-home": (payload, services) => bringHome(homePayload.parse(payload), services),
  "mirror-again": (payload, services) => mirrorAgain(mergeRequestPayload.parse(payload), services),
  "follow-repository": (payload, services) => followRepository(repositoryPayload.parse(payload), services),
  sweep: (_, services) => sweep(services),
  reconcile: (payload, services) => reconcile(visitPayload.parse(payload), services),
  discover: (payload, services) => discover(ownerPayload.parse(payload), services),
  "redeliver-webhooks": (payload, services) => redeliverWebhooks(forgePayload.parse(payload), services),
  "unreadable-delivery": (payload) => {
    throw new OperatorError(`a delivery could not be read: ${unreadablePayload.parse(payload).reason}`);
  },
};

/** Every kind of job that there is. */
export const jobKinds: readonly string[] = Object.keys(handlers);

async function performNow(job: Job, services: Services): Promise<Outcome> {
  const handler = handlers[job.kind];
  if (handler) return handler(job.payload, services, job);
  throw new OperatorError(`no handler for jobs of kind ${job.kind}`);
}

const repository = z.object({ forge: z.string(), path: z.string() });
const forgePayload = z.object({ forge: z.string() });
const repositoryPayload = z.object({ repository });
const commit = z.object({ repository, commit: z.string() });
const visitPayload = z.object({
  repository,
  looks: z.array(z.enum(["open", "repository"])).default([]),
  late: z.array(commit).default([]),
});
const ownerPayload = z.object({ forge: z.string(), owner: z.string() });
const mergeRequestPayload = z.object({ mergeRequest: z.object({ repository, number: z.number() }) });
const turn = mergeRequestPayload.shape.mergeRequest.optional();
const followPayload = mergeRequestPayload.extend({ by: z.number().optional(), turn });
const relayPayload = z.object({
  commit,
  ran: z.string().optional(),
  waiting: z.enum(["goes on", "is over"]).default("goes on"),
  turn,
});
const pressPayload = z.object({
  check: z.object({ repository, id: z.number(), of: z.enum(["run", "suite"]) }),
  action: z.string().optional(),
});
const commentPayload = z.object({
  comment: z.object({ mergeRequest: mergeRequestPayload.shape.mergeRequest, id: z.number() }),
  turn,
});
const branchPayload = z.object({ repository, branch: z.string() });
const homePayload = z.object({ distGit: branchPayload });
const unreadablePayload = z.object({ reason: z.string() });
