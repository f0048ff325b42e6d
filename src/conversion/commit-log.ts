import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { decodeText } from "../git/text.js";

export interface LoggedCommit {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
  readonly message: string;
}

/** The commits that a tip has and `without` have not, newest first, as options of `git log` choose them. */
export async function readLog(
  store: ObjectStore,
  { tip, without = [] }: { readonly tip: CommitId; readonly without?: readonly CommitId[] },
  options: readonly string[],
): Promise<readonly LoggedCommit[]> {
  const { stdout } = await store.git([
    "log",
    "-z",
    "--no-color",
    "--format=%H%n%P%n%B",
    ...options,
    tip,
    ...without.map((commit) => `^${commit}`),
    "--",
  ]);
  return decodeText(stdout)
    .split("\0")
    .filter(Boolean)
    .map((record) => {
      const [id = "", parents = "", ...message] = record.split("\n");
      return { id, parents: parents.split(" ").filter(Boolean), message: message.join("\n") };
    });
}
