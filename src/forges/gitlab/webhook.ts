import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../../domain/clock.js";
import { OperatorError } from "../../domain/errors.js";
import type { ForgeEvent, ReadDelivery } from "../../domain/events.js";
import type { ForgeName } from "../../domain/refs.js";
import type { Secret } from "../../domain/secret.js";
import { mayOrder, noOrder } from "../orders.js";
import { parseJson, parsePayload } from "../payload.js";
import { bodyId, type DeliveryIdentity, type RawDelivery, sameSecret } from "../webhook-headers.js";

/** At least one of them; a hook of GitLab 19 or newer may have both. */
export interface GitLabWebhookSecrets {
  /** Comes as it is in `X-Gitlab-Token`. */
  readonly webhookSecret?: Secret | undefined;
  /** `whsec_` and the base64 of the key that signs. */
  readonly signingToken?: Secret | undefined;
}

/** Throws `OperatorError` when there is no secret, or a signing token that is none: anybody's delivery would be taken. */
export function checkGitLabSecrets({ webhookSecret, signingToken }: GitLabWebhookSecrets): void {
  if (signingToken && keyOf(signingToken).length === 0) {
    throw new OperatorError("GitLab's signing token is not `whsec_` followed by base64");
  }
  if (!signingToken && (webhookSecret === undefined || webhookSecret.reveal() === "")) {
    throw new OperatorError("GitLab's webhooks have neither a secret token nor a signing token configured");
  }
}

/** Whether the headers alone tell that a delivery does not come from our hook: then its body need not be read. */
export function mayBeGitLabs(
  headers: RawDelivery["headers"],
  secrets: GitLabWebhookSecrets,
  clock: Clock,
): boolean {
  checkGitLabSecrets(secrets);
  const { signingToken } = secrets;
  if (signingToken && headers["webhook-signature"] !== undefined) return isSignedNow(headers, clock);
  return hasToken(headers, secrets);
}

/**
 * Whether the delivery comes from our hook. A signature is what counts where we can check one; the plain token counts for
 * a hook that signs nothing, if we have such a token.
 */
export function verifyGitLabDelivery(
  { headers, body }: RawDelivery,
  secrets: GitLabWebhookSecrets,
  clock: Clock,
): boolean {
  const { signingToken } = secrets;
  if (!mayBeGitLabs(headers, secrets, clock)) return false;
  if (!signingToken || headers["webhook-signature"] === undefined) return true;
  return isSigned({ headers, body }, signingToken);
}

function hasToken(headers: RawDelivery["headers"], { webhookSecret }: GitLabWebhookSecrets): boolean {
  const token = headers["x-gitlab-token"];
  if (webhookSecret === undefined || webhookSecret.reveal() === "" || token === undefined) return false;
  return sameSecret(token, webhookSecret.reveal());
}

/** Seconds by which a signed delivery may be old, or our clocks may differ. */
const oldest = 5 * 60;

function isSignedNow(headers: RawDelivery["headers"], clock: Clock): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp } = headers;
  if (id === undefined || timestamp === undefined || !/^\d+$/.test(timestamp)) return false;
  return Math.abs(clock.now().getTime() / 1000 - Number(timestamp)) <= oldest;
}

/** https://www.standardwebhooks.com: `v1,` and the base64 HMAC of id, time and raw body; several while keys change. */
function isSigned({ headers, body }: RawDelivery, signingToken: Secret): boolean {
  const { "webhook-id": id = "", "webhook-timestamp": timestamp = "" } = headers;
  const signatures = headers["webhook-signature"] ?? "";
  const hmac = createHmac("sha256", keyOf(signingToken)).update(`${id}.${timestamp}.`).update(body);
  const expected = `v1,${hmac.digest("base64")}`;
  return signatures.split(" ").some((signature) => sameSecret(signature, expected));
}

function keyOf(signingToken: Secret): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/_-]+=*)$/.exec(signingToken.reveal())?.[1];
  return Buffer.from(encoded ?? "", "base64");
}

/**
 * `Idempotency-Key` (17.4 and newer) and its twin `webhook-id` stay the same when a delivery is sent again. Before them
 * there is only the event's id, which recursive webhooks share, so the body has to be told from others, too.
 */
export function identifyGitLabDelivery({ headers, body }: RawDelivery): DeliveryIdentity {
  const eventId = headers["x-gitlab-event-uuid"];
  const older = eventId === undefined ? bodyId(body) : `${eventId}-${bodyId(body)}`;
  const id = headers["idempotency-key"] ?? headers["webhook-id"] ?? older;
  return { id, event: headers["x-gitlab-event"] ?? "unnamed" };
}

export interface GitLabDelivery {
  readonly forge: ForgeName;
  readonly event: string;
  readonly body: string;
}

/** What the delivery was about; throws `OperatorError` where an event that we use has an unknown shape. */
export function readGitLabDelivery({ forge, event, body }: GitLabDelivery): ReadDelivery {
  const reader = readers.get(event);
  if (!reader) return { outcome: "skipped", reason: unused[event] ?? `nothing follows from a ${event}` };
  const whose = `${forge}'s webhook ${event}`;
  const payload = parseJson(body, whose);
  return withProject(reader({ forge, whose, payload }), payload);
}

