import type { Deliveries } from "./deliveries.js";
import type { Dialect } from "./dialect.js";
import { type Core, repositoryOf } from "./memory/core.js";
import type { Happening, SandboxHook, SandboxRepository } from "./model.js";
import type { AppWebhooks, SandboxStore } from "./store.js";

export interface Sending {
  readonly core: Core;
  readonly store: SandboxStore;
  readonly dialect: Dialect;
  readonly deliveries: Deliveries;
}

/** Tells every hook of a repository, and the app's own, what happens there. */
export function tellHooks({ core, store, dialect, deliveries }: Sending): void {
  core.listen((happening) => {
    const { hooks } = placeOf(core, happening);
    for (const hook of [...hooks, ...appHook(store)]) {
      const { disabledUntil: until } = hook;
      if (until === "further notice" || (until !== undefined && until > store.now())) continue;
      // Written at once, sent in turn: what it says is how things are now.
      deliveries.send(hook, dialect.webhooks(store, happening, hook));
    }
  });
}

/** The deliveries as an app asks for them. */
export function appWebhooks(deliveries: Deliveries): AppWebhooks {
  return {
    list: () =>
      deliveries.list().map(({ id, hook, event, request, sentAt, redeliveryOf, outcome }) => {
        const answered = outcome.outcome === "answered" ? outcome : undefined;
        return {
          ...{ id, hook, event, sentAt, again: redeliveryOf !== undefined, status: answered?.status },
          guid: request.headers["x-github-delivery"] ?? "",
          seconds: (answered?.milliseconds ?? 0) / 1000,
        };
      }),
    redeliver: (wanted) => {
      const delivery = deliveries.list().find(({ id }) => id === wanted);
      if (delivery) void deliveries.redeliver(delivery);
    },
  };
}

// The app is subscribed to everything; its id is the app's, so that it keeps its order.
function appHook(store: SandboxStore): SandboxHook[] {
  const { app } = store;
  if (app?.webhookUrl === undefined) return [];
  const { id, webhookUrl: url, webhookSecret: secret } = app;
  return [{ id, url, secret, signingToken: undefined, events: ["*"], createdAt: store.now() }];
}

/** What was deleted still has its hooks told so. */
function placeOf(core: Core, happening: Happening): Pick<SandboxRepository, "hooks"> {
  return happening.kind === "repository"
    ? happening.repository
    : repositoryOf(core, repositoryIdOf(happening));
}

function repositoryIdOf(happening: Happening): number {
  switch (happening.kind) {
    case "push":
    case "repository":
      return happening.repository.id;
    case "merge-request":
    case "review":
      return happening.mergeRequest.repository;
    case "comment":
      return happening.comment.repository;
    case "status":
      return happening.status.repository;
    case "pipeline":
    case "job":
      return happening.pipeline.repository;
    case "check-run":
      return happening.checkRun.repository;
  }
}
