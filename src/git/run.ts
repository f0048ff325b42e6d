import { execa } from "execa";
import type { Secret } from "../domain/secret.js";

/** HTTP basic credentials for the one remote that a command talks to. */
export interface RemoteCredentials {
  readonly url: string;
  readonly username: string;
  readonly password: Secret;
}

export interface GitOptions {
  /** The repository (bare or not) that the command works on; without it, git looks for none. */
  readonly directory?: string;
  readonly input?: string | Uint8Array;
  /** Further variables, for example `GIT_INDEX_FILE`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Credentials travel in the environment, never in arguments or addresses. */
  readonly credentials?: RemoteCredentials | undefined;
  /** Killed after so many seconds; 600 unless told. */
  readonly timeout?: number;
  /** Exit codes that are answers, not failures; `[0]` unless told. */
  readonly expect?: readonly number[];
  /** Output is for the caller to read from the stream and is not kept: for processes that live long or say much. */
  readonly streamed?: boolean;
  /** Reads the user's own configuration and identity, as the command line tools must to know who commits. */
  readonly personal?: boolean;
  /**
   * The command reads or writes somebody's work tree: it does so as their own git would, with their line ends and filters
   * (git-lfs), or files that they have not touched would look changed. Implies `personal`.
   */
  readonly workTree?: boolean;
  /** A signal to our process group does not reach it: for steps that must not be cut in the middle. */
  readonly shielded?: boolean;
  readonly signal?: AbortSignal;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** git ended with an exit code that was not expected, was killed, or took too long. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly timedOut: boolean;

  constructor(message: string, result: { exitCode?: number | undefined; stderr: string; timedOut: boolean }) {
    super(message);
    this.exitCode = result.exitCode;
    this.stderr = result.stderr;
    this.timedOut = result.timedOut;
  }
}

/**
 * Runs one git command in a clean environment: no configuration but the repository's own, no hooks, no prompts, no
 * helpers, only HTTP(S) and local paths as transports. Throws `GitError`.
 */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
  const result = await startGit(args, options);
  const stderr = Buffer.from(result.stderr).toString("utf8");
  const { exitCode, timedOut } = result;
  if (exitCode === undefined || !(options.expect ?? [0]).includes(exitCode)) {
    const why = timedOut ? "took too long" : stderr.trim() || result.originalMessage || "failed";
    throw new GitError(`git ${args[0] ?? ""}: ${why}`, { exitCode, stderr, timedOut });
  }
  return { exitCode, stdout: Buffer.from(result.stdout), stderr };
}

/** The same for a command whose output is a few lines of text; without the final line break. */
export async function gitText(args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { stdout } = await git(args, options);
  return stdout.toString("utf8").replace(/\n$/, "");
}

export type GitProcess = ReturnType<typeof startGit>;

/** Starts a git command whose streams the caller drives (`cat-file --batch-command`, `http-backend`); never rejects. */
export function startGit(args: readonly string[], options: GitOptions = {}) {
  const where = options.directory === undefined ? [] : ["-C", options.directory];
  return execa("git", [...where, ...args], {
    encoding: "buffer",
    reject: false,
    extendEnv: false,
    env: cleanEnvironment(options),
    timeout: (options.timeout ?? 600) * 1000,
    maxBuffer: 1024 ** 3,
    stripFinalNewline: false,
    buffer: options.streamed !== true,
    detached: options.shielded === true,
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
}

/** Configuration that holds for every command, whatever the machine or the repository says. */
const fixedConfiguration: readonly (readonly [string, string])[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.quotePath", "false"],
  ["credential.helper", ""],
  ["protocol.allow", "never"],
  ["protocol.http.allow", "always"],
  ["protocol.https.allow", "always"],
  ["protocol.file.allow", "always"],
  ["submodule.recurse", "false"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["commit.gpgSign", "false"],
  ["safe.directory", "*"],
];

/** What would change bytes between a work tree and the store. */
const plainBytes: readonly (readonly [string, string])[] = [
  ["core.autocrlf", "false"],
  ["core.attributesFile", "/dev/null"],
];

function cleanEnvironment(options: GitOptions): Record<string, string> {
  const personal = options.personal === true || options.workTree === true;
  const configuration = [
    ...fixedConfiguration,
    ...(options.workTree === true ? [] : plainBytes),
    ...credentialConfiguration(options.credentials),
  ];
  const environment: Record<string, string> = {
    // eslint-disable-next-line no-restricted-syntax -- PATH alone passes through: git must be found where it is installed.
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    TZ: "UTC",
    ...(personal ? {} : { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_ATTR_NOSYSTEM: "1" }),
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    GIT_NO_REPLACE_OBJECTS: "1",
    ...(personal ? personalEnvironment() : {}),
    GIT_CONFIG_COUNT: String(configuration.length),
    ...options.environment,
  };
  for (const [index, [key, value]] of configuration.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return environment;
}

const personalVariables =
  /^(?:HOME|XDG_CONFIG_HOME|TZ|EMAIL|USER|LOGNAME|GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE)|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM))$/;

function personalEnvironment(): Record<string, string> {
  // eslint-disable-next-line no-restricted-syntax -- who commits is the user's to say, in git's own variables.
  const variables = Object.entries(process.env).filter(([key]) => personalVariables.test(key));
  return Object.fromEntries(variables.map(([key, value]) => [key, value ?? ""]));
}

function credentialConfiguration(credentials: RemoteCredentials | undefined): [string, string][] {
  if (credentials === undefined) return [];
  const pair = Buffer.from(`${credentials.username}:${credentials.password.reveal()}`).toString("base64");
  return [[`http.${credentials.url}.extraHeader`, `Authorization: Basic ${pair}`]];
}
