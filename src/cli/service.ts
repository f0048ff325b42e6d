import type { Logger } from "pino";
import type { Configuration } from "../config/configuration.js";
import type { Environment } from "../config/environment.js";
import type { Clock } from "../domain/clock.js";

/** The service as commands know it; `app.ts` builds it, and only `bin/sluice` may import that. */
export type LoadService = () => Promise<{ readonly startService: StartService }>;

export type StartService = (options: {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly log: Logger;
  readonly clock: Clock;
}) => Promise<RunningService>;

export interface RunningService {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}
