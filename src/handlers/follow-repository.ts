import { done, type Outcome, skipped } from "../domain/outcome.js";
import { repositoryName, type RepositoryRef } from "../domain/refs.js";
import { reconcileJob } from "./jobs.js";
import type { Services } from "./services.js";

/** A repository was renamed, transferred or deleted, as its forge says. */
export async function followRepository(
  { repository }: { readonly repository: RepositoryRef },
  { links, locator, pairs, queue, clock }: Services,
): Promise<Outcome> {
  const isLinked = links.from(repository).length > 0 || links.to(repository).length > 0;
  if (!isLinked && (await pairs.under(repository)).length === 0)
    return skipped("nothing is known of that repository");
  const located = await locator.locate(repository);
  if (located !== "gone") return done(`the repository is ${located}`);
  await queue.add([reconcileJob({ repository, looks: ["repository"] }, clock.now())]);
  return done(`${repositoryName(repository)} is gone`);
}
