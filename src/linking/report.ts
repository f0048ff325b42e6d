import type { MergeRequest } from "../domain/merge-request.js";
import type { ForgeRegistry } from "../forges/registry.js";
import type { Progress } from "./progress.js";
import { progressComment, progressStatus } from "./progress-wording.js";
import { commentTopic } from "./wording.js";

/** Says on a source-git merge request where mirroring stands: one commit status, and one comment kept current. */
export class Reporter {
  readonly #forges: ForgeRegistry;

  constructor(forges: ForgeRegistry) {
    this.#forges = forges;
  }

  async tell(mergeRequest: MergeRequest, progress: Progress): Promise<void> {
    const forge = this.#forges.for(mergeRequest.ref.repository);
    const text = progressComment(progress);
    if (text !== undefined) await forge.ensureComment(mergeRequest.ref, { topic: commentTopic, text });
    // Last, because it is what people and branch rules wait for: a final status means that the rest was said.
    await forge.ensureCommitStatuses({ mergeRequest, commit: mergeRequest.head }, [progressStatus(progress)]);
  }

  /** The same on the way out of a failure, where a second failure must not hide the first. */
  async tryToTell(mergeRequest: MergeRequest, progress: Progress): Promise<void> {
    try {
      await this.tell(mergeRequest, progress);
    } catch {
      // The forge that cannot be told is most likely the one that failed; the job that comes again tells it then.
    }
  }
}
