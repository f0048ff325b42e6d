import { z } from "zod";
import type { AppDelivery, SandboxApp } from "../store.js";
import { askingApp, signedIn } from "./access.js";
import { appObject, appPermissions, hookConfig, installationObject } from "./entities/app.js";
import { permissions, repositoryObject } from "./entities/repository.js";
import { Refusal, notFound } from "./errors.js";
import { type Api, type Request, body, fromCursor, numberParameter, paged, parameter } from "./http.js";
import { organisation } from "./repositories.js";

export function appRoutes(api: Api): void {
  api.get("/app", (c) => c.json(appObject(c.var.store, askingApp(c))));
  api.get("/app/hook/config", webhookConfig);
  api.get("/app/hook/deliveries", listDeliveries);
  api.post("/app/hook/deliveries/:id/attempts", attemptDelivery);
  api.get("/app/installations", (c) => c.json(paged(c, [installationObject(c.var.store, askingApp(c))])));
  api.get("/app/installations/:id", (c) => c.json(installation(c)));
  api.post("/app/installations/:id/access_tokens", createToken);
  api.get("/installation/repositories", installedRepositories);
  api.get("/repos/:owner/:repo/installation", repositoryInstallation);
  api.get("/repositories/:id/installation", installationById);
  api.get("/orgs/:org/installation", (c) => ownersInstallation(c, organisation(c)));
  api.get("/users/:username/installation", (c) => ownersInstallation(c, parameter(c, "username")));
}

function webhookConfig(c: Request) {
  const { webhookUrl, webhookSecret } = askingApp(c);
  return c.json(
    webhookUrl === undefined
      ? { content_type: "json", insecure_ssl: "0" }
      : hookConfig({ url: webhookUrl, secret: webhookSecret }),
  );
}

function listDeliveries(c: Request) {
  const app = askingApp(c);
  const status = c.req.query("status");
  const wanted = ownDeliveries(app)
    .filter((one) => status === undefined || (status === "success") === isSuccess(one))
    .reverse();
  return c.json(fromCursor(c, wanted).map(deliveryObject));
}

function attemptDelivery(c: Request) {
  const app = askingApp(c);
  const delivery = ownDeliveries(app).find(({ id }) => id === numberParameter(c, "id"));
  if (delivery === undefined) throw notFound();
  // GitHub answers before it tries.
  app.webhooks.redeliver(delivery.id);
  return c.json({}, 202);
}

/** Those of the app's hook; repositories may have hooks of their own. */
function ownDeliveries({ id, webhooks }: SandboxApp): AppDelivery[] {
  return webhooks.list().filter(({ hook }) => hook === id);
}

function isSuccess({ status = 502 }: AppDelivery): boolean {
  return status >= 200 && status < 300;
}

function deliveryObject(delivery: AppDelivery) {
  const { id, guid, event, sentAt, again, status, seconds } = delivery;
  return {
    ...{ id, guid, event, delivered_at: sentAt, redelivery: again, duration: seconds },
    status: isSuccess(delivery) ? "OK" : (status?.toString() ?? "failed to connect to host"),
    status_code: status ?? 502,
    ...{ action: null, installation_id: null, repository_id: null },
  };
}

function installation(c: Request) {
  const app = askingApp(c);
  if (numberParameter(c, "id") !== app.installationId) throw notFound();
  return installationObject(c.var.store, app);
}

const wantedToken = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.number()).optional(),
  permissions: z.record(z.string(), z.string()).optional(),
});

/** The sandbox's tokens reach every repository, whatever narrowing was asked for. */
async function createToken(c: Request) {
  installation(c);
  await body(c, wantedToken);
  const { token, expiresAt } = c.var.store.createInstallationToken();
  const answer = { token, expires_at: expiresAt, permissions: appPermissions, repository_selection: "all" };
  return c.json(answer, 201);
}

function installedRepositories(c: Request) {
  const { store, caller } = c.var;
  signedIn(c);
  if (caller.kind !== "installation") {
    throw new Refusal(
      403,
      "You must authenticate with an installation access token in order to list repositories for an installation.",
    );
  }
  const repositories = store.repositories().map((repository) => ({
    ...repositoryObject(store, repository),
    permissions: permissions(store.access(caller.user, repository)),
  }));
  return c.json({
    total_count: repositories.length,
    repository_selection: "all",
    repositories: paged(c, repositories),
  });
}

function installationById(c: Request) {
  const app = askingApp(c);
  if (c.var.store.repositoryById(numberParameter(c, "id")) === undefined) throw notFound();
  return c.json(installationObject(c.var.store, app));
}

/** The sandbox's app is installed on all accounts at once. */
function ownersInstallation(c: Request, owner: string) {
  const { store } = c.var;
  const app = askingApp(c);
  const owned = `${owner.toLowerCase()}/`;
  if (!store.repositories().some(({ path }) => path.toLowerCase().startsWith(owned))) throw notFound();
  return c.json(installationObject(store, app));
}

/** An app asks by its JWT and sees the repositories that it is installed on, private ones too. */
function repositoryInstallation(c: Request) {
  const { store } = c.var;
  const app = askingApp(c);
  const path = `${c.req.param("owner") ?? ""}/${c.req.param("repo") ?? ""}`;
  if (store.repositoryByPath(path) === undefined) throw notFound();
  return c.json(installationObject(store, app));
}
