import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { RepositoryRef } from "../domain/refs.js";
import { homeRoutes, leadsTo } from "../linking/home-routes.js";
import { isOurBranch } from "../linking/homecoming-wording.js";
import { homeJob } from "./jobs.js";
import type { Services } from "./services.js";

/** A branch of either side moved: dist-git's changes may have to come home, or have come. */
export async function followBranch(
  { repository, branch }: { readonly repository: RepositoryRef; readonly branch: string },
  { links, queue }: Services,
): Promise<Outcome> {
  if (isOurBranch(branch)) return skipped("a branch that Sluice made");
  const from = homeRoutes(links, { repository, branch }).length > 0 ? [{ repository, branch }] : [];
  const there = leadsTo(links, { repository, branch });
  const places = there === undefined ? from : [...from, there];
  if (places.length === 0) return skipped(`branch ${branch} is not linked`);
  await queue.add(places.map(homeJob));
  return done("looks at what dist-git changed by itself");
}
