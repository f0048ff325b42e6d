import { z } from "zod";
import { RetryLater } from "../../domain/errors.js";
import type { HookHealth, RepositoryHooks } from "../forge.js";
import { ifFound, refusalOf } from "../refusal.js";
import { leadsToUs, nothingLeadsToUs } from "../webhook-address.js";
import type { GitHubClient } from "./client.js";

const configShape = z.object({ url: z.string().nullish() });
const hookShape = z.object({ active: z.boolean(), config: configShape });

/** Milliseconds for which the answer of the App holds for all its repositories. */
const hour = 3_600_000;

/** An App has one webhook for all repositories that it is installed on. */
export function hooksOfApp(client: GitHubClient): RepositoryHooks {
  let known: { readonly at: number; readonly health: HookHealth } | undefined;
  return {
    async look() {
      const at = client.clock.now().getTime();
      if (known && at - known.at < hour) return known.health;
      // Of an App whose webhook was never set up, GitHub says that there is none.
      const asked = client.askAsApp({ route: "GET /app/hook/config", answer: configShape });
      const url = (await ifFound(asked))?.url ?? "";
      const health: HookHealth = leadsToUs(url, client.name) ? { health: "works" } : nothingLeadsToUs;
      known = { at, health };
      return health;
    },
  };
}

/** Those of each repository, which only its administrators see. */
export function hooksOfRepositories(client: GitHubClient): RepositoryHooks {
  return {
    async look(repository) {
      const ours: z.infer<typeof hookShape>[] = [];
      try {
        const hooks = client.list(repository, {
          route: "GET /repos/{owner}/{repo}/hooks",
          answer: hookShape.array(),
        });
        for await (const hook of hooks) if (leadsToUs(hook.config.url ?? "", client.name)) ours.push(hook);
      } catch (error) {
        // Over its limits GitHub says 403, too.
        if (error instanceof RetryLater) throw error;
        if ([401, 403, 404].includes(refusalOf(error)?.status ?? 0)) return { health: "unseen" };
        throw error;
      }
      if (ours.length === 0) return nothingLeadsToUs;
      if (ours.some(({ active }) => active)) return { health: "works" };
      return { health: "trouble", trouble: "the webhook is switched off in its settings" };
    },
  };
}
