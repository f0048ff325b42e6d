import type { ForgeSettings } from "../config/configuration.js";
import { UserError } from "../domain/errors.js";
import type { ReadDelivery } from "../domain/events.js";
import { readGitHubDelivery } from "../forges/github/webhook.js";
import { readGitLabDelivery } from "../forges/gitlab/webhook.js";
import type { Delivery, Queue } from "../queue/queue.js";
import { jobsOfDelivery } from "./jobs.js";

export interface ReplayTools {
  readonly forges: readonly ForgeSettings[];
  readonly queue: Pick<Queue, "add">;
}

/** Adds the jobs that follow from a stored delivery once more; answers how many. */
export async function replayDelivery(delivery: Delivery, { forges, queue }: ReplayTools): Promise<number> {
  const settings = forges.find(({ name }) => name === delivery.forge);
  if (!settings) {
    throw new UserError("missing", {
      message: `no forge named ${delivery.forge} is configured any more`,
      remedy: "Add it to the links file, or let the delivery be.",
    });
  }
  const read = readOf(settings, delivery);
  const jobs = read.outcome === "skipped" ? [] : jobsOfDelivery(read);
  await queue.add(jobs);
  return jobs.length;
}

function readOf({ kind, name: forge }: ForgeSettings, { event, body }: Delivery): ReadDelivery {
  return kind === "github"
    ? readGitHubDelivery({ forge, event, body })
    : readGitLabDelivery({ forge, event, body });
}
