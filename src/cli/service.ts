import type { Logger } from "pino";
import type { Configuration } from "../config/configuration.js";
import type { Environment } from "../config/environment.js";
import type { Clock } from "../domain/clock.js";
import type { Explanation } from "../linking/explaining/explanation.js";
import type { Asked, BranchStatus } from "../linking/explaining/link-status.js";
import type { SqlPairRegister } from "../linking/pairs/sql-pair-register.js";
import type { DeliveriesTable } from "../queue/deliveries-table.js";
import type { JobsView, LaneJob } from "../queue/jobs-view.js";
import type { Delivery } from "../queue/queue.js";

/** The service as commands know it; `app.ts` builds it, and only `bin/sluice` may import that. */
export type LoadService = () => Promise<{
  readonly startService: StartService;
  readonly openLookout: OpenLookout;
  readonly openOperations: OpenOperations;
}>;

interface ServiceOptions {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly log: Logger;
  readonly clock: Clock;
}

/** What a process does; together unless told. */
export type Role = "web" | "worker";

export type StartService = (
  options: ServiceOptions & { readonly roles?: readonly Role[] },
) => Promise<RunningService>;

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
  /** Answers how many jobs had not ended after so many milliseconds, and were handed back. */
  stop(graceMilliseconds?: number): Promise<number>;
}

type OpenOperations = (options: ServiceOptions) => Promise<Operations>;

/** What the database holds, to be listed and mended. */
export interface Operations {
  readonly jobs: {
    readonly view: Pick<JobsView, "list" | "find">;
    revive(id: string): Promise<boolean>;
    forget(id: string): Promise<boolean>;
  };
  readonly deliveries: Pick<DeliveriesTable, "list" | "withId">;
  readonly pairs: Pick<SqlPairRegister, "list" | "find" | "forget">;
  replay(delivery: Delivery): Promise<number>;
  close(): Promise<void>;
}
