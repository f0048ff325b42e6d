import type { ForgeName, MergeRequestRef } from "../domain/refs.js";

/** A forge's pages of merge requests: what stands between a repository's path and a merge request's number. */
export interface Pages {
  readonly forge: ForgeName;
  /** Without a slash at its end. */
  readonly url: string;
  readonly between: string;
}

/** The merge request whose page an address is, or a page below it. */
export function mergeRequestAt({ forge, url, between }: Pages, address: string): MergeRequestRef | undefined {
  if (!URL.canParse(address)) return undefined;
  const [home, { origin, pathname }] = [new URL(url), new URL(address)];
  const below = home.pathname.replace(/\/?$/, "/");
  if (origin !== home.origin || !pathname.startsWith(below)) return undefined;
  const [path = "", rest = ""] = decoded(pathname.slice(below.length)).split(between, 2);
  const number = /^([1-9]\d{0,9})(?:\/|$)/.exec(rest)?.[1];
  const isPath = /^[^/]+(?:\/[^/]+)+$/.test(path);
  return number === undefined || !isPath
    ? undefined
    : { repository: { forge, path }, number: Number(number) };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
