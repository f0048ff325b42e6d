import type { Outcome } from "../../../../src/domain/outcome.js";
import { perform as performAlone } from "../../../../src/handlers/perform.js";
import type { Services } from "../../../../src/handlers/services.js";
import type { Job } from "../../../../src/queue/queue.js";
import { inJob, survive } from "../witness.js";

/** Says for whose job everything is done, and that the job was through before its end is recorded, unless it did nothing. */
export function perform(job: Job, services: Services): Promise<Outcome> {
  return inJob(job.kind, async () => {
    try {
      const outcome = await performAlone(job, services);
      if (outcome.outcome === "done" || findsNothing.has(job.kind)) survive("ended");
      return outcome;
    } catch (error) {
      survive("ended with an error");
      throw error;
    }
  });
}

/** In these lives; all others do something at times. */
const findsNothing = new Set(["discover"]);
