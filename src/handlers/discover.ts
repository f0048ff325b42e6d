import { done, type Outcome, skipped } from "../domain/outcome.js";
import { type ForgeName, repositoryName, type RepositoryRef } from "../domain/refs.js";
import { knownRepositories } from "../linking/reconciler/known-repositories.js";
import { reconcileJob } from "./jobs.js";
import type { Services } from "./services.js";

/** Milliseconds between the first looks at what was found. */
const between = 2000;

/** Finds repositories that a pattern of a link stands for, though nobody ever told of one. */
export async function discover(
  { forge, owner }: { readonly forge: ForgeName; readonly owner: string },
  services: Services,
): Promise<Outcome> {
  const { forges, links, sweeps, queue, clock } = services;
  const place = { forge, path: `${owner}/` };
  const at = clock.now();
  const known = new Set((await knownRepositories(services)).map(nameOf));
  const found: RepositoryRef[] = [];
  for await (const repository of forges.for(placeholder(place)).listRepositories(owner)) {
    const isNew = !known.has(nameOf(repository));
    if (isNew && links.from(repository).length > 0) found.push(repository);
  }
  for (const repository of found) await sweeps.know(repository);
  const sides = found.flatMap((one) => [one, ...links.from(one).map(({ distGit }) => distGit)]);
  await queue.add(
    sides.map((repository, index) =>
      reconcileJob({ repository, looks: [] }, new Date(at.getTime() + index * between)),
    ),
  );
  await sweeps.record(place, { at });
  return found.length === 0 ? skipped("no repository is new") : done(`${found.length} repositories are new`);
}

/** Paths are compared without regard to case. */
function nameOf(repository: RepositoryRef): string {
  return repositoryName(repository).toLowerCase();
}

/** Who acts in all of them acts in this one. */
function placeholder({ forge, path }: RepositoryRef): RepositoryRef {
  return { forge, path: `${path}{name}` };
}
