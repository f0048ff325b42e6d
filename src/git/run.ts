import { PassThrough, pipeline, Readable, type Writable } from "node:stream";
import { deadlineSignal } from "./deadline.js";
import { cleanEnvironment, type EnvironmentOptions } from "./environment.js";
import { tellEnded } from "./measure.js";
import { start } from "./starting/start.js";
import type { Started } from "./starting/starter.js";

export interface GitOptions extends EnvironmentOptions {
  /** The repository (bare or not) that the command works on; without it, git looks for none. */
  readonly directory?: string;
  /** Pieces are made while git reads those before. */
  readonly input?: string | Uint8Array | Iterable<Uint8Array>;
  /** Killed after so many seconds; 600 unless told. */
  readonly timeout?: number;
  /** Exit codes that are answers, not failures; `[0]` unless told. */
  readonly expect?: readonly number[];
  /** Output is for the caller to read from the stream and is not kept: for processes that live long or say much. */
  readonly streamed?: boolean;
  /** Takes the output piece by piece instead of keeping it; what it throws stops the command and is thrown on. */
  readonly take?: (chunk: Buffer) => void;
  /** A signal to our process group does not reach it: for steps that must not be cut in the middle. */
  readonly shielded?: boolean;
  readonly signal?: AbortSignal;
  /** Runs only when nobody else wants the processor. */
  readonly background?: boolean;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface Failed {
  readonly exitCode?: number | undefined;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly directory?: string | undefined;
}

/** git ended with an exit code that was not expected, was killed, or took too long. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The repository that the command worked on. */
  readonly directory: string | undefined;

  constructor(message: string, result: Failed) {
    super(message);
    this.exitCode = result.exitCode;
    this.stderr = result.stderr;
    this.timedOut = result.timedOut;
    this.directory = result.directory;
  }
}

/**
 * Runs one git command in a clean environment: no configuration but the repository's own, no hooks, no prompts, no
 * helpers, only HTTP(S) and local paths as transports. Throws `GitError`.
 */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const begun = performance.now();
  const ended = await (options.take === undefined ? startGit(args, options).ended : taken(args, options));
  const { exitCode, stdout, stderr, timedOut } = ended;
  const isDone = exitCode !== undefined && (options.expect ?? [0]).includes(exitCode);
  const outcome = timedOut ? "timeout" : isDone ? "done" : "failed";
  tellEnded({ command: commandIn(args), outcome, seconds: (performance.now() - begun) / 1000 });
  if (isDone) return { exitCode, stdout, stderr };
  const why = timedOut ? "took too long" : stderr.trim() || ended.failure || "failed";
  throw new GitError(`git ${args[0] ?? ""}: ${why}`, {
    ...{ exitCode, stderr, timedOut },
    directory: options.directory,
  });
}

/** Behind the options that come before it. */
function commandIn(args: readonly string[]): string {
  const at = args.findIndex((word, index) => !word.startsWith("-") && args[index - 1] !== "-c");
  return args[at] ?? "none";
}

async function taken(args: readonly string[], options: GitOptions): Promise<Ended> {
  const command = startGit(args, { ...options, streamed: true });
  if (options.input === undefined) command.stdin.end();
  let thrown: { readonly error: unknown } | undefined;
  command.stdout.on("data", (chunk: Buffer) => {
    if (thrown !== undefined) return;
    try {
      options.take?.(chunk);
    } catch (error) {
      thrown = { error };
      command.kill();
    }
  });
  const ended = await command.ended;
  if (thrown !== undefined) throw thrown.error;
  return ended;
}

/** The same for a command whose output is a few lines of text; without the final line break. */
export async function gitText(args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { stdout } = await git(args, options);
  return stdout.toString("utf8").replace(/\n$/, "");
}

/** How a command ended. */
export interface Ended {
  /** `undefined` when it was killed or could not be started. */
  readonly exitCode: number | undefined;
  /** Empty when the output was streamed. */
  readonly stdout: Buffer;
  /** The last of what it complained about, 64 KB at most. */
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Why it could not be started, or had to be killed. */
  readonly failure: string | undefined;
}

