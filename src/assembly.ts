import type { Knex } from "knex";
import type { Logger } from "pino";
import type { Configuration } from "./config/configuration.js";
import { registryOf } from "./acting-forges.js";
import { sharedBetween } from "./database/shared.js";
import type { Clock } from "./domain/clock.js";
import type { CommitRef, MergeRequestRef } from "./domain/refs.js";
import type { ForgeRegistry } from "./forges/registry.js";
import { requestMetrics } from "./forges/request-metrics.js";
import type { GitCache } from "./git/cache/git-cache.js";
import {
  commentsJob,
  mirrorAgainJob,
  mirrorJob,
  mirrorLaterJob,
  relayJob,
  silenceJob,
} from "./handlers/jobs.js";
import type { Services } from "./handlers/services.js";
import { Carrier } from "./linking/mirror/carry.js";
import { Clones } from "./linking/pairs/clones.js";
import { Commander } from "./linking/commands/commander.js";
import { Counterparts, type CounterpartServices } from "./linking/pairs/counterparts.js";
import { DistBranches } from "./linking/pairs/dist-branches.js";
import { Ending, type EndingServices } from "./linking/mirror/ending.js";
import { Drift } from "./linking/homecoming/home-drift.js";
import { Explainer } from "./linking/explaining/explainer.js";
import { HomeBringer } from "./linking/homecoming/homecoming.js";
import { HomeRequests } from "./linking/homecoming/homecoming-request.js";
import { SqlHomecomings } from "./linking/homecoming/sql-homecomings.js";
import { createLinks } from "./linking/links/links.js";
import { Mirror } from "./linking/mirror/mirror.js";
import { Patience, type PatienceServices } from "./linking/mirror/patience.js";
import { Overtaking } from "./linking/mirror/overtaking.js";
import { Narrowings } from "./linking/links/narrowing.js";
import type { SqlPairs } from "./linking/pairs/sql-pairs.js";
import { Reconciler, type ReconcilerServices } from "./linking/reconciler/reconciler.js";
import { Relay } from "./linking/results/relay.js";
import { Rerunner } from "./linking/results/rerunner.js";
import { SqlLateResults } from "./linking/results/sql-late-results.js";
import { ResultBoard } from "./linking/results/result-board.js";
import { SqlStatusNames } from "./linking/results/sql-status-names.js";
import { Reporter } from "./linking/telling/report.js";
import { SqlObeyedComments, SqlSweeps } from "./linking/reconciler/sql-sweeps.js";
import { Locator } from "./linking/whereabouts/locator.js";
import { SqlWhereabouts } from "./linking/whereabouts/sql-whereabouts.js";
import { Stranding, type StrandingServices } from "./linking/whereabouts/stranding.js";
import { SqlPredecessors } from "./linking/telling/sql-predecessors.js";
import { SqlTold } from "./linking/telling/sql-told.js";
import { Standing } from "./linking/explaining/standing.js";
import { TrustKeeper } from "./linking/trust/trust-keeper.js";
import type { SqlQueue } from "./queue/sql-queue.js";
import type { PrometheusMetrics } from "./web/metrics.js";

/** What the program is built with. */
export interface Settings {
  readonly configuration: Configuration;
  readonly log: Logger;
  readonly clock: Clock;
}

/** What all of it stands on. */
export interface Ground {
  readonly database: Knex;
  readonly queue: SqlQueue;
  readonly pairs: SqlPairs;
  readonly cache: GitCache;
  /** Commands that only look count nothing. */
  readonly metrics?: PrometheusMetrics;
}

type Built = Services & { readonly explainer: Explainer };

