import type { Logger } from "pino";
import type { Configuration, ForgeSettings } from "./config/configuration.js";
import type { Clock } from "./domain/clock.js";
import type { Forge } from "./forges/forge.js";
import { createGitHubForge } from "./forges/github/adapter.js";
import { createGitLabForge } from "./forges/gitlab/adapter.js";
import type { SharedLimits } from "./forges/limits.js";
import type { ForgeMemory } from "./forges/memory.js";
import { type ActingForge, ForgeRegistry } from "./forges/registry.js";
import type { OnRequest } from "./forges/request-metrics.js";
import { identityIn } from "./linking/links/links.js";

/** Every forge of the configuration, as each of the identities that act there. */
export function registryOf(
  { forges, links, apiReserve }: Configuration,
  tools: Omit<ForgeTools, "apiReserve">,
): ForgeRegistry {
  const acting = forges.flatMap((settings) => actingForges(settings, { ...tools, apiReserve }));
  return new ForgeRegistry(acting, (repository) => identityIn(links, repository));
}

/** A forge once for each identity that may act there. */
function actingForges(settings: ForgeSettings, tools: ForgeTools): readonly ActingForge[] {
  const first = { identity: undefined, forge: forgeOf(settings, tools) };
  const others: readonly (ForgeSettings & { readonly id: string })[] =
    settings.kind === "github"
      ? settings.identities.map((each) => ({ ...settings, ...each }))
      : settings.identities.map((each) => ({ ...settings, ...each }));
  return [first, ...others.map((other) => ({ identity: other.id, forge: forgeOf(other, tools) }))];
}

interface ForgeTools {
  readonly log: Logger;
  readonly clock: Clock;
  readonly memory: ForgeMemory;
  readonly limits: SharedLimits;
  readonly apiReserve: number;
  readonly onRequest: OnRequest | undefined;
}

function forgeOf(settings: ForgeSettings, tools: ForgeTools): Forge {
  return settings.kind === "github"
    ? createGitHubForge({ ...settings, ...tools })
    : createGitLabForge({ ...settings, ...tools });
}
