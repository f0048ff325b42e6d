import { z } from "zod";
import type { SandboxRepository } from "../model.js";
import { commitOf, readable, signedIn, writable } from "./access.js";
import { commitObject, gitCommit } from "./entities/commit.js";
import { nodeId, repositoryPage, repositoryUrl } from "./entities/links.js";
import { Refusal, notFound } from "./errors.js";
import { mergeBase } from "./git.js";
import { type Api, type Request, body, paged, parameter } from "./http.js";

/** Branches, and the refs below them. */
export function gitDataRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/branches", listBranches);
  api.get("/repos/:owner/:repo/branches/:branch{.+}", showBranch);
  api.get("/repos/:owner/:repo/git/ref/:ref{.+}", showRef);
  api.get("/repos/:owner/:repo/git/matching-refs/:ref{.+}", matchingRefs);
  api.post("/repos/:owner/:repo/git/refs", createRef);
  api.patch("/repos/:owner/:repo/git/refs/:ref{.+}", moveRef);
  api.delete("/repos/:owner/:repo/git/refs/:ref{.+}", deleteRef);
  api.get("/repos/:owner/:repo/git/commits/:sha", showGitCommit);
}

async function listBranches(c: Request) {
  const repository = readable(c);
  const branches = await c.var.store.branches(repository);
  const url = repositoryUrl(c.var.store, repository);
  return c.json(
    paged(c, branches).map(({ name, commit }) => ({
      name,
      commit: { sha: commit, url: `${url}/commits/${commit}` },
      protected: false,
    })),
  );
}

async function showBranch(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const name = parameter(c, "branch");
  const tip = await store.branch(repository, name);
  if (tip === undefined) throw new Refusal(404, "Branch not found");
  const self = `${repositoryUrl(store, repository)}/branches/${encodeURIComponent(name)}`;
  return c.json({
    name,
    commit: commitObject(store, repository, await commitOf(c, repository, tip)),
    _links: { self, html: `${repositoryPage(store, repository)}/tree/${encodeURIComponent(name)}` },
    protected: false,
    protection: {
      enabled: false,
      required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
    },
    protection_url: `${self}/protection`,
  });
}

async function showRef(c: Request) {
  const repository = readable(c);
  const ref = parameter(c, "ref");
  const commit = await refTarget(c, repository, ref);
  if (commit === undefined) throw notFound();
  return c.json(refObject(c, repository, { ref, commit }));
}

/** `heads/main`, and `pull/1/head`, which GitHub keeps for each pull request. */
async function refTarget(
  c: Request,
  repository: SandboxRepository,
  ref: string,
): Promise<string | undefined> {
  const { store } = c.var;
  if (ref.startsWith("heads/")) return store.branch(repository, ref.slice("heads/".length));
  return ref.startsWith("tags/") || ref.startsWith("pull/")
    ? (await store.commit(repository, `refs/${ref}`))?.id
    : undefined;
}

async function matchingRefs(c: Request) {
  const repository = readable(c);
  const prefix = parameter(c, "ref");
  const branches = await c.var.store.branches(repository);
  const refs = branches
    .map(({ name, commit }) => ({ ref: `heads/${name}`, commit }))
    .filter(({ ref }) => ref.startsWith(prefix));
  return c.json(paged(c, refs).map((ref) => refObject(c, repository, ref)));
}

function refObject(
  c: Request,
  repository: SandboxRepository,
  { ref, commit }: { readonly ref: string; readonly commit: string },
) {
  const url = repositoryUrl(c.var.store, repository);
  return {
    ref: `refs/${ref}`,
    node_id: nodeId("Ref", `${repository.id}:refs/${ref}`),
    url: `${url}/git/refs/${ref}`,
    object: { type: "commit", sha: commit, url: `${url}/git/commits/${commit}` },
  };
}

async function createRef(c: Request) {
  const repository = writable(c);
  const { ref, sha } = await body(c, z.object({ ref: z.string(), sha: z.string() }));
  const name = branchName(ref);
  if ((await c.var.store.branch(repository, name)) !== undefined) {
    throw new Refusal(422, "Reference already exists");
  }
  await mustHold(c, repository, sha);
  await c.var.store.createBranch(repository, { name, commit: sha, by: signedIn(c) });
  return c.json(refObject(c, repository, { ref: `heads/${name}`, commit: sha }), 201);
}

function branchName(ref: string): string {
  const name = /^(?:refs\/)?heads\/([^\s~^:?*[\\]+)$/.exec(ref)?.[1];
  if (name === undefined || name.includes("..") || name.startsWith("-")) {
    throw new Refusal(422, "Reference name must start with 'refs/heads/' and be valid.");
  }
  return name;
}

/** Forks share their objects on disk; yet what only a fork's branches hold is refused here, as GitHub does. */
async function mustHold(c: Request, repository: SandboxRepository, sha: string): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new Refusal(422, "The sha parameter must be exactly 40 characters.");
  if ((await c.var.store.branchContaining(repository, sha)) === undefined) {
    throw new Refusal(422, "Object does not exist");
  }
}

async function moveRef(c: Request) {
  const repository = writable(c);
  const name = branchName(parameter(c, "ref"));
  const { sha, force } = await body(c, z.object({ sha: z.string(), force: z.boolean().default(false) }));
  const tip = await c.var.store.branch(repository, name);
  if (tip === undefined) throw new Refusal(422, "Reference does not exist");
  await mustHold(c, repository, sha);
  if (!force && (await mergeBase(repository, [tip, sha])) !== tip) {
    throw new Refusal(422, "Update is not a fast forward");
  }
  await c.var.store.createBranch(repository, { name, commit: sha, by: signedIn(c) });
  return c.json(refObject(c, repository, { ref: `heads/${name}`, commit: sha }));
}

async function deleteRef(c: Request) {
  const repository = writable(c);
  const name = branchName(parameter(c, "ref"));
  if ((await c.var.store.branch(repository, name)) === undefined) {
    throw new Refusal(422, "Reference does not exist");
  }
  await c.var.store.deleteBranch(repository, { name, by: signedIn(c) });
  return c.body(null, 204);
}

async function showGitCommit(c: Request) {
  const repository = readable(c);
  const sha = parameter(c, "sha");
  const commit = /^[0-9a-f]{40}$/.test(sha) ? await c.var.store.commit(repository, sha) : undefined;
  if (commit === undefined) throw notFound();
  return c.json(gitCommit(c.var.store, repository, commit));
}
