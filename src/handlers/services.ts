import type { Commander } from "../linking/commands/commander.js";
import type { Drift } from "../linking/homecoming/home-drift.js";
import type { HomeBringer } from "../linking/homecoming/homecoming.js";
import type { Homecomings } from "../linking/homecoming/homecomings.js";
import type { Links } from "../linking/links/links.js";
import type { ForgeEvent } from "../domain/events.js";
import type { Clock } from "../domain/clock.js";
import type { Mirror } from "../linking/mirror/mirror.js";
import type { Narrowings } from "../linking/links/narrowing.js";
import type { Pairs } from "../linking/pairs/pairs.js";
import type { Reconciler } from "../linking/reconciler/reconciler.js";
import type { LateResults } from "../linking/results/late-results.js";
import type { Relay } from "../linking/results/relay.js";
import type { Rerunner } from "../linking/results/rerunner.js";
import type { Reporter } from "../linking/telling/report.js";
import type { ObeyedComments, Sweeps } from "../linking/reconciler/sweeps.js";
import type { Locator } from "../linking/whereabouts/locator.js";
import type { Stranding } from "../linking/whereabouts/stranding.js";
import type { Whereabouts } from "../linking/whereabouts/whereabouts.js";
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
  readonly late: LateResults;
  readonly rerunner: Rerunner;
  readonly report: Reporter;
  readonly homecomings: Homecomings;
  readonly homeBringer: HomeBringer;
  readonly drift: Drift;
  readonly reconciler: Reconciler;
  readonly sweeps: Sweeps;
  readonly whereabouts: Whereabouts;
  readonly locator: Locator;
  readonly stranding: Stranding;
  readonly obeyed: ObeyedComments;
  readonly queue: Pick<Queue, "add" | "hasReceived">;
  readonly clock: Clock;
  /** Milliseconds from one sweep of all repositories to the next; `undefined`: there are none. */
  readonly sweepEvery: number | undefined;
  /** Told of each thing that a sweep found. */
  readonly onFound?: (kind: ForgeEvent["kind"]) => void;
}
