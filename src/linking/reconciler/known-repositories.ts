import { repositoryName, type RepositoryRef } from "../../domain/refs.js";
import type { Links } from "../links/links.js";
import type { Pairs } from "../pairs/pairs.js";
import type { Sweeps } from "./sweeps.js";

export interface KnownServices {
  readonly links: Links;
  readonly pairs: Pick<Pairs, "repositories">;
  readonly sweeps: Pick<Sweeps, "known">;
}

/**
 * Both sides of every link that is named in full or was ever heard of: by a webhook, or in a list of the group that a pattern
 * names.
 */
export async function knownRepositories({
  links,
  pairs,
  sweeps,
}: KnownServices): Promise<readonly RepositoryRef[]> {
  const heardOf = [...(await sweeps.known()), ...links.named(), ...(await pairs.repositories())];
  const sides = heardOf.flatMap((one) => {
    const found = [...links.from(one), ...links.to(one)];
    return found.flatMap(({ sourceGit, distGit }) => [sourceGit, distGit]);
  });
  // Paths are compared without regard to case; the first is as it was heard.
  const unique = new Map(sides.map((side) => [repositoryName(side).toLowerCase(), side]));
  return [...unique.values()];
}
