import { join } from "node:path";
import type { Knex } from "knex";
import type { Logger } from "pino";
import type { Configuration } from "./config/configuration.js";
import type { Environment } from "./config/environment.js";
import { registryOf } from "./acting-forges.js";
import { SqlGiven } from "./database/given.js";
import { openDatabase, openServedDatabase } from "./database/open.js";
import { sharedBetween } from "./database/shared.js";
import type { Clock } from "./domain/clock.js";
import { UserError } from "./domain/errors.js";
import { type CommitRef, mergeRequestName, type MergeRequestRef } from "./domain/refs.js";
import type { ForgeRegistry } from "./forges/registry.js";
import { requestMetrics } from "./forges/request-metrics.js";
import { measureGit } from "./git/measure.js";
import { GitCache } from "./git/cache/git-cache.js";
import { type WatchedCache, watchedCache } from "./git/cache/watched-cache.js";
import { commentsJob, mirrorAgainJob, silenceJob, sweepJob } from "./handlers/jobs.js";
import { receiversOf } from "./handlers/receivers.js";
import { foundMetrics, measureForges } from "./handlers/measure.js";
import { perform } from "./handlers/perform.js";
import type { Services } from "./handlers/services.js";
import { Carrier } from "./linking/mirror/carry.js";
import { Clones } from "./linking/pairs/clones.js";
import { Commander } from "./linking/commands/commander.js";
import { Counterparts, type CounterpartServices } from "./linking/pairs/counterparts.js";
import { DistBranches } from "./linking/pairs/dist-branches.js";
import { Ending } from "./linking/mirror/ending.js";
import { Drift } from "./linking/homecoming/home-drift.js";
import { Explainer } from "./linking/explaining/explainer.js";
import type { Explanation } from "./linking/explaining/explanation.js";
import { HomeBringer } from "./linking/homecoming/homecoming.js";
import { HomeRequests } from "./linking/homecoming/homecoming-request.js";
import { SqlHomecomings } from "./linking/homecoming/sql-homecomings.js";
import { type Asked, type BranchStatus, linkStatus } from "./linking/explaining/link-status.js";
import { createLinks } from "./linking/links/links.js";
import { Mirror } from "./linking/mirror/mirror.js";
import { Narrowings } from "./linking/links/narrowing.js";
import { SqlPairs } from "./linking/pairs/sql-pairs.js";
import { replayDelivery } from "./handlers/replay.js";
import { SqlPairRegister } from "./linking/pairs/sql-pair-register.js";
import type { Delivery } from "./queue/queue.js";
import { Reconciler, type ReconcilerServices } from "./linking/reconciler/reconciler.js";
import { Relay } from "./linking/results/relay.js";
import { Rerunner } from "./linking/results/rerunner.js";
import { ResultBoard } from "./linking/results/result-board.js";
import { SqlStatusNames } from "./linking/results/sql-status-names.js";
import { Reporter } from "./linking/telling/report.js";
import { SqlObeyedComments, SqlSweeps } from "./linking/reconciler/sql-sweeps.js";
import { Locator } from "./linking/whereabouts/locator.js";
import { SqlWhereabouts } from "./linking/whereabouts/sql-whereabouts.js";
import { Stranding, type StrandingServices } from "./linking/whereabouts/stranding.js";
import { SqlTold } from "./linking/telling/sql-told.js";
import { Standing } from "./linking/explaining/standing.js";
import { TrustKeeper } from "./linking/trust/trust-keeper.js";
import type { LaneJob } from "./queue/jobs-view.js";
import { describe } from "./queue/failure.js";
import { SqlQueue } from "./queue/sql-queue.js";
import { checkIdentities } from "./linking/links/identities.js";
import { jobMetrics, measureQueue } from "./queue/queue-metrics.js";
import { deliveryMetrics } from "./handlers/receive.js";
import { PrometheusMetrics } from "./web/metrics.js";
import { startWebServer } from "./web/server.js";

export interface ServiceOptions {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly log: Logger;
  readonly clock: Clock;
  /** What this process does: receives webhooks, works, or both, as it does unless told. */
  readonly roles?: readonly Role[];
}

export type Role = "web" | "worker";

