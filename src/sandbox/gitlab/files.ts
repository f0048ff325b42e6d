import { z } from "zod";
import type { SandboxRepository } from "../model.js";
import { readable } from "./access.js";
import { commitObject } from "./entities/commit.js";
import { diffObject } from "./entities/diff.js";
import { projectPage } from "./entities/links.js";
import { notFound } from "./errors.js";
import { fileDiffs, mergeBase } from "./git.js";
import { type Api, type Request, pathPart } from "./http.js";
import { flag, integer, parameters, text } from "./parameters.js";

const mostCommits = 1000;

export function fileRoutes(api: Api): void {
  api.get("/projects/:id/repository/files/:path/raw", showRaw);
  api.get("/projects/:id/repository/compare", compare);
}

async function showRaw(c: Request) {
  const repository = readable(c);
  const { ref } = await parameters(c, z.object({ ref: text.optional() }));
  const at = { revision: ref ?? repository.defaultBranch, path: pathPart(c, "path") };
  if ((await c.var.store.commit(repository, at.revision)) === undefined) throw notFound("Commit");
  const content = await c.var.store.file(repository, at);
  if (content === undefined) throw notFound("File");
  return c.body(new Uint8Array(content), 200, { "content-type": "application/octet-stream" });
}

const asked = z.object({
  from: text,
  to: text,
  from_project_id: integer.optional(),
  straight: flag.default(false),
});

async function compare(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const { from, to, straight } = await parameters(c, asked);
  const [start, end] = [await revision(c, repository, from), await revision(c, repository, to)];
  const base = straight ? start : ((await mergeBase(repository, [start, end])) ?? start);
  const commits = await store.commits(repository, { from: start, to: end, limit: mostCommits });
  const [newest] = commits;
  return c.json({
    commit: newest === undefined ? null : commitObject(store, repository, newest),
    commits: [...commits].reverse().map((commit) => commitObject(store, repository, commit)),
    diffs: (await fileDiffs(repository, { from: base, to: end })).map(diffObject),
    compare_timeout: false,
    compare_same_ref: start === end,
    web_url: `${projectPage(store, repository)}/-/compare/${from}...${to}`,
  });
}

async function revision(c: Request, repository: SandboxRepository, name: string): Promise<string> {
  const commit = await c.var.store.commit(repository, name);
  if (commit === undefined) throw notFound("Ref");
  return commit.id;
}
