import { z } from "zod";
import type { SandboxMergeRequest, SandboxRepository } from "../model.js";
import { pullRequestOf, readable, signedIn, writable } from "./access.js";
import { issueObject } from "./entities/issue.js";
import { labelObject } from "./entities/label.js";
import { notFound, validationFailed } from "./errors.js";
import { type Api, type Request, body, paged, parameter } from "./http.js";

/** Issues, as far as they are the other face of pull requests; the sandbox has no others. */
export function issueRoutes(api: Api): void {
  const issue = "/repos/:owner/:repo/issues/:number";
  api.get(issue, (c) => c.json(issueObject(c.var.store, pullRequestOf(c, readable(c), "number"))));
  api.get(`${issue}/labels`, showLabels);
  api.post(`${issue}/labels`, addLabels);
  api.put(`${issue}/labels`, replaceLabels);
  api.delete(`${issue}/labels`, removeAllLabels);
  api.delete(`${issue}/labels/:name`, removeLabel);

  // A label lives as long as the sandbox, even when no pull request has it.
  const made = new WeakMap<SandboxRepository, Set<string>>();
  api.get("/repos/:owner/:repo/labels", (c) => listLabels(c, made));
  api.post("/repos/:owner/:repo/labels", (c) => createLabel(c, made));
}

type Labels = WeakMap<SandboxRepository, Set<string>>;

function knownLabels(c: Request, repository: SandboxRepository, made: Labels): Set<string> {
  const used = c.var.store.mergeRequests(repository).flatMap(({ labels }) => labels);
  return new Set([...(made.get(repository) ?? []), ...used]);
}

function listLabels(c: Request, made: Labels) {
  const repository = readable(c);
  const names = [...knownLabels(c, repository, made)].sort();
  return c.json(paged(c, names).map((name) => labelObject(c.var.store, repository, name)));
}

async function createLabel(c: Request, made: Labels) {
  const repository = writable(c);
  const { name } = await body(c, z.object({ name: z.string().min(1) }));
  if (knownLabels(c, repository, made).has(name)) {
    throw validationFailed({ resource: "Label", code: "already_exists", field: "name" });
  }
  made.set(repository, (made.get(repository) ?? new Set()).add(name));
  return c.json(labelObject(c.var.store, repository, name), 201);
}

/** GitHub takes a bare list as well as an object, of names or of objects. */
const names = z
  .union([
    z.array(z.string()),
    z.object({ labels: z.array(z.union([z.string(), z.object({ name: z.string() })])) }),
  ])
  .transform((wanted) =>
    (Array.isArray(wanted) ? wanted : wanted.labels).map((one) => (typeof one === "string" ? one : one.name)),
  );

async function addLabels(c: Request) {
  const mergeRequest = pullRequestOf(c, writable(c), "number");
  const added = await body(c, names);
  await setLabels(c, mergeRequest, [...new Set([...mergeRequest.labels, ...added])]);
  return showLabels(c);
}

async function replaceLabels(c: Request) {
  const mergeRequest = pullRequestOf(c, writable(c), "number");
  await setLabels(c, mergeRequest, await body(c, names));
  return showLabels(c);
}

async function removeAllLabels(c: Request) {
  await setLabels(c, pullRequestOf(c, writable(c), "number"), []);
  return c.body(null, 204);
}

async function removeLabel(c: Request) {
  const mergeRequest = pullRequestOf(c, writable(c), "number");
  const name = parameter(c, "name");
  if (!mergeRequest.labels.includes(name)) throw notFound();
  const others = mergeRequest.labels.filter((label) => label !== name);
  await setLabels(c, mergeRequest, others);
  return showLabels(c);
}

async function setLabels(c: Request, mergeRequest: SandboxMergeRequest, labels: string[]): Promise<void> {
  await c.var.store.editMergeRequest(mergeRequest, { labels }, signedIn(c));
}

function showLabels(c: Request) {
  const repository = readable(c);
  const { labels } = pullRequestOf(c, repository, "number");
  return c.json(paged(c, labels).map((name) => labelObject(c.var.store, repository, name)));
}
