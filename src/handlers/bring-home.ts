import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { HomeSides } from "../linking/homecoming/homecomings.js";
import { homeRoutes } from "../linking/homecoming/home-routes.js";
import { mirrorAgainJob, mirrorJob } from "./jobs.js";
import type { Services } from "./services.js";

/** Brings home what a dist-git branch changed by itself, and tells the merge requests that go there. */
export async function bringHome(
  { distGit }: { readonly distGit: HomeSides["distGit"] },
  { links, narrowings, homeBringer, drift, queue }: Services,
): Promise<Outcome> {
  for (const { sourceGit } of homeRoutes(links, distGit)) await narrowings.know(sourceGit.repository);
  const routes = homeRoutes(links, distGit);
  if (routes.length === 0) return skipped(`branch ${distGit.branch} is not linked`);

  // First: they are mirrored anew whatever becomes of the rest.
  const stale = await drift.warn(distGit);
  await queue.add(stale.pairs.map(({ sourceGit }) => mirrorAgainJob(sourceGit)));
  const outcomes: Outcome[] = [];
  for (const route of routes) outcomes.push(await homeBringer.bring(route));
  const moved = outcomes.some(({ outcome }) => outcome === "done");
  // Before their notes go, by which they are known: of those that are mirrored nothing follows.
  const freed = await drift.freed(distGit);
  await queue.add(freed.map(({ sourceGit }) => mirrorJob(sourceGit)));
  await drift.tell({ distGit, stale, moved });

  const said = outcomes.map((each) => (each.outcome === "done" ? each.summary : each.reason)).join("; ");
  return moved ? done(said) : skipped(said);
}
