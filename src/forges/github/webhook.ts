import { createHmac } from "node:crypto";
import { z } from "zod";
import { OperatorError } from "../../domain/errors.js";
import type { ForgeEvent, ReadDelivery } from "../../domain/events.js";
import type { ForgeName } from "../../domain/refs.js";
import type { Secret } from "../../domain/secret.js";
import { mayOrder, noOrder } from "../orders.js";
import { parseJson, parsePayload } from "../payload.js";
import { bodyId, type DeliveryIdentity, type RawDelivery, sameSecret } from "../webhook-headers.js";

export interface GitHubWebhookSecrets {
  readonly webhookSecret: Secret;
}

/** Throws `OperatorError` for an empty secret: with none, anybody's delivery would be taken. */
export function checkGitHubSecrets({ webhookSecret }: GitHubWebhookSecrets): void {
  if (webhookSecret.reveal() === "") throw new OperatorError("GitHub's webhooks have no secret configured");
}

/** Whether there is anything in the shape of a signature; without one, the body need not be read. */
export function mayBeSigned(headers: RawDelivery["headers"]): boolean {
  return /^sha256=[0-9a-f]{64}$/.test(headers["x-hub-signature-256"] ?? "");
}

/** Whether the delivery was signed with our secret: `X-Hub-Signature-256` over the raw body. */
export function verifyGitHubDelivery({ headers, body }: RawDelivery, secrets: GitHubWebhookSecrets): boolean {
  checkGitHubSecrets(secrets);
  const signature = headers["x-hub-signature-256"];
  if (signature === undefined) return false;
  const expected = createHmac("sha256", secrets.webhookSecret.reveal()).update(body).digest("hex");
  return sameSecret(signature, `sha256=${expected}`);
}

export function identifyGitHubDelivery({ headers, body }: RawDelivery): DeliveryIdentity {
  return { id: headers["x-github-delivery"] ?? bodyId(body), event: headers["x-github-event"] ?? "unnamed" };
}

export interface GitHubDelivery {
  readonly forge: ForgeName;
  readonly event: string;
  readonly body: string;
}

/** What the delivery was about; throws `OperatorError` where an event that we use has an unknown shape. */
export function readGitHubDelivery({ forge, event, body }: GitHubDelivery): ReadDelivery {
  const reason = unused[event];
  if (reason !== undefined) return { outcome: "skipped", reason };
  const reader = readers.get(event);
  if (!reader) return { outcome: "skipped", reason: `nothing follows from the event ${event}` };
  const whose = `${forge}'s webhook ${event}`;
  const payload = parseJson(body, whose);
  return withRepository(reader({ forge, whose, payload }), payload);
}

const repositoryId = z.object({ repository: z.object({ id: z.number() }) });

function withRepository(read: ReadDelivery, payload: unknown): ReadDelivery {
  const id = repositoryId.safeParse(payload).data?.repository.id;
  return read.outcome === "skipped" || id === undefined ? read : { ...read, repositoryId: id };
}

interface Payload {
  readonly forge: ForgeName;
  readonly whose: string;
  readonly payload: unknown;
}

const repository = z.object({ full_name: z.string() });
const pullShape = z.object({
  number: z.number(),
  repository,
  sender: z.object({ id: z.number() }).optional(),
});
const pushShape = z.object({ ref: z.string(), repository });
const statusShape = z.object({ sha: z.string(), repository });

const readers: ReadonlyMap<string, (payload: Payload) => ReadDelivery> = new Map([
  ["pull_request", readPull],
  ["pull_request_review", readReview],
  ["push", readPush],
  ["repository", readRepository],
  ["issue_comment", readComment],
  ["status", readStatus],
  ["check_run", readCheck("check_run")],
  ["check_suite", readCheck("check_suite")],
  ["workflow_run", readCheck("workflow_run")],
]);

const comments = "comments on lines give no orders";
const otherWay = "check_run tells of the same result";

/** Events that an app or a hook may well be subscribed to, and why nothing follows from them. */
const unused: Readonly<Record<string, string>> = {
  ping: "GitHub only tries whether the hook answers",
  pull_request_review_comment: comments,
  workflow_job: otherWay,
  installation: "where the app is installed is asked for when it matters",
  installation_repositories: "where the app is installed is asked for when it matters",
};