/** Answers questions. */
export interface Lookout {
  /** How the branches of a link stand. */
  linkStatus(asked: Asked): Promise<readonly BranchStatus[]>;
  /** What would be decided for the merge request at this address, of either side, and the jobs that are about it. */
  explain(address: string): Promise<{
    readonly explanation: Explanation;
    readonly jobs: readonly LaneJob[];
    readonly prefix: string;
  }>;
  close(): Promise<void>;
}

/** A running service. */
export interface Service {
  /** Where it listens, without a final slash. */
  readonly url: string;
  readonly queue: SqlQueue;
  /**
   * Takes no new work, lets the work under way end, and closes everything. What has not ended after so many milliseconds is
   * handed back; how many jobs that were is the answer.
   */
  stop(graceMilliseconds?: number): Promise<number>;
}

/** Builds the program and starts it: database, forges, worker, web server. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { configuration, environment, log, clock, roles = ["web", "worker"] } = options;
  const database = await openDatabase(environment.databaseUrl.reveal());
  try {
    const metrics = new PrometheusMetrics();
    const queue = new SqlQueue({ database, clock, log, onEnd: jobMetrics(metrics) });
    const endMeasuring = measure(queue, { metrics, clock });
    const git = cacheOf(options, { queue, metrics });
    const pairs = new SqlPairs(database, clock);
    const services = buildServices(options, { database, queue, pairs, cache: git.cache, metrics });
    const shown = { queue, metrics, outlook: measureForges(services, metrics) };
    const heard = roles.includes("web") ? configuration.forges : [];
    const receivers = receiversOf(heard, { queue, clock, count: deliveryMetrics(metrics) });
    const web = await startWebServer({ ...environment, ...shown, receivers, configuration, log });
    const upkeep = setInterval(() => void keepUp(options, { queue, database }), hour).unref();
    if (roles.includes("worker")) {
      void checkIdentities(services.forges, log);
      git.startKeeping();
      const counting = { ...services, onFound: foundMetrics(metrics) };
      queue.start((job) => perform(job, counting));
      if (services.sweepEvery !== undefined) await queue.add([sweepJob(clock.now())]);
    }
    return {
      url: web.url,
      queue,
      async stop(graceMilliseconds) {
        clearInterval(upkeep);
        await web.close();
        const handedBack = await queue.stop(graceMilliseconds);
        await git.stop();
        endMeasuring();
        await database.destroy();
        return handedBack;
      },
    };
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** What the queue holds and what git takes; the answer ends it. */
function measure(queue: SqlQueue, by: { readonly metrics: PrometheusMetrics; readonly clock: Clock }) {
  measureQueue(queue, by);
  return measureGit(by.metrics);
}

function cacheOf(
  { configuration, environment, log, clock }: ServiceOptions,
  { queue, metrics }: { readonly queue: SqlQueue; readonly metrics: PrometheusMetrics },
): WatchedCache {
  const nextDueAt = () => queue.nextDueAt();
  const limit = configuration.gitCache;
  return watchedCache({ directory: gitFolder(environment), limit, clock, log, metrics, nextDueAt });
}

function gitFolder({ dataDirectory }: Environment): string {
  return join(dataDirectory, "git");
}

const hour = 3_600_000;
const rememberedMilliseconds = 90 * 24 * hour;

/** Forgets what is old; several processes may do it at once. */
async function keepUp(
  { configuration, clock, log }: ServiceOptions,
  { queue, database }: { readonly queue: SqlQueue; readonly database: Knex },
): Promise<void> {
  try {
    await queue.tidy(configuration.keepDeliveries);
    await new SqlGiven(database, clock).forgetBefore(
      new Date(clock.now().getTime() - rememberedMilliseconds),
    );
  } catch (error) {
    log.warn({ reason: describe(error) }, "what is old cannot be forgotten; it is tried again in an hour");
  }
}

