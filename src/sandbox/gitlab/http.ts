import type { Context, Hono } from "hono";
import type { SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import type { GitLabState } from "./state.js";

export interface GitLabVariables {
  readonly store: SandboxStore;
  /** What only GitLab has: labels, approvals, system notes. */
  readonly state: GitLabState;
  /** `undefined`: nobody is signed in. */
  readonly user: SandboxUser | undefined;
}
export interface GitLabEnv {
  Variables: GitLabVariables;
}
export type Request = Context<GitLabEnv>;
export type Api = Hono<GitLabEnv>;

/** A part of the path, decoded. */
export function pathPart(c: Request, name: string): string {
  return c.req.param(name) ?? "";
}

/** A number in the path; what is none can be the id of nothing. */
export function pathNumber(c: Request, name: string): number {
  const value = Number(pathPart(c, name));
  return Number.isSafeInteger(value) ? value : -1;
}

const mostPerPage = 100;

/** The asked page of a list: 20 entries unless told, 100 at most; headers name the others. */
export function paged<T>(c: Request, items: readonly T[]): readonly T[] {
  const size = Math.min(positive(c.req.query("per_page"), 20), mostPerPage);
  const page = positive(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  c.header("x-page", String(page));
  c.header("x-per-page", String(size));
  c.header("x-total", String(items.length));
  c.header("x-total-pages", String(last));
  c.header("x-prev-page", page > 1 ? String(page - 1) : "");
  c.header("x-next-page", page < last ? String(page + 1) : "");
  const relations: (readonly [string, number])[] = [
    ...(page > 1 ? [["prev", page - 1] as const] : []),
    ...(page < last ? [["next", page + 1] as const] : []),
    ["first", 1],
    ["last", last],
  ];
  c.header(
    "link",
    relations.map(([name, number]) => `<${pageUrl(c, { page: number, size })}>; rel="${name}"`).join(", "),
  );
  return items.slice((page - 1) * size, page * size);
}

function pageUrl(c: Request, { page, size }: { readonly page: number; readonly size: number }): string {
  const asked = new URL(c.req.url);
  asked.searchParams.set("page", String(page));
  asked.searchParams.set("per_page", String(size));
  return `${c.var.store.url}${asked.pathname}${asked.search}`;
}

function positive(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}
