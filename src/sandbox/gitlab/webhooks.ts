import { createHmac, randomUUID } from "node:crypto";
import type { WebhookRequest } from "../dialect.js";
import type { Happening, SandboxHook } from "../model.js";
import type { SandboxStore } from "../store.js";
import type { hookFlags } from "./entities/hook.js";
import type { Announcement } from "./payloads/common.js";
import { approvalEvents, mergeRequestEvents, noteEvents } from "./payloads/merge-request.js";
import { jobEvents, pipelineEvents } from "./payloads/pipeline.js";
import { pushEvents } from "./payloads/push.js";

/** What a hook must have switched on to be told. */
const flags: Readonly<Record<Announcement["event"], (typeof hookFlags)[number]>> = {
  "Push Hook": "push_events",
  "Merge Request Hook": "merge_requests_events",
  "Note Hook": "note_events",
  "Pipeline Hook": "pipeline_events",
  "Job Hook": "job_events",
};

/** What GitLab would send to this hook: the events that it is subscribed to, with its token and its signature. */
export async function gitlabWebhooks(
  store: SandboxStore,
  happening: Happening,
  hook: SandboxHook,
): Promise<readonly WebhookRequest[]> {
  const announced = await announcements(store, happening);
  return announced
    .filter(({ event }) => hook.events.includes(flags[event]))
    .map((announcement) => request(store, announcement, hook));
}

function announcements(store: SandboxStore, happening: Happening): Promise<readonly Announcement[]> {
  switch (happening.kind) {
    case "push":
      return pushEvents(store, happening);
    case "merge-request":
      return mergeRequestEvents(store, happening);
    case "comment":
      return noteEvents(store, happening);
    case "review":
      return approvalEvents(store, happening);
    case "pipeline":
      return pipelineEvents(store, happening);
    case "job":
      return jobEvents(store, happening);
    // A posted status has no event of its own: its pipeline tells. Check runs are GitHub's.
    // What became of a repository only system hooks tell, which are the administrators'.
    case "status":
    case "check-run":
    case "repository":
      return Promise.resolve([]);
  }
}

function request(store: SandboxStore, { event, payload }: Announcement, hook: SandboxHook): WebhookRequest {
  const body = JSON.stringify(payload);
  const id = randomUUID();
  return {
    event,
    headers: {
      "user-agent": "GitLab/sandbox",
      "x-gitlab-event": event,
      "x-gitlab-event-uuid": randomUUID(),
      "x-gitlab-webhook-uuid": hookUuid(store, hook),
      "x-gitlab-instance": store.url,
      "idempotency-key": id,
      ...(hook.secret === "" ? {} : { "x-gitlab-token": hook.secret }),
      ...(hook.signingToken === undefined ? {} : signature(store, { id, body, token: hook.signingToken })),
    },
    body,
  };
}

const hookUuids = new WeakMap<SandboxStore, Map<number, string>>();

/** Each hook keeps its own. */
function hookUuid(store: SandboxStore, { id }: SandboxHook): string {
  const known = hookUuids.get(store) ?? new Map<number, string>();
  hookUuids.set(store, known);
  const uuid = known.get(id) ?? randomUUID();
  known.set(id, uuid);
  return uuid;
}

/** https://www.standardwebhooks.com: the id is the idempotency key, the time is in seconds. */
function signature(
  store: SandboxStore,
  { id, body, token }: { readonly id: string; readonly body: string; readonly token: string },
): Record<string, string> {
  const timestamp = String(Math.floor(Date.parse(store.now()) / 1000));
  const key = Buffer.from(token.replace(/^whsec_/, ""), "base64");
  const digest = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${digest}` };
}
