import { createHmac, randomUUID } from "node:crypto";
import type { WebhookRequest } from "../dialect.js";
import type { Happening, SandboxHook } from "../model.js";
import type { SandboxStore } from "../store.js";
import { type Announcement, installationMention } from "./payloads/common.js";
import { checkRunEvents, jobEvents, pipelineEvents } from "./payloads/checks.js";
import { commentEvents, pullRequestEvents } from "./payloads/pull-request.js";
import { reviewEvents } from "./payloads/review.js";
import { pushEvents, statusEvents } from "./payloads/push.js";
import { repositoryEvents } from "./payloads/repository.js";

/** What GitHub would send to this hook: the events that it is subscribed to, signed with its secret. */
export async function githubWebhooks(
  store: SandboxStore,
  happening: Happening,
  hook: SandboxHook,
): Promise<readonly WebhookRequest[]> {
  const wanted = (event: string) => hook.events.includes(event) || hook.events.includes("*");
  if (!possible[happening.kind].some(wanted)) return [];
  const announced = await announcements(store, happening);
  return announced
    .filter(({ event }) => wanted(event))
    .map((announcement) => request(store, announcement, hook));
}

/** Payloads cost git processes, so nothing is made up that the hook would not get. */
const possible: Readonly<Record<Happening["kind"], readonly string[]>> = {
  push: ["push"],
  repository: ["repository"],
  "merge-request": ["pull_request"],
  comment: ["issue_comment"],
  review: ["pull_request_review"],
  status: ["status"],
  pipeline: ["workflow_run", "check_suite"],
  job: ["check_run"],
  "check-run": ["check_run", "check_suite"],
};

function announcements(store: SandboxStore, happening: Happening): Promise<readonly Announcement[]> {
  switch (happening.kind) {
    case "push":
      return pushEvents(store, happening);
    case "repository":
      return Promise.resolve(repositoryEvents(store, happening));
    case "merge-request":
      return pullRequestEvents(store, happening);
    case "comment":
      return commentEvents(store, happening);
    case "review":
      return reviewEvents(store, happening);
    case "status":
      return statusEvents(store, happening);
    case "pipeline":
      return pipelineEvents(store, happening);
    case "job":
      return jobEvents(store, happening);
    case "check-run":
      return checkRunEvents(store, happening);
  }
}

function request(store: SandboxStore, { event, payload }: Announcement, hook: SandboxHook): WebhookRequest {
  const { app } = store;
  const isApp = app?.webhookUrl === hook.url;
  // Only an app learns of its installation; a repository's own webhook has none.
  const body = JSON.stringify(isApp ? { ...payload, installation: installationMention(app) } : payload);
  return {
    event,
    headers: {
      accept: "*/*",
      "user-agent": "GitHub-Hookshot/sandbox",
      "x-github-delivery": randomUUID(),
      "x-github-event": event,
      "x-github-hook-id": String(hook.id),
      "x-github-hook-installation-target-id": String(isApp ? app.id : hook.id),
      "x-github-hook-installation-target-type": isApp ? "integration" : "repository",
      ...signatures(hook.secret, body),
    },
    body,
  };
}

function signatures(secret: string, body: string): Record<string, string> {
  if (secret === "") return {};
  const sign = (algorithm: string) =>
    `${algorithm}=${createHmac(algorithm, secret).update(body).digest("hex")}`;
  return { "x-hub-signature": sign("sha1"), "x-hub-signature-256": sign("sha256") };
}
