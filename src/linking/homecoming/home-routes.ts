import { type RepositoryRef, sameRepository } from "../../domain/refs.js";
import type { HomeSides } from "./homecomings.js";
import { distBranch, type Link, type Links, sourceBranches } from "../links/links.js";

/** Where a dist-git branch's own changes come home, and under which link. */
export interface HomeRoute extends HomeSides {
  readonly link: Link;
}

/**
 * The source-git branches to which a dist-git branch's own changes come home. Where a link leads several to it, the first of
 * them is its home: the others get the changes from there, as source-git's own branches do.
 */
export function homeRoutes(links: Links, distGit: HomeSides["distGit"]): readonly HomeRoute[] {
  return links.to(distGit.repository).flatMap((link) => {
    const branch = sourceBranches(link, distGit.branch)[0];
    if (branch === undefined) return [];
    const sourceGit = { repository: link.sourceGit, branch };
    // Of several links, the first that has the branch carries its merge requests.
    const leading = leadsTo(links, sourceGit);
    const isLed = leading && sameRepository(leading.repository, distGit.repository);
    return isLed && leading.branch === distGit.branch ? [{ link, distGit, sourceGit }] : [];
  });
}

/** The dist-git branch that a source-git branch leads to. */
export function leadsTo(
  links: Links,
  { repository, branch }: { readonly repository: RepositoryRef; readonly branch: string },
): HomeSides["distGit"] | undefined {
  for (const link of links.from(repository)) {
    const there = distBranch(link, branch);
    if (there !== undefined) return { repository: link.distGit, branch: there };
  }
  return undefined;
}
