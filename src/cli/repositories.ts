import { realpath } from "node:fs/promises";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { openQuarantine, type Quarantine } from "../git/quarantine.js";

interface Folders {
  readonly source: string;
  readonly dist: string;
}

/** Throws `UserError` "usage" where both are one: converted into itself, it would lose all that the other does not hold. */
export async function requireTwo({ source, dist }: Folders): Promise<void> {
  if (!(await isSameFolder(source, dist))) return;
  throw new UserError("usage", { message: "SOURCE and DIST are the same repository", where: dist });
}

async function isSameFolder(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [one, other].map((folder) => realpath(folder).catch(() => folder)),
  );
  return first === second;
}

/** Both sides of a command, so that what it writes there shows only when it is released. */
export interface Stores {
  readonly source: Quarantine;
  readonly dist: Quarantine;
}

/** Has `work` done with both repositories, and closes them in the end. Throws `UserError` where one cannot be opened. */
export async function withBoth<Answer>(
  { source, dist }: Folders,
  work: (stores: Stores) => Promise<Answer>,
): Promise<Answer> {
  const [opened, other] = await Promise.allSettled([openQuarantine(source), openQuarantine(dist)]);
  try {
    return await work({ source: valueOf(opened), dist: valueOf(other) });
  } finally {
    const open = [opened, other].flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    await Promise.all(open.map((store) => store.close()));
  }
}

function valueOf<Value>(settled: PromiseSettledResult<Value>): Value {
  if (settled.status === "fulfilled") return settled.value;
  throw settled.reason;
}

/** The commit that a revision of the repository in `folder` names. Throws `UserError` "missing" where there is none. */
export async function commitOf(store: ObjectStore, revision: string, folder: string): Promise<CommitId> {
  const commit = await store.resolve(revision);
  if (commit !== undefined) return commit;
  throw new UserError("missing", { message: `${folder} has no commit yet`, where: folder });
}
