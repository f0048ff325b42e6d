import { done, type Outcome, skipped } from "../domain/outcome.js";
import { repositoryName } from "../domain/refs.js";
import type { Visit } from "../linking/reconciler/sweep-plan.js";
import { jobsFor, mirrorAgainJob, relayJob } from "./jobs.js";
import type { Services } from "./services.js";

/** Does for one repository what webhooks would have had done. */
export async function reconcile(
  { repository, looks, late = [] }: Visit,
  { links, reconciler, sweeps, queue, onFound }: Services,
): Promise<Outcome> {
  const isLinked = links.from(repository).length > 0 || links.to(repository).length > 0;
  if (!isLinked) return skipped("repository is not linked");
  const found = await reconciler.compare({ repository, looks });
  if (found.outcome === "gone") {
    await sweeps.forget(repository);
    await queue.add(found.again.map(mirrorAgainJob));
    return skipped(`${repositoryName(repository)} is gone`);
  }
  await queue.add([...found.events.flatMap(jobsFor), ...late.map(relayJob)]);
  for (const { kind } of found.events) onFound?.(kind);
  // Last: what was found is looked for again until it has its jobs.
  await sweeps.record(repository, found.record);
  const { trouble } = found.record;
  const said = [...found.events.map(({ kind }) => kind), ...(trouble ? [trouble] : [])];
  return said.length === 0 ? skipped("everything is as recorded") : done(`found: ${said.join(", ")}`);
}
