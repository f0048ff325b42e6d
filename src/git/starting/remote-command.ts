import type { Readable } from "node:stream";
import type { OpenPipes } from "./pipes.js";
import type { Exit, Started } from "./starter.js";

/** What the fork server does for a command. */
export interface Keeper {
  /** Whether our process stays alive until we hear of the end of the command. */
  hold(held: boolean): void;
  /** Answers whether there is a fork server still that could do it. */
  kill(signal: "SIGTERM" | "SIGKILL"): boolean;
}

/** A command that the fork server runs for us, as we see it. */
export class RemoteCommand implements Started {
  readonly stdin: OpenPipes["stdin"];
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<Exit>;
  readonly #pipes: OpenPipes;
  readonly #keeper: Keeper;
  #end: (exit: Exit) => void = () => undefined;
  #failure: string | undefined;
  #pid: number | undefined;
  #isHeld = true;
  #hasEnded = false;
  #isOver = false;

  constructor(pipes: OpenPipes, keeper: Keeper) {
    this.#pipes = pipes;
    this.#keeper = keeper;
    this.stdin = pipes.stdin;
    this.stdout = pipes.stdout;
    this.stderr = pipes.stderr;
    const closed = Promise.all([this.#closing(pipes.stdout), this.#closing(pipes.stderr)]);
    const ended = new Promise<Exit>((resolve) => {
      this.#end = resolve;
    });
    this.exit = Promise.all([ended, closed]).then(([{ code, failure }]) => {
      this.#isOver = true;
      return { code, failure: failure ?? this.#failure };
    });
    keeper.hold(true);
  }

  /** Git runs, and has its ends of the pipes. */
  started(pid: number): void {
    this.#pid = pid;
    this.#pipes.release();
  }

  /** Git has ended, or was never there, or nobody knows. */
  ended(exit: Exit): void {
    this.#pipes.release();
    this.stdin?.destroy();
    if (this.#isHeld && !this.#hasEnded) this.#keeper.hold(false);
    this.#hasEnded = true;
    this.#end(exit);
    // What nobody wants to read must not keep it from being over.
    this.stdout.resume();
    this.stderr.resume();
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#isOver || this.#keeper.kill(signal)) return;
    // The fork server ended before it could tell: git, if it is there, finds nobody to talk to.
    if (this.#pid === undefined) this.#pipes.close();
    else killIfThere(this.#pid, signal);
  }

  hold(held: boolean): void {
    for (const each of [this.#pipes.stdin, this.#pipes.stdout, this.#pipes.stderr]) {
      if (held) each?.ref();
      else each?.unref();
    }
    if (held !== this.#isHeld && !this.#hasEnded) this.#keeper.hold(held);
    this.#isHeld = held;
  }

  #closing(stream: Readable): Promise<void> {
    stream.on("error", (error) => {
      this.#failure ??= error.message;
    });
    return new Promise((resolve) => {
      stream.once("close", resolve);
    });
  }
}

/** While the pipes of a process are open it may be there, and its number is nobody else's. */
function killIfThere(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
