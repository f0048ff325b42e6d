import { done, type Outcome } from "../domain/outcome.js";
import { knownRepositories } from "../linking/reconciler/known-repositories.js";
import { reconcileJob, redeliverJob, sweepJob } from "./jobs.js";
import type { Services } from "./services.js";

/** The repositories' turns come one after the other, so that nobody's webhook waits behind many of them. */
const mostBetween = 2000;

/** Has every repository of a link looked at, spread over most of the time until the next sweep. */
export async function sweep(services: Services): Promise<Outcome> {
  const { forges, queue, clock, sweepEvery } = services;
  const now = clock.now().getTime();
  if (sweepEvery === undefined) return done("repositories are not swept");
  // First: whatever goes wrong with this one, there is a next.
  await queue.add([sweepJob(new Date(now + sweepEvery))]);
  const repositories = await knownRepositories(services);
  const between = Math.min(mostBetween, (sweepEvery * 0.8) / Math.max(1, repositories.length));
  const jobs = repositories.map((repository, index) =>
    reconcileJob(repository, new Date(now + index * between)),
  );
  const keeping = forges.all().filter(({ lostDeliveries }) => lostDeliveries !== undefined);
  await queue.add([...keeping.map(({ name }) => redeliverJob(name)), ...jobs]);
  return done(`${repositories.length} repositories`);
}