const projectId = z.object({
  object_attributes: z.object({ target_project_id: z.number().nullish() }).optional(),
  project: z.object({ id: z.number().optional() }).nullish(),
  project_id: z.number().nullish(),
});

function withProject(read: ReadDelivery, payload: unknown): ReadDelivery {
  if (read.outcome === "skipped") return read;
  const { object_attributes: of, project, project_id: id } = projectId.safeParse(payload).data ?? {};
  const repositoryId = of?.target_project_id ?? project?.id ?? id ?? undefined;
  return repositoryId === undefined ? read : { ...read, repositoryId };
}

interface Payload {
  readonly forge: ForgeName;
  readonly whose: string;
  readonly payload: unknown;
}

const readers: ReadonlyMap<string, (payload: Payload) => ReadDelivery> = new Map([
  ["Merge Request Hook", readMergeRequest],
  ["Pipeline Hook", readPipeline],
  ["Job Hook", readJob],
  ["Push Hook", readPush],
  ["Note Hook", readNote],
  ["System Hook", readSystem],
]);

/** Events that a hook may well be subscribed to, and why nothing follows from them. */
const unused: Readonly<Record<string, string>> = {
  "Tag Push Hook": "only branches are followed, not tags",
};

const project = z.object({ path_with_namespace: z.string() });
const mergeRequestShape = z.object({
  object_attributes: z.object({ iid: z.number(), target: project }),
  user: z.object({ id: z.number().optional() }).optional(),
});
const pipelineShape = z.object({ object_attributes: z.object({ sha: z.string() }), project });
const pushShape = z.object({ ref: z.string(), project });
const noteShape = z.object({
  object_attributes: z.object({
    id: z.number(),
    note: z.string(),
    noteable_type: z.string(),
    system: z.boolean().nullish(),
    // `DiffNote` for a comment on a line; nothing for one of its own.
    type: z.string().nullish(),
    // Older servers do not tell a new note from an edited one; the note itself does.
    action: z.string().optional(),
  }),
  merge_request: z.object({ iid: z.number() }).nullish(),
  project,
});
// Older servers name a job's project only by the address of its pages.
const jobShape = z.object({
  sha: z.string(),
  project: project.optional(),
  repository: z.object({ homepage: z.url() }),
});

function readMergeRequest({ forge, whose, payload }: Payload): ReadDelivery {
  const { object_attributes, user } = parsePayload(mergeRequestShape, payload, whose);
  const { iid: number, target } = object_attributes;
  return about({
    kind: "merge-request",
    mergeRequest: { repository: { forge, path: target.path_with_namespace }, number },
    ...(user?.id === undefined ? {} : { by: user.id }),
  });
}

function readNote({ forge, whose, payload }: Payload): ReadDelivery {
  const { object_attributes: note, merge_request: on, project } = parsePayload(noteShape, payload, whose);
  if (note.noteable_type !== "MergeRequest" || !on) return { outcome: "skipped", reason: elsewhere };
  if (note.system === true || note.action === "update") return { outcome: "skipped", reason: noOrder };
  if (note.type === "DiffNote") return { outcome: "skipped", reason: "comments on lines give no orders" };
  if (!mayOrder(note.note)) return { outcome: "skipped", reason: noOrder };
  const mergeRequest = { repository: { forge, path: project.path_with_namespace }, number: on.iid };
  return about({ kind: "comment", comment: { mergeRequest, id: note.id } });
}

const elsewhere = "a comment on something else than a merge request";

function readPipeline({ forge, whose, payload }: Payload): ReadDelivery {
  const { object_attributes: pipeline, project } = parsePayload(pipelineShape, payload, whose);
  const repository = { forge, path: project.path_with_namespace };
  return about({ kind: "commit-status", commit: { repository, commit: pipeline.sha } });
}

function readJob({ forge, whose, payload }: Payload): ReadDelivery {
  const { sha, project, repository } = parsePayload(jobShape, payload, whose);
  const path = project?.path_with_namespace ?? new URL(repository.homepage).pathname.slice(1);
  return about({ kind: "commit-status", commit: { repository: { forge, path }, commit: sha } });
}

function readPush({ forge, whose, payload }: Payload): ReadDelivery {
  const { ref, project } = parsePayload(pushShape, payload, whose);
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return { outcome: "skipped", reason: "only branches are followed, not tags" };
  return about({ kind: "branch", repository: { forge, path: project.path_with_namespace }, branch });
}

const systemShape = z.object({ event_name: z.string(), path_with_namespace: z.string().optional() });

/** Only administrators can have them; of all the rest the hooks of projects tell. */
function readSystem({ forge, whose, payload }: Payload): ReadDelivery {
  const { event_name: event, path_with_namespace: path } = parsePayload(systemShape, payload, whose);
  if (path === undefined || !["project_rename", "project_transfer", "project_destroy"].includes(event))
    return { outcome: "skipped", reason: "the hooks of projects tell of the same" };
  return about({ kind: "repository", repository: { forge, path } });
}

function about(event: ForgeEvent): ReadDelivery {
  return { outcome: "events", events: [event] };
}
