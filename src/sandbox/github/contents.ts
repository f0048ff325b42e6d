import { readable } from "./access.js";
import type { SandboxRepository } from "../model.js";
import { encodePath } from "./entities/commit.js";
import { repositoryPage, repositoryUrl } from "./entities/links.js";
import { Refusal, notFound } from "./errors.js";
import { type TreeEntry, treeAt } from "./git.js";
import { type Api, type Request, parameter } from "./http.js";

/** GitHub sends the text of a file up to this many bytes, and of larger ones only raw. */
const inlineLimit = 1024 * 1024;

export function contentRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/contents", (c) => contents(c, ""));
  api.get("/repos/:owner/:repo/contents/:path{.+}", (c) => contents(c, parameter(c, "path")));
}

interface Place {
  readonly repository: SandboxRepository;
  /** What was asked for: a branch, tag or commit. */
  readonly ref: string;
  readonly commit: string;
}

async function contents(c: Request, asked: string): Promise<Response> {
  const place = await placeOf(c);
  const path = asked.replace(/^\/+|\/+$/g, "");
  const { entry, children } = await treeAt(place.repository, { commit: place.commit, path });
  if (entry === undefined && path !== "") throw notFound();
  if (entry === undefined || entry.type === "tree") {
    return c.json(children.map((child) => describe(c, place, child)));
  }
  return entry.type === "commit" ? c.json(describe(c, place, entry)) : file(c, place, entry);
}

async function placeOf(c: Request): Promise<Place> {
  const repository = readable(c);
  const ref = c.req.query("ref") ?? repository.defaultBranch;
  const commit = ref.startsWith("-") ? undefined : await c.var.store.commit(repository, ref);
  if (commit === undefined) throw new Refusal(404, `No commit found for the ref ${ref}`);
  return { repository, ref, commit: commit.id };
}

async function file(c: Request, place: Place, entry: TreeEntry): Promise<Response> {
  const bytes = await c.var.store.file(place.repository, { revision: place.commit, path: entry.path });
  if (bytes === undefined) throw notFound();
  if (/\.raw\b/.test(c.req.header("accept") ?? "")) {
    return c.body(new Uint8Array(bytes), 200, {
      "content-type": "application/vnd.github.raw; charset=utf-8",
    });
  }
  if (entry.mode === "120000")
    return c.json({ ...describe(c, place, entry), target: bytes.toString("utf8") });
  const inline = bytes.length <= inlineLimit;
  const content = inline ? bytes.toString("base64").replace(/(.{60})/g, "$1\n") : "";
  return c.json({ ...describe(c, place, entry), encoding: inline ? "base64" : "none", content });
}

const words = { blob: "file", tree: "dir", commit: "submodule" } as const;

function describe(c: Request, { repository, ref }: Place, entry: TreeEntry) {
  const { store } = c.var;
  const path = encodePath(entry.path);
  const self = `${repositoryUrl(store, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const folder = entry.type === "tree";
  const page = `${repositoryPage(store, repository)}/${folder ? "tree" : "blob"}/${encodeURIComponent(ref)}/${path}`;
  const git = `${repositoryUrl(store, repository)}/git/${folder ? "trees" : "blobs"}/${entry.id}`;
  return {
    type: entry.mode === "120000" ? "symlink" : words[entry.type],
    size: entry.size,
    name: entry.path.slice(entry.path.lastIndexOf("/") + 1),
    path: entry.path,
    sha: entry.id,
    url: self,
    git_url: git,
    html_url: page,
    download_url: entry.type === "blob" ? page.replace("/blob/", "/raw/") : null,
    _links: { git, self, html: page },
  };
}
