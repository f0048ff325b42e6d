import { done, type Outcome } from "../domain/outcome.js";
import { repositoryName, sameRepository } from "../domain/refs.js";
import { knownRepositories } from "../linking/reconciler/known-repositories.js";
import { planSweep, type Visit } from "../linking/reconciler/sweep-plan.js";
import type { SweptTimes } from "../linking/reconciler/sweeps.js";
import type { LateCommit } from "../linking/results/late-results.js";
import { discoverJob, mirrorJob, reconcileJob, redeliverJob, sweepJob } from "./jobs.js";
import type { Services } from "./services.js";

/** The repositories' turns come one after the other, so that nobody's webhook waits behind many of them. */
const mostBetween = 2000;

/** Milliseconds after which groups and owners are listed again. */
const discoverEvery = 60 * 60_000;

/** For so many commits that are no heads of open pairs dist-git's CI is asked again in one sweep, some two requests each. */
const mostLate = 100;

/** Has every repository of a link looked at, spread over most of the time until the next sweep. */
export async function sweep(services: Services): Promise<Outcome> {
  const { forges, queue, clock, sweeps, sweepEvery } = services;
  const now = clock.now().getTime();
  if (sweepEvery === undefined) return done("repositories are not swept");
  // First: whatever goes wrong with this one, there is a next.
  await queue.add([sweepJob(new Date(now + sweepEvery))]);
  await queue.add((await services.stranding.over()).map(mirrorJob));
  const times = await sweeps.times();
  const repositories = await knownRepositories(services);
  const planned = planSweep(repositories, { now: new Date(now), every: sweepEvery, times });
  const late = await services.late.due(mostLate);
  const visits = planned.map((visit) => withLate(visit, late));
  const between = Math.min(mostBetween, (sweepEvery * 0.8) / Math.max(1, visits.length));
  const jobs = visits.map((visit, index) => reconcileJob(visit, new Date(now + index * between)));
  const keeping = forges.all().filter(({ lostDeliveries }) => lostDeliveries !== undefined);
  const discoveries = unlisted(services, times).map(discoverJob);
  await queue.add([...keeping.map(({ name }) => redeliverJob(name)), ...discoveries, ...jobs]);
  // Those of a source-git that is not linked any more as well: they take nobody's turn.
  await services.late.asked(late);
  return done(`${visits.length} repositories`);
}

/** Asked for with source-git, where the results are shown: nothing is asked for one that is gone. */
function withLate(visit: Visit, all: readonly LateCommit[]): Visit {
  const late = all.filter(({ sourceGit }) => sameRepository(sourceGit, visit.repository));
  return late.length === 0 ? visit : { ...visit, late: late.map(({ commit }) => commit) };
}

/** Where patterns of links may stand for repositories that nobody told of. */
function unlisted({ links, clock }: Services, times: ReadonlyMap<string, SweptTimes>) {
  const before = clock.now().getTime() - discoverEvery;
  const places = links.patterns().map(({ forge, path }) => {
    return { forge, owner: path.slice(0, path.lastIndexOf("/")) };
  });
  return places.filter(({ forge, owner }) => {
    const listed = times.get(repositoryName({ forge, path: `${owner}/` }).toLowerCase());
    return (listed?.at?.getTime() ?? Number.NEGATIVE_INFINITY) <= before;
  });
}
