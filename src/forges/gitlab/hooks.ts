import { z } from "zod";
import type { RepositoryRef } from "../../domain/refs.js";
import type { HookHealth } from "../forge.js";
import { refusalOf } from "../refusal.js";
import { leadsToUs, nothingLeadsToUs } from "../webhook-address.js";
import type { GitLabClient } from "./client.js";

const hookPayload = z.object({
  url: z.string(),
  // Older servers never disable one.
  alert_status: z.string().nullish(),
  disabled_until: z.string().nullish(),
});
type HookPayload = z.infer<typeof hookPayload>;

/** Only maintainers see the hooks of a project. */
export async function findHookHealth(client: GitLabClient, { path }: RepositoryRef): Promise<HookHealth> {
  const ours: HookPayload[] = [];
  try {
    const hooks = client.list({
      ask: ({ ProjectHooks }, page) => ProjectHooks.all(path, page),
      entry: hookPayload,
    });
    for await (const hook of hooks) if (leadsToUs(hook.url, client.name)) ours.push(hook);
  } catch (error) {
    if ([401, 403, 404].includes(refusalOf(error)?.status ?? 0)) return { health: "unseen" };
    throw error;
  }
  if (ours.length === 0) return nothingLeadsToUs;
  if (ours.some(isAwake)) return { health: "works" };
  const until = ours.find(({ disabled_until: at }) => at)?.disabled_until;
  const end = until ? `until ${until}` : "for good: a test delivery in its settings wakes it";
  return { health: "trouble", trouble: `GitLab has disabled the webhook ${end}` };
}

function isAwake({ alert_status: status }: HookPayload): boolean {
  return status === undefined || status === null || status === "executable";
}