/** GitHub sends it to the repository that the pull request wants to change. */
function readPull({ forge, whose, payload }: Payload): ReadDelivery {
  const { number, repository, sender } = parsePayload(pullShape, payload, whose);
  return about({
    kind: "merge-request",
    mergeRequest: { repository: { forge, path: repository.full_name }, number },
    ...(sender && { by: sender.id }),
  });
}

const reviewShape = z.object({ pull_request: z.object({ number: z.number() }), repository });

/** An approval may be what the merge request waits for. The text of a review gives no orders: GitHub hides its edits. */
function readReview({ forge, whose, payload }: Payload): ReadDelivery {
  const { pull_request: pull, repository: of } = parsePayload(reviewShape, payload, whose);
  const mergeRequest = { repository: { forge, path: of.full_name }, number: pull.number };
  return about({ kind: "merge-request", mergeRequest });
}

const commentShape = z.object({
  action: z.string(),
  issue: z.object({ number: z.number(), pull_request: z.object({}).optional() }),
  comment: z.object({ id: z.number(), body: z.string().nullish() }),
  repository,
});

function readComment({ forge, whose, payload }: Payload): ReadDelivery {
  const { action, issue, comment, repository: on } = parsePayload(commentShape, payload, whose);
  if (!issue.pull_request) return { outcome: "skipped", reason: "a comment on an issue" };
  if (action !== "created" || !mayOrder(comment.body ?? "")) return { outcome: "skipped", reason: noOrder };
  const mergeRequest = { repository: { forge, path: on.full_name }, number: issue.number };
  return about({ kind: "comment", comment: { mergeRequest, id: comment.id } });
}

function readPush({ forge, whose, payload }: Payload): ReadDelivery {
  const { ref, repository } = parsePayload(pushShape, payload, whose);
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return { outcome: "skipped", reason: "only branches are followed, not tags" };
  return about({ kind: "branch", repository: { forge, path: repository.full_name }, branch });
}

const movingShape = z.object({ action: z.string(), repository });

function readRepository({ forge, whose, payload }: Payload): ReadDelivery {
  const { action, repository } = parsePayload(movingShape, payload, whose);
  if (!["renamed", "transferred", "deleted"].includes(action))
    return { outcome: "skipped", reason: `nothing follows from a repository that is ${action}` };
  return about({ kind: "repository", repository: { forge, path: repository.full_name } });
}

function readStatus({ forge, whose, payload }: Payload): ReadDelivery {
  const { sha, repository } = parsePayload(statusShape, payload, whose);
  return about({
    kind: "commit-status",
    commit: { repository: { forge, path: repository.full_name }, commit: sha },
  });
}

const buttonShape = z.object({
  action: z.string().optional(),
  requested_action: z.object({ identifier: z.string() }).nullish(),
});
const pressed = ["rerequested", "requested_action"];

function readCheck(part: "check_run" | "check_suite" | "workflow_run") {
  const shape = z.object({ [part]: z.object({ head_sha: z.string() }) });
  const whole = z.object({ repository });
  return ({ forge, whose, payload }: Payload): ReadDelivery => {
    const path = parsePayload(whole, payload, whose).repository.full_name;
    const { action = "", requested_action: button } = parsePayload(buttonShape, payload, whose);
    if (pressed.includes(action) && part !== "workflow_run") {
      const id = parsePayload(z.object({ [part]: z.object({ id: z.number() }) }), payload, whose)[part]?.id;
      const check = {
        repository: { forge, path },
        id: id ?? 0,
        of: part === "check_suite" ? "suite" : "run",
      } as const;
      return about({ kind: "rerun", check, ...(button ? { action: button.identifier } : {}) });
    }
    const commit = parsePayload(shape, payload, whose)[part]?.head_sha ?? "";
    return about({ kind: "commit-status", commit: { repository: { forge, path }, commit } });
  };
}

function about(event: ForgeEvent): ReadDelivery {
  return { outcome: "events", events: [event] };
}
