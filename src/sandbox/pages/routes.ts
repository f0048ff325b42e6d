import { type Context, Hono } from "hono";
import { html } from "hono/html";
import { tokenIn } from "../http/git-request.js";
import type { SandboxRepository } from "../model.js";
import type { SandboxStore } from "../store.js";
import { type Place, addressesOf, placeOf } from "./addresses.js";
import { commitPage } from "./commit-page.js";
import { filesPage, filesPlace } from "./files-page.js";
import { type Crumb, type Html, framed } from "./layout.js";
import { mergeRequestPage } from "./merge-request-page.js";
import { repositoryListPage, repositoryPage } from "./repository-pages.js";
import { checkRunPage, jobPage, pipelinePage } from "./run-pages.js";

interface Page {
  readonly title: string;
  readonly content: Html;
  readonly crumbs: readonly Crumb[];
}

// People's texts are on these pages: whatever gets past the escaping has nothing to run with.
const headers = {
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** The web site of a forge, to look at what happened; `?refresh=SECONDS` keeps a page current. */
export function pageRoutes(store: SandboxStore): Hono {
  const pages = new Hono();
  pages.get("*", async (c) => {
    const page = await pageAt(store, c);
    const { title, content, crumbs } = page ?? missing;
    const frame = { forge: store, title, crumbs, refresh: seconds(c.req.query("refresh")) };
    return c.html(framed(frame, content), page === undefined ? 404 : 200, headers);
  });
  return pages;
}

const missing: Page = {
  title: "Not found",
  crumbs: [],
  content: html`<h1>Not found</h1>
    <p>There is nothing here, or it is not for everybody. <a href="/">All repositories</a></p>`,
};

function seconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

async function pageAt(store: SandboxStore, c: Context): Promise<Page | undefined> {
  const authorization = c.req.header("authorization");
  const reader = authorization === undefined ? undefined : store.userByToken(tokenIn(authorization));
  if (c.req.path === "/")
    return { title: "Repositories", crumbs: [], content: repositoryListPage(store, reader) };
  const place = placeOf(store.kind, c.req.path);
  const repository = store.repositoryByPath(place.path);
  if (repository === undefined || store.access(reader, repository) === undefined) return undefined;
  return pageOf(store, repository, place);
}

async function pageOf(
  store: SandboxStore,
  repository: SandboxRepository,
  place: Place,
): Promise<Page | undefined> {
  const crumbs: readonly Crumb[] = [
    { text: repository.path, link: addressesOf(store.kind).repository(repository.path) },
  ];
  switch (place.page) {
    case "repository":
      return { title: repository.path, crumbs, content: await repositoryPage(store, repository) };
    case "merge-request": {
      const mergeRequest = store.mergeRequest(repository, place.number);
      if (mergeRequest === undefined) return undefined;
      const content = await mergeRequestPage(store, repository, mergeRequest);
      const name = `${store.kind === "github" ? "#" : "!"}${place.number}`;
      return { title: `${mergeRequest.title} ${name}`, crumbs: [...crumbs, { text: name }], content };
    }
    case "commit": {
      const commit = await store.commit(repository, place.commit);
      if (commit === undefined) return undefined;
      const text = commit.id.slice(0, 12);
      const content = await commitPage(store, repository, commit);
      return { title: `Commit ${text}`, crumbs: [...crumbs, { text }], content };
    }
    case "files": {
      const files = await filesPlace(store, repository, place.revisionAndPath);
      const content = files && (await filesPage(store, repository, files));
      if (files === undefined || content === undefined) return undefined;
      return { title: files.file || files.revision, crumbs: [...crumbs, { text: files.revision }], content };
    }
    case "pipeline":
    case "job":
    case "check-run":
      return runPage(store, repository, { ...place, crumbs });
  }
}

function runPage(
  store: SandboxStore,
  repository: SandboxRepository,
  { page, id, crumbs }: { page: "pipeline" | "job" | "check-run"; id: number; crumbs: readonly Crumb[] },
): Page | undefined {
  const found = contentOfRun(store, repository, { page, id });
  return found && { title: `${page} ${id}`, crumbs: [...crumbs, { text: `${page} ${id}` }], content: found };
}

function contentOfRun(
  store: SandboxStore,
  repository: SandboxRepository,
  { page, id }: { readonly page: "pipeline" | "job" | "check-run"; readonly id: number },
): Html | undefined {
  if (page === "pipeline") {
    const pipeline = store.pipeline(id);
    return pipeline?.repository === repository.id ? pipelinePage(store, repository, pipeline) : undefined;
  }
  if (page === "job") {
    const found = store.job(id);
    return found?.pipeline.repository === repository.id ? jobPage(store, repository, found) : undefined;
  }
  const checkRun = store.checkRun(id);
  return checkRun?.repository === repository.id ? checkRunPage(store, repository, checkRun) : undefined;
}