/** Everything that handlers and commands use, joined together; nothing is started. */
export function buildServices(options: Settings, ground: Ground): Built {
  const { configuration, log, clock } = options;
  const { database, queue, pairs, cache, metrics } = ground;
  const onRequest = metrics && requestMetrics(metrics);
  const forges = registryOf(configuration, { log, clock, onRequest, ...sharedBetween(database, clock) });
  const clones = new Clones(cache);
  const { told, report, board } = saying(forges, options, ground);
  const branches = new DistBranches({ forges, pairs, clones });
  const carrier = new Carrier({ forges, clones, branches, limits: configuration.limits });
  const narrowings = new Narrowings({ forges, clones, clock });
  const links = createLinks(configuration.links, configuration.users, (link) => narrowings.narrow(link));
  const trust = new TrustKeeper({ forges, pairs, clones });
  const tracked = { forges, links, pairs, told };
  const standing = new Standing({ ...tracked, trust });
  const moves = following({ forges, links, pairs, report, told, branches, queue }, { database, clock });
  const { counterparts, stranding, whereabouts } = moves;
  const [homecomings, late] = [new SqlHomecomings(database, clock), new SqlLateResults(database, clock)];
  const homeward = homewards({ forges, clones, pairs, report }, homecomings);
  const { drift } = homeward;
  const compared = comparing({ ...tracked, homecomings, clones, clock, whereabouts }, database);
  const commanded = { counterparts, standing, obeyed: compared.obeyed, commands: configuration.commands };
  return {
    ...{ forges, links, narrowings, pairs, queue, clock, report, ...moves },
    sweepEvery: configuration.reconcile,
    explainer: new Explainer({ forges, links, narrowings, pairs, told, trust, carrier }),
    commander: new Commander({ ...tracked, ...commanded, homecomings }),
    mirror: new Mirror({
      ...{ forges, pairs, carrier, report, counterparts, trust, board, stranding, drift },
      overtaking: new Overtaking({
        ...{ forges, clock },
        isAskedAgain: (mergeRequest) => queue.isDue(mirrorJob(mergeRequest).key),
      }),
      ending: endings({ forges, pairs, counterparts, report }, { told, clock, queue }),
    }),
    ...{ late, relay: new Relay({ ...tracked, report, board, late }) },
    rerunner: new Rerunner({ forges, pairs, counterparts, report }),
    ...homeward,
    ...compared,
  };
}

/** What carries the end of a side over. */
function endings(
  tools: Omit<EndingServices, "patience">,
  { queue, ...timed }: Omit<PatienceServices, "tryLater"> & Pick<Services, "queue">,
): Ending {
  const tryLater = (mergeRequest: MergeRequestRef, at: Date) => queue.add([mirrorLaterJob(mergeRequest, at)]);
  return new Ending({ ...tools, patience: new Patience({ ...timed, tryLater }) });
}

/** What tells people, in comments and statuses. */
function saying(
  forges: ForgeRegistry,
  { configuration, clock }: Settings,
  { database, queue, pairs }: Ground,
): { readonly told: SqlTold; readonly report: Reporter; readonly board: ResultBoard } {
  const told = new SqlTold(database);
  const tools = { forges, told, clock, names: new SqlStatusNames(database) };
  const report = new Reporter({
    ...{
      ...tools,
      pairs,
      predecessors: new SqlPredecessors(database),
      prefix: configuration.commands.prefix,
    },
    editLater: (mergeRequest, at) => queue.add([commentsJob(mergeRequest, at)]),
  });
  const giveUpLater = (commit: CommitRef, at: Date) => queue.add([silenceJob(commit, at)]);
  const showNow = (commit: CommitRef) => queue.add([relayJob(commit)]);
  return { told, report, board: new ResultBoard({ ...tools, giveUpLater, showNow }) };
}

/** What has everything follow a repository that is called otherwise. */
function following(
  tools: Omit<StrandingServices & CounterpartServices, "whereabouts"> & FollowingTools,
  { database, clock }: { readonly database: Knex; readonly clock: Clock },
): Pick<Services, "whereabouts" | "stranding" | "locator"> & { readonly counterparts: Counterparts } {
  const whereabouts = new SqlWhereabouts(database, clock);
  const counterparts = new Counterparts({ ...tools, whereabouts });
  const again = (mergeRequests: readonly MergeRequestRef[]) =>
    tools.queue.add(mergeRequests.map(mirrorAgainJob));
  return {
    ...{ whereabouts, counterparts, stranding: new Stranding({ ...tools, whereabouts }) },
    locator: new Locator({ ...tools, whereabouts, counterparts, again }),
  };
}

type FollowingTools = Pick<Services, "forges" | "pairs" | "report" | "queue">;

/** What finds what webhooks did not tell. */
function comparing(
  tools: Omit<ReconcilerServices, "sweeps" | "obeyed">,
  database: Knex,
): Pick<Services, "sweeps" | "obeyed" | "reconciler"> {
  const kept = { sweeps: new SqlSweeps(database), obeyed: new SqlObeyedComments(database, tools.clock) };
  return { ...kept, reconciler: new Reconciler({ ...tools, ...kept }) };
}

/** What brings dist-git's own changes home. */
function homewards(
  tools: Pick<Services, "forges" | "pairs" | "report"> & { readonly clones: Clones },
  homecomings: SqlHomecomings,
): Pick<Services, "homecomings" | "homeBringer" | "drift"> {
  const requests = new HomeRequests({ ...tools, homecomings });
  const all = { ...tools, homecomings, requests };
  return { homecomings, homeBringer: new HomeBringer(all), drift: new Drift(all) };
}
