import { Logger, makeWorkerUtils, run, type Runner } from "graphile-worker";
import type { Knex } from "knex";
import type { Logger as Log } from "pino";
import { z } from "zod";
import type { Dispatcher, DispatcherSettings } from "./dispatcher.js";
import { describe } from "./failure.js";
import { close, connectionsFor } from "./graphile-pool.js";
import type { Waiting } from "./jobs-table.js";
import type { Perform } from "./queue.js";

/** A turn of a lane: its worker takes what is first there. */
const task = "turn";
const payload = z.object({ lane: z.string() });

/** graphile-worker's priorities are small numbers, of which 0 is the first. */
const leastPriority = 30_000;

/** Turns that were lost with their worker are given again after so many seconds. */
const overdueSeconds = 5;

/**
 * The engine for many machines: graphile-worker brings each waiting job to one of its workers, at once or at its time. The
 * job itself stays in our table: graphile-worker knows that it is a lane's turn, and nothing else. Its own queues and
 * retries are not used, because they let later jobs of a queue pass a failed one, and stay locked for four hours when
 * their worker is killed (docs/decisions/). So its locks hold nobody up, and a turn too many or too few does no harm:
 * what is due and was not announced is found when the table is looked at.
 */
export class Graphile implements Dispatcher {
  readonly #settings: DispatcherSettings;
  #perform: Perform | undefined;
  #poll: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #runner: Runner | undefined;
  #looking: Promise<void> = Promise.resolve();
  /** Turns that go on here; a job may be claimed by one already, and not yet under way. */
  #turns = 0;
  #begun = 0;
  /** Turns whose jobs were handed back end by it. */
  readonly #lettingGo = new Set<() => void>();
  #hasEnded = false;

  constructor(settings: DispatcherSettings) {
    this.#settings = settings;
  }

