import { done, type Outcome, skipped } from "../domain/outcome.js";
import { homeRoutes, leadsTo } from "../linking/homecoming/home-routes.js";
import { isOurBranch } from "../linking/wording/homecoming-wording.js";
import type { HomeSides } from "../linking/homecoming/homecomings.js";
import { homeJob } from "./jobs.js";
import type { Services } from "./services.js";

/** A branch of either side moved: dist-git's own changes may have to come home, or have come. */
export async function followBranch(pushed: HomeSides["distGit"], services: Services): Promise<Outcome> {
  if (isOurBranch(pushed.branch)) return skipped("a branch that Sluice made");
  const fromDist = homeRoutes(services.links, pushed).length > 0 ? [pushed] : [];
  const places = [...fromDist, ...(await comingHomeTo(pushed, services))];
  if (places.length === 0) return skipped("nothing comes home from it or to it");
  await services.sweeps.know(pushed.repository);
  await services.queue.add(places.map(homeJob));
  return done("looks at what dist-git changed by itself");
}

/** Only where dist-git moved before: most of source-git's branches are some merge request's, and cost no request. */
async function comingHomeTo(
  pushed: HomeSides["sourceGit"],
  { links, homecomings }: Services,
): Promise<readonly HomeSides["distGit"][]> {
  const there = leadsTo(links, pushed);
  if (there === undefined || (await homecomings.from(there)).length === 0) return [];
  return [there];
}
