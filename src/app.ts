import { join } from "node:path";
import type { Knex } from "knex";
import type { Environment } from "./config/environment.js";
import { SqlGiven } from "./database/given.js";
import { checkpointAside } from "./database/checkpoints.js";
import { fileOf } from "./database/dialect.js";
import { isNewer } from "./database/migrate.js";
import { openDatabase, openServedDatabase } from "./database/open.js";
import { UserError } from "./domain/errors.js";
import { mergeRequestName } from "./domain/refs.js";
import { measureGit } from "./git/measure.js";
import { GitCache } from "./git/cache/git-cache.js";
import { tryLock } from "./git/cache/store-lock.js";
import { type WatchedCache, watchedCache } from "./git/cache/watched-cache.js";
import { startGitBeside } from "./git/starting/start.js";
import { sweepJob } from "./handlers/jobs.js";
import { receiversOf } from "./handlers/receivers.js";
import { foundMetrics, measureForges } from "./handlers/measure.js";
import { perform } from "./handlers/perform.js";
import { Clones } from "./linking/pairs/clones.js";
import type { Explanation } from "./linking/explaining/explanation.js";
import { type Asked, type BranchStatus, linkStatus } from "./linking/explaining/link-status.js";
import { forgetEnded } from "./linking/pairs/sql-forgetting.js";
import { SqlPairs } from "./linking/pairs/sql-pairs.js";
import { replayDelivery } from "./handlers/replay.js";
import { SqlPairRegister } from "./linking/pairs/sql-pair-register.js";
import type { Delivery } from "./queue/queue.js";
import type { LaneJob } from "./queue/jobs-view.js";
import { describe } from "./queue/failure.js";
import { SqlQueue } from "./queue/sql-queue.js";
import { checkIdentities } from "./linking/links/identities.js";
import { jobMetrics, measureQueue } from "./queue/queue-metrics.js";
import { deliveryMetrics } from "./handlers/receive.js";
import { PrometheusMetrics } from "./web/metrics.js";
import { startWebServer } from "./web/server.js";
import { buildServices, type Settings } from "./assembly.js";

export interface ServiceOptions extends Settings {
  readonly environment: Environment;
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
  const { database, close } = await openOwn(environment, roles);
  try {
    const metrics = new PrometheusMetrics();
    const queue = new SqlQueue({ database, clock, log, onEnd: jobMetrics(metrics) });
    const endBeside = goOnBeside(options, { queue, metrics, database });
    const git = cacheOf(options, { queue, metrics });
    const pairs = new SqlPairs(database, clock);
    const services = buildServices(options, { database, queue, pairs, cache: git.cache, metrics });
    const shown = { queue, metrics, ...standing(services, { metrics, database }) };
    const heard = roles.includes("web") ? configuration.forges : [];
    const receivers = receiversOf(heard, { queue, clock, count: deliveryMetrics(metrics) });
    const web = await startWebServer({ ...environment, ...shown, receivers, configuration, log });
    const endUpkeep = keepUpHourly(options, { queue, database });
    if (roles.includes("worker")) await startWorking(options, { services, queue, git, metrics });
    return {
      url: web.url,
      queue,
      async stop(graceMilliseconds) {
        await web.close();
        await endUpkeep();
        const handedBack = await queue.stop(graceMilliseconds);
        await git.stop();
        await endBeside();
        await close();
        return handedBack;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The database. Of SQLite one process at a time may have it to work with: what it finds claimed there, it takes for what a
 * killed one left, and does it again.
 */
async function openOwn({ databaseUrl }: Environment, roles: readonly Role[]) {
  const database = await openDatabase(databaseUrl.reveal());
  const file = roles.includes("worker") ? fileOf(database) : undefined;
  const lock = file === undefined ? undefined : tryLock(`${file}.lock`, "alone");
  const close = async () => {
    await database.destroy();
    lock?.release();
  };
  if (file === undefined || lock !== undefined) return { database, close };
  await close();
  throw new UserError("refused", {
    message: `another process of Sluice works with ${file}`,
    remedy: "Stop that one first. Several processes need a DATABASE_URL of Postgres.",
  });
}

/** What the pages tell of how Sluice fares. */
function standing(
  services: Parameters<typeof measureForges>[0],
  { metrics, database }: { readonly metrics: PrometheusMetrics; readonly database: Knex },
) {
  return { outlook: measureForges(services, metrics), isOutdated: () => isNewer(database) };
}

/** What the queue holds and what git takes is measured, and SQLite's log cleared; the answer ends it. */
function goOnBeside(
  { clock, log }: ServiceOptions,
  by: { readonly queue: SqlQueue; readonly metrics: PrometheusMetrics; readonly database: Knex },
): () => Promise<void> {
  const { queue, metrics, database } = by;
  measureQueue(queue, { metrics, clock });
  const endMeasuring = measureGit(metrics);
  const endCheckpoints = checkpointAside(database, (error) => {
    log.warn(
      { reason: describe(error) },
      "SQLite's log is cleared by those who write to it, and webhooks wait for it",
    );
  });
  return async () => {
    endMeasuring();
    await endCheckpoints();
  };
}

/** From here on jobs are taken. */
async function startWorking(
  { log, clock }: ServiceOptions,
  by: {
    readonly services: ReturnType<typeof buildServices>;
    readonly queue: SqlQueue;
    readonly git: WatchedCache;
    readonly metrics: PrometheusMetrics;
  },
): Promise<void> {
  const { services, queue, git, metrics } = by;
  startGitBeside((reason) => {
    log.warn(
      { reason },
      "the process that starts git ended: for a minute this one does it itself, and stands still meanwhile",
    );
  });
  void checkIdentities(services.forges, log);
  git.startKeeping();
  const counting = { ...services, onFound: foundMetrics(metrics) };
  queue.start((job) => perform(job, counting));
  if (services.sweepEvery !== undefined) await queue.add([sweepJob(clock.now())]);
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

/** Now, since a process may be started anew each hour, and from then on; the answer ends it. */
function keepUpHourly(
  options: ServiceOptions,
  by: { readonly queue: SqlQueue; readonly database: Knex },
): () => Promise<void> {
  let underWay = keepUp(options, by);
  const again = () => void (underWay = underWay.then(() => keepUp(options, by)));
  const upkeep = setInterval(again, hour).unref();
  return () => {
    clearInterval(upkeep);
    return underWay;
  };
}

/** Forgets what is old; several processes may do it at once. */
async function keepUp(
  { configuration, clock, log }: ServiceOptions,
  { queue, database }: { readonly queue: SqlQueue; readonly database: Knex },
): Promise<void> {
  try {
    await queue.tidy(configuration.keepDeliveries);
    await forgetEnded(database, new Date(clock.now().getTime() - configuration.keepEnded));
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
