import { once } from "node:events";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export const checkout = join(import.meta.dirname, "..", "..");

/** The program as people start it, from a checkout that was built. */
export class Program {
  readonly #child: ChildProcess;
  #output = "";

  constructor(
    args: readonly string[],
    settings: {
      readonly cwd?: string;
      readonly environment?: Record<string, string>;
      /** The command that it is an argument of, such as one that starts it on another host. */
      readonly within?: readonly string[];
    },
  ) {
    if (!existsSync(join(checkout, "dist/program/app.js"))) throw new Error("run `npm run build` first");
    const environment = { PATH: process.env["PATH"], ...settings.environment };
    const [command = "", ...rest] = [
      ...(settings.within ?? []),
      ...[process.execPath, join(checkout, "bin/sluice"), ...args],
    ];
    this.#child = spawn(command, rest, {
      env: environment,
      ...(settings.cwd === undefined ? {} : { cwd: settings.cwd }),
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (data: Buffer) => {
        this.#output += data.toString("utf8");
      });
    }
  }

  get output(): string {
    return this.#output;
  }

  /** Resolves with what the pattern found in the output so far; fails when the program ends without it. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      if (this.#child.exitCode !== null)
        throw new Error(`the program ended without ${String(pattern)}:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async end(signal: "SIGTERM" | "SIGKILL" | "SIGINT"): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
    return this.#child.exitCode;
  }
}
