import { z } from "zod";
import { commitOf, readable, signedIn } from "./access.js";
import { commitDetail, commitObject } from "./entities/commit.js";
import { mergeRequestBasic } from "./entities/merge-request.js";
import { userBasic } from "./entities/user.js";
import { notFound } from "./errors.js";
import { refsContaining } from "./git.js";
import { type Api, type Request, paged } from "./http.js";
import { parameters, text } from "./parameters.js";

/** So many commits are looked at for one list. */
const mostCommits = 1000;

export function commitRoutes(api: Api): void {
  const commits = "/projects/:id/repository/commits";
  api.get(commits, listCommits);
  api.get(`${commits}/:sha`, showCommit);
  api.get(`${commits}/:sha/refs`, listRefs);
  api.get(`${commits}/:sha/merge_requests`, listMergeRequests);
  api.post(`${commits}/:sha/comments`, addComment);
}

async function listCommits(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const { ref_name: ref } = await parameters(c, z.object({ ref_name: text.optional() }));
  const tip = await store.commit(repository, ref ?? repository.defaultBranch);
  if (tip === undefined) throw notFound("Repository");
  const found = await store.commits(repository, { to: tip.id, limit: mostCommits });
  return c.json(paged(c, found).map((commit) => commitObject(store, repository, commit)));
}

async function showCommit(c: Request) {
  const repository = readable(c);
  return c.json(await commitDetail(c.var.store, repository, await commitOf(c, repository)));
}

async function listRefs(c: Request) {
  const repository = readable(c);
  const { type } = await parameters(c, z.object({ type: z.enum(["branch", "tag", "all"]).default("all") }));
  const refs = await refsContaining(repository, (await commitOf(c, repository)).id);
  return c.json(
    paged(
      c,
      refs.filter((ref) => type === "all" || ref.type === type),
    ),
  );
}

async function listMergeRequests(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const { id } = await commitOf(c, repository);
  const all = store.mergeRequests(repository);
  const has = await Promise.all(
    all.map(async (one) => (await store.mergeRequestCommits(one)).some((commit) => commit.id === id)),
  );
  const found = all.filter((_, index) => has[index]).reverse();
  return c.json(paged(c, found).map((one) => mergeRequestBasic(store, one)));
}

const newComment = z.object({ note: text, path: text.optional() });

/** A comment on a commit is answered and forgotten: nothing in the sandbox shows one. */
async function addComment(c: Request) {
  const repository = readable(c);
  const author = signedIn(c);
  await commitOf(c, repository);
  const { note, path } = await parameters(c, newComment);
  const { store } = c.var;
  const shown = { note, path: path ?? null, line: null, line_type: null };
  return c.json({ ...shown, author: userBasic(store, author), created_at: store.now() }, 201);
}
