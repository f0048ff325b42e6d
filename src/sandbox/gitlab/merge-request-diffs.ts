import { mergeRequestOf } from "./access.js";
import { commitObject } from "./entities/commit.js";
import { diffObject } from "./entities/diff.js";
import { repositoryWithId } from "./entities/links.js";
import { diffRefs, mergeRequestObject } from "./entities/merge-request.js";
import { fileDiffs, rawDiff } from "./git.js";
import { type Api, type Request, paged } from "./http.js";

export function mergeRequestDiffRoutes(api: Api): void {
  const mergeRequest = "/projects/:id/merge_requests/:iid";
  api.get(`${mergeRequest}/commits`, listCommits);
  api.get(`${mergeRequest}/diffs`, async (c) => c.json(paged(c, await diffs(c))));
  api.get(`${mergeRequest}/changes`, showChanges);
  api.get(`${mergeRequest}/raw_diffs`, showRaw);
  api.get(`${mergeRequest}/versions`, listVersions);
}

async function listCommits(c: Request) {
  const { store } = c.var;
  const mergeRequest = mergeRequestOf(c);
  const repository = repositoryWithId(store, mergeRequest.repository);
  const commits = await store.mergeRequestCommits(mergeRequest);
  return c.json(paged(c, commits).map((commit) => commitObject(store, repository, commit)));
}

/** The project and the commits whose difference the merge request is. */
async function range(c: Request) {
  const mergeRequest = mergeRequestOf(c);
  const { base_sha: from, head_sha: to } = await diffRefs(c.var.store, mergeRequest);
  return [repositoryWithId(c.var.store, mergeRequest.repository), { from, to }] as const;
}

async function diffs(c: Request) {
  return (await fileDiffs(...(await range(c)))).map(diffObject);
}

async function showChanges(c: Request) {
  const shown = await mergeRequestObject(c.var.store, mergeRequestOf(c), c.var.user);
  return c.json({ ...shown, changes: await diffs(c), overflow: false });
}

async function showRaw(c: Request) {
  return c.text(await rawDiff(...(await range(c))));
}

/** The sandbox remembers no earlier version than the present one. */
async function listVersions(c: Request) {
  const mergeRequest = mergeRequestOf(c);
  const refs = await diffRefs(c.var.store, mergeRequest);
  const version = {
    id: mergeRequest.id,
    head_commit_sha: refs.head_sha,
    base_commit_sha: refs.base_sha,
    start_commit_sha: refs.start_sha,
    created_at: mergeRequest.createdAt,
    merge_request_id: mergeRequest.id,
    state: "collected",
    real_size: String((await diffs(c)).length),
    patch_id_sha: null,
  };
  return c.json(paged(c, [version]));
}
