import { describe } from "./failure.js";
import type { Dispatcher, DispatcherSettings } from "./dispatcher.js";
import type { Job, Perform } from "./queue.js";

/** The embedded engine: whoever adds a job in this process wakes its worker, which looks at the table. */
export class Polling implements Dispatcher {
  readonly #settings: DispatcherSettings;
  #perform: Perform | undefined;
  #poll: NodeJS.Timeout | undefined;
  #filling: Promise<void> = Promise.resolve();

  constructor(settings: DispatcherSettings) {
    this.#settings = settings;
  }

  announce(): Promise<void> {
    return Promise.resolve();
  }

  start(perform: Perform): void {
    this.#perform = perform;
    this.#filling = this.#filling.then(() => this.#releaseForgotten());
    this.#poll = setInterval(() => this.wake(), this.#settings.pollSeconds * 1000).unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#perform = undefined;
    clearInterval(this.#poll);
    await this.#filling;
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  tidy(): Promise<void> {
    return Promise.resolve();
  }

  /** Wakes that come together look one after the other, and the later ones find little to do. */
  wake(): void {
    this.#filling = this.#filling.then(() => this.#fill());
  }

  async idle(): Promise<void> {
    const { runner } = this.#settings;
    do {
      await runner.ended();
      this.wake();
      await this.#filling;
    } while (runner.count > 0);
  }

  async #releaseForgotten(): Promise<void> {
    const { jobs, log } = this.#settings;
    try {
      await jobs.releaseForgotten();
    } catch (error) {
      log.error({ reason: describe(error) }, "jobs of a killed process wait until their leases end");
    }
  }

  async #fill(): Promise<void> {
    const { jobs, runner, log, concurrency, leaseSeconds } = this.#settings;
    try {
      while (this.#perform !== undefined && runner.count < concurrency) {
        const job = await jobs.claim({ leaseSeconds, except: runner.ids });
        if (job === undefined) return;
        this.#begin(job, this.#perform);
        // Short jobs follow one another without a pause, and would keep webhooks that came meanwhile from being read.
        await new Promise(setImmediate);
      }
    } catch (error) {
      log.error({ reason: describe(error) }, "the queue cannot be read; it is tried again");
    }
  }

  #begin(job: Job, perform: Perform): void {
    void this.#settings.runner.run(job, perform).then(() => this.wake());
  }
}