/** What the service knows and sees, for commands that only look; nothing is started. */
export async function openLookout(options: ServiceOptions): Promise<Lookout> {
  const { environment, log, clock } = options;
  // Where no service was started yet, nothing is known; and to look must not make it look as if one had been.
  const database =
    (await openServedDatabase(environment.databaseUrl.reveal())) ?? (await openDatabase("sqlite::memory:"));
  const queue = new SqlQueue({ database, clock, log });
  const cache = new GitCache({ directory: gitFolder(environment), clock });
  const pairs = new SqlPairs(database, clock);
  const services = buildServices(options, { database, queue, pairs, cache });
  return {
    linkStatus: (asked) => linkStatus({ ...services, clones: new Clones(cache) }, asked),
    explain: async (address) => {
      const explanation = await services.explainer.explain(address);
      const lane = mergeRequestName(explanation.sourceGit.ref);
      return { explanation, jobs: await queue.inLane(lane), prefix: options.configuration.commands.prefix };
    },
    close: async () => {
      await cache.close();
      await database.destroy();
    },
  };
}

/** What the database holds, for commands that list and mend it; works while the service runs. */
export async function openOperations({
  configuration,
  environment,
  log,
  clock,
}: ServiceOptions): Promise<Operations> {
  const database = await openServedDatabase(environment.databaseUrl.reveal());
  if (database === undefined) throw nothingServed();
  const queue = new SqlQueue({ database, clock, log });
  return {
    jobs: queue,
    deliveries: queue.deliveries,
    pairs: new SqlPairRegister(database),
    replay: (delivery) => replayDelivery(delivery, { forges: configuration.forges, queue }),
    close: () => database.destroy(),
  };
}

function nothingServed(): UserError {
  return new UserError("missing", {
    message: "there is no database of Sluice yet: no service was started with these settings",
    remedy: "Set DATABASE_URL, or DATA_DIRECTORY, as the service has it; or start the service.",
  });
}

export interface Operations {
  readonly jobs: Pick<SqlQueue, "view" | "revive" | "forget">;
  readonly deliveries: Pick<SqlQueue["deliveries"], "list" | "withId">;
  readonly pairs: SqlPairRegister;
  /** Does again what followed from a delivery; answers how many jobs that is. */
  replay(delivery: Delivery): Promise<number>;
  close(): Promise<void>;
}

interface Ground {
  readonly database: Knex;
  readonly queue: SqlQueue;
  readonly pairs: SqlPairs;
  readonly cache: GitCache;
  /** Commands that only look count nothing. */
  readonly metrics?: PrometheusMetrics;
}

type Built = Services & { readonly explainer: Explainer };

function buildServices(options: ServiceOptions, ground: Ground): Built {
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
  const homecomings = new SqlHomecomings(database, clock);
  const compared = comparing({ ...tracked, homecomings, clones, clock, whereabouts }, database);
  const commanded = { counterparts, standing, obeyed: compared.obeyed, commands: configuration.commands };
  return {
    ...{ forges, links, narrowings, pairs, queue, clock, report, ...moves },
    sweepEvery: configuration.reconcile,
    explainer: new Explainer({ forges, links, narrowings, pairs, told, trust, carrier }),
    commander: new Commander({ ...tracked, ...commanded }),
    mirror: new Mirror({
      ...{ forges, pairs, carrier, report, counterparts, trust, board, stranding },
      ending: new Ending({ forges, pairs, counterparts, report }),
    }),
    relay: new Relay({ ...tracked, report, board }),
    rerunner: new Rerunner({ forges, pairs, counterparts }),
    ...homewards({ forges, clones, pairs, report }, homecomings),
    ...compared,
  };
}

/** What tells people, in comments and statuses. */
function saying(
  forges: ForgeRegistry,
  { configuration, clock }: ServiceOptions,
  { database, queue, pairs }: Ground,
): { readonly told: SqlTold; readonly report: Reporter; readonly board: ResultBoard } {
  const told = new SqlTold(database);
  const tools = { forges, told, clock, names: new SqlStatusNames(database) };
  const report = new Reporter({
    ...{ ...tools, pairs, prefix: configuration.commands.prefix },
    editLater: (mergeRequest, at) => queue.add([commentsJob(mergeRequest, at)]),
  });
  const giveUpLater = (commit: CommitRef, at: Date) => queue.add([silenceJob(commit, at)]);
  return { told, report, board: new ResultBoard({ ...tools, giveUpLater }) };
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
