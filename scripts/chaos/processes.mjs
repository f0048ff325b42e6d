import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";

/** A process of Sluice that a supervisor starts again whenever it ends. */
export class Supervised {
  /** Times at which it ended by itself: `[moment, exit code]`. */
  ownEnds = [];
  #settings;
  #child;
  #starting;
  #wanted = false;

  /** `role` is a command of `bin/sluice`; its log goes to a file. */
  constructor(settings) {
    this.#settings = settings;
  }

  get name() {
    return this.#settings.name;
  }

  async start() {
    this.#wanted = true;
    await this.#live(0);
  }

  /** Ends it the hard way and has it back after a while. */
  async kill(milliseconds) {
    await this.#starting;
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    this.#child = undefined;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
    await this.#live(milliseconds);
  }

  /** Ends it the polite way, as an upgrade does, and has it back after a while. */
  async terminate(milliseconds) {
    await this.#starting;
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    this.#child = undefined;
    const code = await politely(child, 180_000);
    if (code !== 0) this.ownEnds.push([Date.now(), `${code} after SIGTERM`]);
    await this.#live(milliseconds);
  }

  /** It stands still, as a machine that is suspended, and knows nothing of it. */
  async freeze(milliseconds) {
    await this.#starting;
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    child.kill("SIGSTOP");
    await pause(milliseconds);
    child.kill("SIGCONT");
  }

  async stop() {
    this.#wanted = false;
    await this.#starting;
    const child = this.#child;
    if (child && !hasEnded(child)) await politely(child, 20_000);
  }

  /** A command of the operator's beside it; answers its exit code. */
  async command(words) {
    const { root, environment, configuration } = this.#settings;
    const args = [join(root, "bin", "sluice"), ...words, "--config", configuration];
    const [code] = await once(spawn(process.execPath, args, { env: environment, stdio: "ignore" }), "exit");
    return code;
  }

  #live(milliseconds) {
    this.#starting = (async () => {
      await pause(milliseconds);
      while (this.#wanted && !(await this.#tryToStart())) await pause(300);
    })();
    return this.#starting;
  }

  /** Whether it came as far as listening. */
  async #tryToStart() {
    const { root, role, port, environment, configuration, log } = this.#settings;
    const args = [
      join(root, "bin", "sluice"),
      role,
      "--json",
      "--port",
      String(port),
      "--config",
      configuration,
    ];
    const file = openSync(log, "a");
    const child = spawn(process.execPath, args, { env: environment, stdio: ["ignore", "pipe", file] });
    closeSync(file);
    this.#child = child;
    let listens = false;
    child.once("exit", (code, signal) => {
      appendFileSync(log, `── ${this.name} ended: ${signal ?? code}\n`);
      if (!listens || this.#child !== child || !this.#wanted) return;
      this.ownEnds.push([Date.now(), code ?? signal]);
      void this.#live(500);
    });
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      listens = line.startsWith("{");
      if (listens) return true;
    }
    return false;
  }
}

/** The exit code, or the signal where it took longer than its patience. */
async function politely(child, patience) {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), patience);
  const [code, signal] = await ended;
  clearTimeout(timer);
  return code ?? signal;
}

function hasEnded({ exitCode, signalCode }) {
  return exitCode !== null || signalCode !== null;
}