export interface GitProcess {
  /** Takes nothing unless the command is `streamed`. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves when it has ended and all its output has been read; never rejects. */
  readonly ended: Promise<Ended>;
  /** What it complained of so far. */
  complaint(): string;
  /** Whether our process stays alive for it, as it does unless told; all streams count. */
  hold(held: boolean): void;
  kill(): void;
}

/** Starts a git command whose streams the caller drives (`cat-file --batch-command`, `http-backend`). */
export function startGit(args: readonly string[], options: GitOptions = {}): GitProcess {
  const where = options.directory === undefined ? [] : ["-C", options.directory];
  const command = {
    args: [...where, ...args],
    environment: cleanEnvironment(options),
    takesInput: options.streamed === true || options.input !== undefined,
    shielded: options.shielded === true,
    background: options.background === true,
  };
  try {
    return watch(start(command), options);
  } catch (error) {
    return neverStarted(error instanceof Error ? error.message : "cannot be started");
  }
}

/** Output of more bytes than this is no answer: 1 GB. */
const mostOutput = 1024 ** 3;
const mostComplaint = 64 * 1024;
/** Milliseconds between asking a process to end and ending it. */
const grace = 5000;

function watch(command: Started, options: GitOptions): GitProcess {
  const { stdin, stdout, stderr } = command;
  const output: Buffer[] = [];
  let complaint = "";
  let failure: string | undefined;
  let timedOut = false;
  const stop = (why: string) => {
    failure ??= why;
    command.kill("SIGTERM");
    setTimeout(() => command.kill("SIGKILL"), grace).unref();
  };
  if (options.streamed !== true) keep(stdout, output, () => stop("its output is too large"));
  stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-mostComplaint);
  });
  // A process that ends before it has read all of its input says why on its own.
  stdin?.on("error", () => undefined);
  if (stdin !== undefined && options.input !== undefined) feed(stdin, options.input);
  const end = endAfter(options, (why) => {
    timedOut = why === "timeout";
    stop(why === "timeout" ? "it took too long" : "it was stopped");
  });
  const ended = command.exit.then((exit) => {
    end.forget();
    failure ??= exit.failure;
    const exitCode = failure === undefined ? exit.code : undefined;
    return { exitCode, stdout: Buffer.concat(output), stderr: complaint, timedOut, failure };
  });
  return {
    ...{ stdin: stdin ?? new PassThrough(), stdout, ended },
    complaint: () => complaint,
    hold: (held) => command.hold(held),
    kill: () => stop("it was stopped"),
  };
}

function feed(stdin: Writable, input: string | Uint8Array | Iterable<Uint8Array>): void {
  if (typeof input === "string" || input instanceof Uint8Array) stdin.end(input);
  // What goes wrong on the way ends its input, and git says so.
  else pipeline(Readable.from(input), stdin, () => undefined);
}

/** Calls `stop` when the command has had its time, or nobody wants its answer any more. */
function endAfter(
  { timeout = 600, signal }: GitOptions,
  stop: (why: "timeout" | "aborted") => void,
): { readonly forget: () => void } {
  const timer = timeout > 0 ? setTimeout(() => stop("timeout"), timeout * 1000) : undefined;
  const abort = () => stop("aborted");
  const signals = [signal, deadlineSignal()].flatMap((each) => each ?? []);
  for (const each of signals) each.addEventListener("abort", abort);
  if (signals.some(({ aborted }) => aborted)) abort();
  return {
    forget: () => {
      clearTimeout(timer);
      for (const each of signals) each.removeEventListener("abort", abort);
    },
  };
}

function keep(stream: Readable, chunks: Buffer[], tooMuch: () => void): void {
  let size = 0;
  stream.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= mostOutput) chunks.push(chunk);
    else tooMuch();
  });
}

/** An argument that no process can take, for example one of megabytes. */
function neverStarted(failure: string): GitProcess {
  const nothing = { stdout: Buffer.alloc(0), stderr: "", timedOut: false };
  return {
    stdin: new PassThrough().resume(),
    stdout: new PassThrough().end(),
    ended: Promise.resolve({ exitCode: undefined, ...nothing, failure }),
    complaint: () => "",
    hold: () => undefined,
    kill: () => undefined,
  };
}
