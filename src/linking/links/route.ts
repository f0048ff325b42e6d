import type { MergeRequest } from "../../domain/merge-request.js";
import { distBranch, type Link } from "./links.js";

/** A link that carries the merge request's target branch, and the dist-git branch it goes to. */
export interface Route {
  readonly link: Link;
  readonly targetBranch: string;
}

/** The first of the links that carries it; `undefined` where none does. */
export function routeOf(
  links: readonly Link[],
  { targetBranch }: Pick<MergeRequest, "targetBranch">,
): Route | undefined {
  for (const link of links) {
    const branch = distBranch(link, targetBranch);
    if (branch !== undefined) return { link, targetBranch: branch };
  }
  return undefined;
}
