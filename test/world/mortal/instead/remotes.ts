import { fetch, listRefs, type Push, push as pushAlone } from "../../../../src/git/remotes.js";
import type { ObjectStore } from "../../../../src/git/object-store.js";
import { inVerb, survive } from "../witness.js";

/** Tells of every push, once the forge has it. */
export function push(store: ObjectStore, wanted: Push): Promise<void> {
  return inVerb("push", async () => {
    await pushAlone(store, wanted);
    survive(wanted.expecting === undefined ? "push of a new branch" : "push over what was there");
  });
}

export { fetch, listRefs };
