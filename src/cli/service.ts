import type { Logger } from "pino";
import type { Configuration } from "../config/configuration.js";
import type { Environment } from "../config/environment.js";
import type { Clock } from "../domain/clock.js";
import type { Explanation } from "../linking/explanation.js";
import type { Asked, BranchStatus } from "../linking/link-status.js";
import type { LaneJob } from "../queue/jobs-view.js";

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

/** An explanation, with what the service's queue holds about it. */
export interface Explained {
  readonly explanation: Explanation;
  readonly jobs: readonly LaneJob[];
  /** How orders in comments begin. */
  readonly prefix: string;
}

export interface Lookout {
  linkStatus(asked: Asked): Promise<readonly BranchStatus[]>;
  explain(address: string): Promise<Explained>;
  close(): Promise<void>;
}

export interface RunningService {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}
