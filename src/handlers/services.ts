import type { Commander } from "../linking/commander.js";
import type { Drift } from "../linking/home-drift.js";
import type { HomeBringer } from "../linking/homecoming.js";
import type { Homecomings } from "../linking/homecomings.js";
import type { Links } from "../linking/links.js";
import type { ForgeEvent } from "../domain/events.js";
import type { Clock } from "../domain/clock.js";
import type { Mirror } from "../linking/mirror.js";
import type { Narrowings } from "../linking/narrowing.js";
import type { Pairs } from "../linking/pairs.js";
import type { Reconciler } from "../linking/reconciler.js";
import type { Relay } from "../linking/relay.js";
import type { Rerunner } from "../linking/rerunner.js";
import type { Reporter } from "../linking/report.js";
import type { ObeyedComments, Sweeps } from "../linking/sweeps.js";
import type { ForgeRegistry } from "../forges/registry.js";
import type { Queue } from "../queue/queue.js";

/** What handlers work with. */
export interface Services {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly narrowings: Narrowings;
  readonly pairs: Pairs;
  readonly commander: Commander;
  readonly mirror: Mirror;
  readonly relay: Relay;
  readonly rerunner: Rerunner;
  readonly report: Reporter;
  readonly homecomings: Homecomings;
  readonly homeBringer: HomeBringer;
  readonly drift: Drift;
  readonly reconciler: Reconciler;
  readonly sweeps: Sweeps;
  readonly obeyed: ObeyedComments;
  readonly queue: Pick<Queue, "add">;
  readonly clock: Clock;
  /** Milliseconds from one sweep of all repositories to the next; `undefined`: there are none. */
  readonly sweepEvery: number | undefined;
  /** Told of each thing that a sweep found. */
  readonly onFound?: (kind: ForgeEvent["kind"]) => void;
}
