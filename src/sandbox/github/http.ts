import type { Context, Hono } from "hono";
import type { z } from "zod";
import type { SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import { Refusal } from "./errors.js";

/** Who asks: nobody, the app itself by its JWT, or an account (the app's bot has an installation token). */
export type Caller =
  | { readonly kind: "nobody" }
  | { readonly kind: "app" }
  | { readonly kind: "installation"; readonly user: SandboxUser }
  | { readonly kind: "person"; readonly user: SandboxUser };

export interface GitHubVariables {
  readonly store: SandboxStore;
  readonly caller: Caller;
  /** What the caller has asked in this hour; `reset` in seconds since 1970. */
  readonly budget: { readonly limit: number; readonly used: number; readonly reset: number };
}
export interface GitHubEnv {
  Variables: GitHubVariables;
}
export type Request = Context<GitHubEnv>;
export type Api = Hono<GitHubEnv>;

/** A part of the path, decoded. */
export function parameter(c: Request, name: string): string {
  return c.req.param(name) ?? "";
}

/** A number in the path; what is none can be the id of nothing. */
export function numberParameter(c: Request, name: string): number {
  const value = Number(parameter(c, name));
  return Number.isSafeInteger(value) ? value : -1;
}

/** The JSON body in the wanted shape; GitHub's 400 and 422 for what is not. */
export async function body<T>(c: Request, shape: z.ZodType<T>): Promise<T> {
  const text = await c.req.text();
  const parsed = shape.safeParse(text === "" ? {} : parse(text));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) =>
    message.endsWith("received undefined")
      ? `"${path.join("/")}" wasn't supplied.`
      : `For 'properties/${path.join("/")}', ${message}.`,
  );
  throw new Refusal(422, `Invalid request.\n\n${issues.join("\n")}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

/** The asked page of a list: 30 entries unless told, 100 at most; the `Link` header names the others. */
export function paged<T>(c: Request, items: readonly T[]): readonly T[] {
  const size = Math.min(positive(c.req.query("per_page"), 30), 100);
  const page = positive(c.req.query("page"), 1);
  const last = Math.max(1, Math.ceil(items.length / size));
  const relations: (readonly [string, number])[] = [
    ...(page > 1 ? [["prev", Math.min(page - 1, last)] as const] : []),
    ...(page < last ? [["next", page + 1] as const, ["last", last] as const] : []),
    ...(page > 1 ? [["first", 1] as const] : []),
  ];
  if (relations.length > 0) {
    c.header("link", relations.map(([name, number]) => `<${pageUrl(c, number)}>; rel="${name}"`).join(", "));
  }
  return items.slice((page - 1) * size, page * size);
}

/** The same of a list that grows at its beginning: the cursor is the last entry of the page before, whatever came since. */
export function fromCursor<T extends { readonly id: number }>(c: Request, items: readonly T[]): readonly T[] {
  const size = Math.min(positive(c.req.query("per_page"), 30), 100);
  const after = items.findIndex(({ id }) => `v1_${id}` === c.req.query("cursor"));
  const page = items.slice(after + 1, after + 1 + size);
  const last = page.at(-1);
  if (last && items.at(-1) !== last) {
    const next = new URL(c.req.url);
    next.searchParams.set("cursor", `v1_${last.id}`);
    c.header("link", `<${c.var.store.url}${next.pathname}${next.search}>; rel="next"`);
  }
  return page;
}

function pageUrl(c: Request, page: number): string {
  const asked = new URL(c.req.url);
  asked.searchParams.set("page", String(page));
  return `${c.var.store.url}${asked.pathname}${asked.search}`;
}

function positive(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}
