import { type Context, Hono } from "hono";
import { z } from "zod";
import { describeForge } from "../describe.js";
import type { SandboxRepository } from "../model.js";
import type { SandboxForge } from "../sandbox.js";
import { controlHelp } from "./control-help.js";
import {
  type Fault,
  appWebhookShape,
  ciShape,
  ciStepShape,
  deleteShape,
  faultShape,
  memberShape,
  newRepositoryShape,
  newUserShape,
  renameShape,
} from "./control-shapes.js";

/** The remote control of a forge: JSON for `curl`, no token asked, reachable from this machine alone. */
export function controlRoutes(forge: SandboxForge): Hono {
  const control = new Hono();
  control.onError((error, c) => c.json({ error: sentence(error) }, 400));
  control.get("/", (c) => c.text(controlHelp(forge)));
  control.get("/forge", (c) => c.json(describeForge(forge)));
  addPeopleRoutes(control, forge);
  addCiRoutes(control, forge);
  addWebhookRoutes(control, forge);
  control.post("/faults", async (c) => {
    inflict(forge, await body(c, faultShape));
    return c.json({ done: true });
  });
  control.post("/settled", async (c) => {
    await forge.settled();
    return c.json({ done: true });
  });
  return control;
}

function addPeopleRoutes(control: Hono, forge: SandboxForge): void {
  const { store } = forge;
  control.get("/users", (c) => c.json(describeForge(forge).users));
  control.post("/users", async (c) => {
    const wanted = await body(c, newUserShape);
    if (store.userByLogin(wanted.login) !== undefined) throw new Error(`${wanted.login} is taken.`);
    const { user, token } = forge.addAccount(wanted);
    return c.json({ ...user, token }, 201);
  });
  control.get("/repositories", (c) => c.json(describeForge(forge).repositories));
  control.post("/repositories", async (c) => {
    const { owner, ...wanted } = await body(c, newRepositoryShape);
    if (store.repositoryByPath(wanted.path) !== undefined) throw new Error(`${wanted.path} is taken.`);
    const repository = await store.createRepository({ ...wanted, owner: userNamed(forge, owner) });
    return c.json({ id: repository.id, path: repository.path, cloneUrl: forge.cloneUrl(repository) }, 201);
  });
  control.post("/repositories/rename", async (c) => {
    const { repository, path, by } = await body(c, renameShape);
    const renamed = repositoryNamed(forge, repository);
    if ((store.repositoryByPath(path) ?? renamed) !== renamed) throw new Error(`${path} is taken.`);
    store.renameRepository(renamed, path, userNamed(forge, by));
    return c.json({ id: renamed.id, path: renamed.path, cloneUrl: forge.cloneUrl(renamed) });
  });
  control.post("/repositories/delete", async (c) => {
    const { repository, by } = await body(c, deleteShape);
    store.deleteRepository(repositoryNamed(forge, repository), userNamed(forge, by));
    return c.json({ done: true });
  });
  control.post("/members", async (c) => {
    const { repository, user, access } = await body(c, memberShape);
    store.setMember(repositoryNamed(forge, repository), userNamed(forge, user), access);
    return c.json({ done: true });
  });
}

function addCiRoutes(control: Hono, forge: SandboxForge): void {
  control.post("/ci", async (c) => {
    const { repository, ...script } = await body(c, ciShape);
    forge.ci.script(repositoryNamed(forge, repository), script);
    return c.json({ done: true });
  });
  control.post("/ci/step", async (c) => {
    const { repository } = await body(c, ciStepShape);
    forge.ci.step(repositoryNamed(forge, repository));
    return c.json({ done: true });
  });
}

function addWebhookRoutes(control: Hono, { webhooks, app }: SandboxForge): void {
  control.get("/deliveries", (c) => c.json(webhooks.deliveries()));
  control.post("/deliveries/:id/redeliver", async (c) => {
    const delivery = webhooks.deliveries().find(({ id }) => String(id) === c.req.param("id"));
    if (delivery === undefined) throw new Error(`There is no delivery ${c.req.param("id")}.`);
    return c.json(await webhooks.redeliver(delivery));
  });
  control.post("/app-webhook", async (c) => {
    if (app === undefined) throw new Error("Only a GitHub sandbox has an app.");
    app.connect((await body(c, appWebhookShape)).url ?? undefined);
    return c.json({ done: true });
  });
}

function inflict({ faults }: SandboxForge, fault: Fault): void {
  switch (fault.fault) {
    case "down":
      faults.goDown();
      return;
    case "back":
      faults.comeBack();
      return;
    case "rate-limit":
      faults.rateLimitFor(fault.seconds);
      return;
    case "reject-push":
      faults.rejectNextPush(fault.message);
      return;
    case "lose-webhook":
      faults.loseNextWebhook();
      return;
    case "fail-request":
      faults.failNextRequest({ ...fault, path: new RegExp(fault.path) });
  }
}

function repositoryNamed({ store }: SandboxForge, path: string): SandboxRepository {
  const repository = store.repositoryByPath(path);
  if (repository !== undefined) return repository;
  throw new Error(`There is no repository ${path}.`);
}

function userNamed({ store }: SandboxForge, login: string) {
  const user = store.userByLogin(login);
  if (user !== undefined) return user;
  throw new Error(`There is no user ${login}.`);
}

async function body<T>(c: Context, shape: z.ZodType<T>): Promise<T> {
  return shape.parse(JSON.parse((await c.req.text()) || "{}"));
}

function sentence(error: Error): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : error.message;
}
