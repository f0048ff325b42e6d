import { findUncommitted } from "../git/checkout.js";

/** What is to be said of the work tree of a clone that was read, for only commits count. */
export async function uncommittedWarnings(directory: string): Promise<readonly string[]> {
  // A work tree that git does not look at, or none at all, hides nothing that matters.
  const file = await findUncommitted({ directory, checkedOut: true }).catch(() => undefined);
  return file === undefined
    ? []
    : [`${directory} has changes that are not committed (${file}): they do not count`];
}
