import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Knex } from "knex";
import { connect } from "../../src/database/open.js";
import type { Delivery } from "../../src/sandbox/deliveries.js";
import {
  type ConfigurationSettings,
  configureExample,
  connectExample,
  type Example,
} from "../../src/sandbox/example.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";
import type { MovableClock } from "./clock.js";
import type { Bundle } from "./mortal/bundle.js";
import type { Effect } from "./mortal/effect.js";
import type { Order } from "./mortal/order.js";
import { freePort } from "./ports.js";
import { checkout } from "./program.js";

export interface MortalSettings {
  readonly sandbox: Sandbox;
  readonly example: Example;
  readonly directory: string;
  readonly clock: MovableClock;
  readonly bundle: Bundle;
  /** Whether it dies of everything that it does to the outside, each once. */
  readonly dies: boolean;
}

/** What `sluice.yml` says beyond the names of the repositories. */
export type Wishes = Omit<ConfigurationSettings, "directory">;

/** Milliseconds in which it must have said something while there is work: on a busy machine a multiple of the usual. */
const patience = 180_000;

/** Sluice as a process that is started again whenever it has killed itself. */
export class Mortal {
  readonly #settings: MortalSettings;
  readonly #database: Knex;
  readonly #redelivered = new Set<Delivery>();
  #order: Omit<Order, "ahead"> | undefined;
  #spare: ChildProcess | undefined;
  #living: ChildProcess | undefined;
  #coming: Promise<void> = Promise.resolve();
  #sweeps = false;
  #saidAt = 0;
  #words = "";

  constructor(settings: MortalSettings) {
    this.#settings = settings;
    mkdirSync(join(settings.directory, "data"), { recursive: true });
    writeFileSync(this.#ledger, "");
    this.#database = connect(`sqlite:${join(settings.directory, "data", "sluice.db")}`);
  }

  /** With this `sluice.yml`, and at the same place as before. */
  async start(wishes: Wishes): Promise<void> {
    const { example, directory, dies } = this.#settings;
    this.#sweeps = wishes.reconcile !== undefined;
    const port = this.#order?.environment["PORT"] ?? String(await freePort());
    if (!this.#order) connectExample(example, `http://127.0.0.1:${port}`);
    const { file, environment } = await configureExample(example, {
      reconcile: "never",
      ...wishes,
      directory,
    });
    const place = { PORT: port, HOST: "127.0.0.1", DATA_DIRECTORY: join(directory, "data") };
    this.#order = {
      ...{ file, ledger: this.#ledger, dies },
      environment: { ...environment, ...place },
    };
    await this.#live();
  }

  /** As somebody stops it who means to start it again. */
  async stop(): Promise<void> {
    await this.#coming;
    const living = this.#living;
    this.#living = undefined;
    if (!living) return;
    const ended = once(living, "exit");
    living.send({});
    await ended;
  }

  /** Everything that is to be done has been done, also what waits for a later moment; nobody was killed meanwhile. */
  async settle(): Promise<void> {
    const { sandbox, clock } = this.#settings;
    for (let heard = -1; ;) {
      await this.#redeliverLost();
      await sandbox.settled();
      await this.#quiet();
      const now = this.#deliveries.length;
      const [due] = heard === now ? await this.#laterJobs() : [];
      if (heard === now && due === undefined) return;
      heard = now;
      if (due === undefined) continue;
      clock.passUntil(due);
      this.#living?.send({ ahead: this.#ahead });
    }
  }

  /** A webhook of GitLab's with this body, for want of a forge that says such things. */
  async hear(event: string, body: object): Promise<void> {
    await this.#coming;
    const { PORT = "", GITLAB_WEBHOOK_SECRET = "" } = this.#order?.environment ?? {};
    const headers = {
      "content-type": "application/json",
      "x-gitlab-event": event,
      "x-gitlab-event-uuid": "7a0a5d6e-5b1c-4f0b-9d3c-2f1f6c0e7a11",
      "x-gitlab-token": GITLAB_WEBHOOK_SECRET,
    };
    const url = `http://127.0.0.1:${PORT}/webhooks/gitlab.example`;
    const { status } = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (status !== 202) throw new Error(`the webhook was answered ${status}`);
  }

  /** All that it did to the outside, of which it died once if it was to die. */
  get effects(): readonly Effect[] {
    const lines = readFileSync(this.#ledger, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Effect);
  }

  /** The reasons of the jobs that wait for the operator. */
  async parked(): Promise<readonly string[]> {
    const rows = await this.#database<{ key: string; error: string; state: string }>("jobs").where({
      state: "parked",
    });
    return rows.map(({ key, error }) => `${key}: ${error}`);
  }

  /** What it said last, for a test that waits in vain. */
  get words(): string {
    return this.#words;
  }

  async end(): Promise<void> {
    await this.#coming.catch(() => undefined);
    const [living, spare] = [this.#living, this.#spare];
    this.#living = undefined;
    this.#spare = undefined;
    for (const each of [living, spare]) {
      if (!each || each.exitCode !== null || each.signalCode !== null) continue;
      const ended = once(each, "exit");
      each.kill("SIGKILL");
      await ended;
    }
    await this.#database.destroy();
  }

  get #ledger(): string {
    return join(this.#settings.directory, "ledger");
  }

  get #ahead(): number {
    return this.#settings.clock.now().getTime() - Date.now();
  }

  get #deliveries(): readonly Delivery[] {
    return this.#settings.sandbox.forges.flatMap(({ webhooks }) => webhooks.deliveries());
  }

