import { join } from "node:path";
import { connect } from "../../src/database/open.js";
import type { Delivery } from "../../src/sandbox/deliveries.js";
import { configureExample, connectExample, type Example } from "../../src/sandbox/example.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";
import { freePort } from "./ports.js";
import { Program } from "./program.js";

/** An outside effect of Sluice, as a forge sees it: `POST …/merge_requests`, `push rpms/tally`. */
export type Effect = string;

export interface MortalSettings {
  readonly sandbox: Sandbox;
  readonly example: Example;
  readonly directory: string;
  /** Further keys of the link, as in `sluice.yml`. */
  readonly link?: Readonly<Record<string, string>>;
  /** Whether it dies of this effect, the moment the forge has done it and before Sluice hears of it. */
  readonly diesOf: (effect: Effect) => boolean;
}

/** Sluice as a process that is started again whenever it was killed. */
export class Mortal {
  readonly deaths: Effect[] = [];
  /** In milliseconds, as `Date.now()` has it. */
  lastDeathAt = 0;
  readonly #settings: MortalSettings;
  readonly #start: () => Program;
  readonly #redelivered = new Set<Delivery>();
  #process: Program | undefined;
  #dying: Promise<unknown> | undefined;

  private constructor(settings: MortalSettings, start: () => Program) {
    this.#settings = settings;
    this.#start = start;
    for (const forge of settings.sandbox.forges) {
      const people = new Set(
        forge.accounts.filter(({ user }) => !user.bot).map(({ token }) => `Bearer ${token}`),
      );
      forge.afterRequest(({ method, path, body, headers }, { status }) => {
        const isEffect = method !== "GET" && status < 300 && !path.endsWith("/access_tokens");
        if (isEffect && !people.has(headers.get("authorization") ?? ""))
          this.#seen(`${method} ${path} ${withoutMoments(body)}`);
      });
      forge.afterPush(({ path }, by) => {
        if (by.bot) this.#seen(`push ${path} ${this.deaths.length}`);
      });
    }
  }

  static async start(settings: MortalSettings): Promise<Mortal> {
    const { example, directory, link } = settings;
    const port = await freePort();
    connectExample(example, `http://127.0.0.1:${port}`);
    const { file, environment } = await configureExample(example, {
      directory,
      reconcile: "never",
      ...(link && { link }),
    });
    const variables = { PORT: String(port), HOST: "127.0.0.1", DATA_DIRECTORY: join(directory, "data") };
    const start = () =>
      new Program(["serve", "--config", file], { environment: { ...environment, ...variables } });
    const mortal = new Mortal(settings, start);
    await mortal.#live();
    return mortal;
  }

  /** As forges do when somebody asks for it; the reconciler is tested elsewhere. */
  async redeliverLost(): Promise<void> {
    if (this.#dying) return;
    for (const { webhooks } of this.#settings.sandbox.forges) {
      for (const delivery of webhooks.deliveries()) {
        if (delivery.outcome.outcome !== "failed" || this.#redelivered.has(delivery)) continue;
        this.#redelivered.add(delivery);
        await webhooks.redeliver(delivery);
      }
    }
  }

  /** Whether it lives and has nothing to do, nor within the next minute. */
  async isIdle(): Promise<boolean> {
    if (this.#dying) return false;
    const database = connect(`sqlite:${join(this.#settings.directory, "data", "sluice.db")}`);
    try {
      const soon = new Date(Date.now() + 60_000).toISOString();
      const due: unknown = await database("jobs")
        .whereNot("state", "parked")
        .where("run_at", "<", soon)
        .first();
      return due === undefined;
    } finally {
      await database.destroy();
    }
  }

  async end(): Promise<void> {
    await this.#dying;
    await this.#process?.end("SIGTERM");
  }

  /** What it said last, for a test that waits in vain. */
  get lastWords(): string {
    return this.#process?.output.slice(-3000) ?? "";
  }

  /** The webhooks that it was not able to answer. */
  get undelivered(): string {
    const all = this.#settings.sandbox.forges.flatMap(({ webhooks }) => webhooks.deliveries());
    const missed = all.filter(({ outcome }) => outcome.outcome !== "answered" || outcome.status >= 300);
    return missed.map(({ id, event, outcome }) => `${id} ${event} ${JSON.stringify(outcome)}`).join("\n");
  }

  async #live(): Promise<void> {
    const started = this.#start();
    this.#process = started;
    await started.says(/listens on/);
  }

  #seen(effect: Effect): void {
    if (this.#dying || !this.#settings.diesOf(effect)) return;
    this.deaths.push(effect);
    this.lastDeathAt = Date.now();
    const ended = this.#process?.end("SIGKILL");
    this.#dying = (async () => {
      await ended;
      await this.#live();
      this.#dying = undefined;
    })();
  }
}

/** The same effect at another time is the same. */
function withoutMoments(body: string): string {
  return body.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "then");
}
