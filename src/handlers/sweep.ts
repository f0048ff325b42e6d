import { done, type Outcome } from "../domain/outcome.js";
import { repositoryName } from "../domain/refs.js";
import { knownRepositories } from "../linking/reconciler/known-repositories.js";
import { planSweep } from "../linking/reconciler/sweep-plan.js";
import type { SweptTimes } from "../linking/reconciler/sweeps.js";
import { discoverJob, mirrorJob, reconcileJob, redeliverJob, sweepJob } from "./jobs.js";
import type { Services } from "./services.js";

/** The repositories' turns come one after the other, so that nobody's webhook waits behind many of them. */
const mostBetween = 2000;

/** Milliseconds after which groups and owners are listed again. */
const discoverEvery = 60 * 60_000;

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
  const visits = planSweep(repositories, { now: new Date(now), every: sweepEvery, times });
  const between = Math.min(mostBetween, (sweepEvery * 0.8) / Math.max(1, visits.length));
  const jobs = visits.map((visit, index) => reconcileJob(visit, new Date(now + index * between)));
  const keeping = forges.all().filter(({ lostDeliveries }) => lostDeliveries !== undefined);
  const discoveries = unlisted(services, times).map(discoverJob);
  await queue.add([...keeping.map(({ name }) => redeliverJob(name)), ...discoveries, ...jobs]);
  return done(`${visits.length} repositories`);
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
