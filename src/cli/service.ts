import type { Logger } from "pino";
import type { Configuration } from "../config/configuration.js";
import type { Environment } from "../config/environment.js";
import type { Clock } from "../domain/clock.js";
import type { Asked, BranchStatus } from "../linking/link-status.js";

/** The service as commands know it; `app.ts` builds it, and only `bin/sluice` may import that. */
export type LoadService = () => Promise<{
  readonly startService: StartService;
  readonly openLookout: OpenLookout;
}>;

interface ServiceOptions {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly log: Logger;
  readonly clock: Clock;
}

export type StartService = (options: ServiceOptions) => Promise<RunningService>;

/** For commands that look at the forges as the service sees them, and start nothing. */
type OpenLookout = (options: ServiceOptions) => Promise<Lookout>;

export interface Lookout {
  linkStatus(asked: Asked): Promise<readonly BranchStatus[]>;
  close(): Promise<void>;
}

export interface RunningService {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}
