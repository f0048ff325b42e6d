import type { Logger } from "pino";
import type { Clock } from "../../domain/clock.js";
import type { Metrics } from "../../domain/metrics.js";
import type { CacheEvent, Tell } from "./events.js";
import { GitCache } from "./git-cache.js";
import { CacheKeeper } from "./keeper.js";

export interface WatchedSettings {
  readonly directory: string;
  /** Bytes of all stores together. */
  readonly limit: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** When the next job that waits is due. */
  readonly nextDueAt: () => Promise<Date | undefined>;
}

/** A cache of which the log and the metrics tell, and who keeps it once he is started. */
export interface WatchedCache {
  readonly cache: GitCache;
  startKeeping(): void;
  stop(): Promise<void>;
}

export function watchedCache({ limit, nextDueAt, log, metrics, ...settings }: WatchedSettings): WatchedCache {
  const cache = new GitCache({ ...settings, tell: teller({ log, metrics }) });
  const isBusy = async () => {
    const due = await nextDueAt();
    return due !== undefined && due <= settings.clock.now();
  };
  const keeper = new CacheKeeper({ cache, limit, isBusy });
  const help = "What the copies of repositories take on this machine's disk, as last measured";
  metrics.gauge({ name: "sluice_git_cache_bytes", help, labels: [] }, async () => [
    { labels: {}, value: (await keeper.total()).bytes },
  ]);
  metrics.gauge(
    { name: "sluice_git_cache_stores", help: "Copies of repositories on this machine", labels: [] },
    async () => [{ labels: {}, value: (await keeper.total()).stores }],
  );
  return {
    cache,
    startKeeping: () =>
      keeper.start((error) => log.warn({ reason: reasonOf(error) }, "the git cache cannot be kept in order")),
    stop: async () => {
      await keeper.stop();
      await cache.close();
    },
  };
}

function teller({ log, metrics }: Pick<WatchedSettings, "log" | "metrics">): Tell {
  const count = metrics.counter({
    name: "sluice_git_cache_events_total",
    help: "What happened to copies of repositories: evicted, damaged, tidied, untidy (that failed)",
    labels: ["kind"],
  });
  return (event) => {
    count({ kind: event.kind });
    tellLog(log, event);
  };
}

function tellLog(log: Logger, event: CacheEvent): void {
  const { store } = event;
  if (event.kind === "damaged") log.warn({ store, reason: event.sign }, "a copy is damaged and fetched anew");
  else if (event.kind === "evicted") log.info({ store, bytes: event.bytes }, "a copy made room for others");
  else if (event.kind === "tidied") log.debug({ store, seconds: event.seconds }, "a copy was put in order");
  else log.warn({ store, reason: reasonOf(event.error) }, "a copy cannot be put in order");
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