  /** The one that waits takes over, and another begins to wait: it reads its program while this one lives. */
  async #live(): Promise<void> {
    const begun = this.#spare ?? this.#fork();
    this.#spare = undefined;
    this.#living = begun;
    const lives = once(begun, "message");
    begun.once("exit", (_, signal) => {
      if (this.#living !== begun) return;
      if (signal !== "SIGKILL") this.#coming = Promise.reject(new Error(`it ended:\n${this.#words}`));
      else this.#coming = this.#live();
      this.#coming.catch(() => undefined);
    });
    begun.send({ ...this.#order, ahead: this.#ahead });
    // It may die before it says so, of what it had begun before.
    await Promise.race([lives, once(begun, "exit")]);
    this.#saidAt = Date.now();
    if (this.#settings.dies) this.#spare ??= this.#fork();
  }

  #fork(): ChildProcess {
    const { bundle } = this.#settings;
    const child = fork(bundle.loader, [bundle.program, checkout], {
      env: { PATH: process.env["PATH"] },
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.on("data", (said: Buffer) => {
      this.#words = (this.#words + said.toString("utf8")).slice(-6000);
      this.#saidAt = Date.now();
    });
    return child;
  }

  /** It lives and has nothing to do. */
  async #quiet(): Promise<void> {
    for (;;) {
      const coming = this.#coming;
      await coming;
      const due = await this.#jobs().where("run_at", "<=", this.#settings.clock.now().toISOString()).first();
      if (due === undefined && coming === this.#coming) return;
      if (Date.now() > this.#saidAt + patience) throw new Error(`nothing goes on:\n${this.#words}`);
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  }

  /** When they are due, the next one first; there is always a next sweep. */
  async #laterJobs(): Promise<readonly Date[]> {
    const rows = await this.#jobs().whereNot({ kind: "sweep" }).orderBy("run_at").limit(1);
    return rows.map(({ run_at: at }) => new Date(at));
  }

  #jobs() {
    return this.#database<{ kind: string; run_at: string; state: string }>("jobs").whereNot({
      state: "parked",
    });
  }

  /** As forges do when somebody asks for it; where there are sweeps, they find what was lost. */
  async #redeliverLost(): Promise<void> {
    if (this.#sweeps) return;
    for (const { webhooks } of this.#settings.sandbox.forges) {
      for (const delivery of webhooks.deliveries()) {
        if (delivery.outcome.outcome !== "failed" || this.#redelivered.has(delivery)) continue;
        this.#redelivered.add(delivery);
        await this.#coming;
        await webhooks.redeliver(delivery);
      }
    }
  }
}
