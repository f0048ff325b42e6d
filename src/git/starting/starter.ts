import type { Readable, Writable } from "node:stream";

/** A git command that is to be started. */
export interface Command {
  readonly args: readonly string[];
  /** All of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly takesInput: boolean;
  /** It has a process group of its own, and goes on when we end. */
  readonly shielded: boolean;
  /** Runs only when nobody else wants the processor. */
  readonly background: boolean;
}

/** How a process ended. */
export interface Exit {
  /** `undefined` when it was killed, or nobody knows. */
  readonly code: number | undefined;
  /** Why it could not be started, or what else went wrong. */
  readonly failure: string | undefined;
}

/** A process that runs, or is about to. */
export interface Started {
  /** Nothing for a command without input. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when it has ended and all its output has been read; never rejects. */
  readonly exit: Promise<Exit>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** Whether our process stays alive for it, as it does unless told; all streams count. */
  hold(held: boolean): void;
}

/** A way to start git. Throws for a command that no process can take. */
export type Start = (command: Command) => Started;
