import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";

/** The commits of a repository that values of a trailer name; only whole ids count, for short ones fit by chance. */
export async function listNamedCommits(
  store: ObjectStore,
  values: readonly string[],
): Promise<readonly CommitId[]> {
  const named: CommitId[] = [];
  for (const value of values) {
    const id = value.trim();
    if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(id)) continue;
    if ((await store.has(id)) && (await store.resolve(id)) === id) named.push(id);
  }
  return named;
}
