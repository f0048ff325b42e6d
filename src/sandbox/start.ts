import { resolve } from "node:path";
import type { Clock } from "../domain/clock.js";
import type { Dialect } from "./dialect.js";
import { startForge } from "./forge.js";
import { githubDialect } from "./github/dialect.js";
import { gitlabDialect } from "./gitlab/dialect.js";
import type { ForgeKind } from "./model.js";
import type { Sandbox } from "./sandbox.js";

export interface SandboxSettings {
  readonly forges: readonly {
    readonly name: string;
    readonly kind: ForgeKind;
    readonly port?: number;
    /** Where it is reached, as it says of itself, if something stands in front of its port. */
    readonly url?: string;
  }[];
  /** Where the bare repositories are made. */
  readonly directory: string;
  readonly clock: Clock;
  readonly dialects?: Readonly<Record<ForgeKind, Dialect>>;
  /** How long after a change it is unknown whether a merge request can be merged; 50 unless given. */
  readonly mergeabilityMilliseconds?: number;
  /** How long a webhook is waited for; 10,000 unless given, as both forges do. */
  readonly webhookTimeoutMilliseconds?: number;
}

/** Starts forges, each on a port of its own on 127.0.0.1, with three users and no repository. */
export async function startSandbox(settings: SandboxSettings): Promise<Sandbox> {
  const dialects = settings.dialects ?? { github: githubDialect, gitlab: gitlabDialect };
  const { clock, mergeabilityMilliseconds, webhookTimeoutMilliseconds } = settings;
  // git is run inside of the repositories, where a relative path would mean another place.
  const directory = resolve(settings.directory);
  const delays = { mergeabilityMilliseconds, webhookTimeoutMilliseconds };
  const forges = await Promise.all(
    settings.forges.map((forge) =>
      startForge({ ...forge, ...delays, dialect: dialects[forge.kind], directory, clock }),
    ),
  );
  return {
    forges,
    forge: (name) => {
      const found = forges.find((one) => one.name === name);
      if (found !== undefined) return found;
      throw new Error(`The sandbox has no forge ${name}.`);
    },
    settled: async () => {
      for (const forge of forges) await forge.settled();
    },
    close: async () => {
      await Promise.all(forges.map((forge) => forge.close()));
    },
  };
}
