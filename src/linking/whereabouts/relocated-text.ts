import type { RepositoryRef } from "../../domain/refs.js";

/** JSON in which references to a repository, and addresses of its pages, are those of its new path. */
export function relocatedText(
  json: string,
  move: { readonly from: RepositoryRef; readonly to: RepositoryRef },
): string {
  return JSON.stringify(relocated(JSON.parse(json), move));
}

function relocated(
  value: unknown,
  move: { readonly from: RepositoryRef; readonly to: RepositoryRef },
): unknown {
  if (typeof value === "string") return relocatedAddress(value, move);
  if (Array.isArray(value)) return value.map((each: unknown) => relocated(each, move));
  if (typeof value !== "object" || value === null) return value;
  const { forge, path } = value as Partial<RepositoryRef>;
  if (forge === move.from.forge && path?.toLowerCase() === move.from.path.toLowerCase())
    return { ...value, path: move.to.path };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, relocated(each, move)]));
}

function relocatedAddress(
  text: string,
  { from, to }: { readonly from: RepositoryRef; readonly to: RepositoryRef },
): string {
  if (!/^https?:\/\/\S+$/.test(text)) return text;
  const at = text.toLowerCase().indexOf(`/${from.path.toLowerCase()}/`);
  return at < 0 ? text : `${text.slice(0, at)}/${to.path}${text.slice(at + from.path.length + 1)}`;
}