  async announce(added: readonly Waiting[], transaction: Knex.Transaction): Promise<void> {
    if (added.length === 0) return;
    const byKey = new Map(added.map((each) => [each.key, each]));
    const turns = [...byKey.values()].map(({ runAt, ...turn }) => ({ ...turn, run_at: runAt }));
    await this.#give(
      "json_to_recordset(?::json) as given (key text, lane text, run_at timestamptz, turn timestamptz)",
      {
        bindings: [JSON.stringify(turns)],
        database: transaction,
      },
    );
  }

  /**
   * By the database's time: machines may disagree on the present, not on how long it is until then. Taken by priority first:
   * what stands further back in its share lets others go before.
   */
  async #give(from: string, { bindings, database }: Giving): Promise<void> {
    const now = this.#settings.clock.now().toISOString();
    const spec =
      "(?::text, json_build_object('lane', lane), null, now() + (run_at - ?::timestamptz), 1::smallint, key," +
      " greatest(0, least(?::int, round(extract(epoch from turn - ?::timestamptz))))::smallint, null)";
    await database.raw(
      `select from (select array_agg(${spec}::graphile_worker.job_spec) as turns from ${from}) as all_turns,` +
        " lateral graphile_worker.add_jobs(turns) where turns is not null",
      [task, now, leastPriority, now, ...bindings],
    );
  }

  wake(): void {
    // Workers listen to the database.
  }

  start(perform: Perform): void {
    this.#perform = perform;
    process.on("unhandledRejection", this.#tolerate);
    this.#running = this.#keepRunning();
    this.#poll = setInterval(
      () => void this.#look(overdueSeconds),
      this.#settings.pollSeconds * 1000,
    ).unref();
    void this.#look(0);
  }

  async stop(): Promise<void> {
    this.#perform = undefined;
    clearInterval(this.#poll);
    await this.#looking;
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    for (const letGo of this.#lettingGo) letGo();
    await this.#runner?.stop().catch(() => undefined);
    await this.#running;
    process.off("unhandledRejection", this.#tolerate);
  }

  /**
   * graphile-worker 0.17 handles no failure of recording how a turn ended, which would end the process whenever the database
   * is cut off just then. Its record holds nobody up.
   */
  readonly #tolerate = (reason: unknown): void => {
    if (!(reason instanceof Error) || !/[\\/]graphile-worker[\\/]/.test(reason.stack ?? "")) throw reason;
    this.#settings.log.warn({ reason: describe(reason) }, "the end of a turn could not be recorded");
  };

  /** Turns whose workers were killed are given up after four hours, and lie there. */
  async tidy(): Promise<void> {
    const { database, log } = this.#settings;
    const pgPool = connectionsFor(database, log);
    try {
      const utils = await makeWorkerUtils({ pgPool, logger: loggerFor(log) });
      await utils.cleanup({ tasks: ["DELETE_PERMAFAILED_JOBS"] }).finally(() => utils.release());
    } finally {
      close(pgPool);
    }
  }

  async idle(): Promise<void> {
    for (;;) {
      await this.#settings.runner.ended();
      const before = this.#begun;
      const wasQuiet = this.#turns === 0;
      const [due] = await this.#settings.jobs.overdue({ seconds: 0, limit: 1 });
      // A turn that went on while we looked may have left something that we did not see.
      if (due === undefined && wasQuiet && this.#begun === before) return;
      await this.#look(0);
      await pause(5);
    }
  }

  /** It ends by itself when the database goes away, and is started anew until it comes back. */
  async #keepRunning(): Promise<void> {
    while (this.#isStarted()) {
      const pgPool = connectionsFor(this.#settings.database, this.#settings.log);
      try {
        this.#runner = await run({
          pgPool,
          ...{ concurrency: this.#settings.concurrency, pollInterval: 1000 },
          ...{ noHandleSignals: true, parsedCronItems: [], logger: loggerFor(this.#settings.log) },
          // How long work may take at the end is decided by who stops it.
          gracefulShutdownAbortTimeout: 2 ** 31 - 1,
          taskList: { [task]: (given: unknown) => this.#turn(payload.parse(given).lane) },
        });
        // Stopped while it was being started, nobody else stops it.
        if (!this.#isStarted()) await this.#runner.stop();
        await this.#runner.promise;
      } catch (error) {
        this.#settings.log.error({ reason: describe(error) }, "the queue cannot be read; it is tried again");
      } finally {
        close(pgPool);
      }
      if (this.#isStarted()) await pause(1000);
    }
  }

  #isStarted(): boolean {
    return this.#perform !== undefined;
  }

  /** One job, and a new turn for what waits behind it: so lanes take turns, and a long one keeps nobody from working. */
  async #turn(lane: string): Promise<void> {
    this.#turns += 1;
    this.#begun += 1;
    try {
      await this.#take(lane);
    } finally {
      this.#turns -= 1;
    }
  }

  async #take(lane: string): Promise<void> {
    const { jobs, runner, leaseSeconds } = this.#settings;
    if (this.#perform === undefined) return;
    const job = await jobs.claim({ leaseSeconds, except: runner.ids, lane });
    if (job === undefined) return;
    await this.#endOrLetGo(runner.run(job, this.#perform));
    const next = jobs.next({ lane }).select("key", "lane", "run_at", "turn");
    await this.#give("(?) as next", { bindings: [next], database: this.#settings.database });
  }

  /** Not by a race against one promise for all turns: it would remember each of them for as long as it lives. */
  #endOrLetGo(run: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#hasEnded) this.#lettingGo.add(resolve);
      else resolve();
      void run.then(() => {
        this.#lettingGo.delete(resolve);
        resolve();
      });
    });
  }

  /** Gives turns to what has been due for so long and is still there. */
  #look(seconds: number): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      try {
        await this.#announceNow(await this.#settings.jobs.overdue({ seconds, limit: 100 }));
      } catch (error) {
        this.#settings.log.error({ reason: describe(error) }, "the queue cannot be read; it is tried again");
      }
    });
    return this.#looking;
  }

  async #announceNow(waiting: readonly Waiting[]): Promise<void> {
    if (waiting.length === 0) return;
    await this.#settings.database.transaction((transaction) => this.announce(waiting, transaction));
  }
}

interface Giving {
  readonly bindings: readonly Knex.RawBinding[];
  readonly database: Knex;
}

/** What it says of itself is for who looks for a fault; that it cannot work is said by us. */
function loggerFor(log: Log): Logger {
  return new Logger(() => (level, message) => log.debug({ level }, message));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
