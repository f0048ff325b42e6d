import { OperatorError, RetryLater, UserError } from "../domain/errors.js";
import { requireLease } from "../domain/lease.js";
import type { CommitId } from "../domain/refs.js";
import type { Secret } from "../domain/secret.js";
import type { RemoteCredentials } from "./environment.js";
import type { ObjectStore } from "./object-store.js";
import { GitError } from "./run.js";

/** A repository over HTTP or a local path; the shape of `GitRemote` of the forges. */
export interface Remote {
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: Secret } | undefined;
}

export interface Fetch {
  readonly remote: Remote;
  /** As git writes them: `+refs/heads/main:refs/source/main`. */
  readonly refspecs: readonly string[];
  /** Seconds without a byte after which the remote is taken to hang; 60 unless told. */
  readonly patience?: number;
}

export interface Push {
  readonly remote: Remote;
  readonly commit: CommitId;
  readonly branch: string;
  /** What the branch must hold at this moment; `undefined`: it must not exist. */
  readonly expecting: CommitId | undefined;
}

/**
 * Fetches refs into the store, tags left out unless a refspec names them. Throws `RetryLater` when the remote does not
 * answer, `OperatorError` when it refuses our credentials, `UserError` ("missing") when it lacks the repository or ref.
 */
export async function fetch(store: ObjectStore, { remote, refspecs, patience }: Fetch): Promise<void> {
  const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
  await talk(store, { command: ["fetch", ...options], remote, refs: refspecs, patience });
}

/**
 * Makes `branch` of the remote be `commit`. Throws `RetryLater` when the branch moved meanwhile or the remote does not
 * answer, `OperatorError` when our credentials or rights do not suffice, and `UserError` ("refused") with the remote's own
 * sentence when a hook or a protected branch says no.
 */
export async function push(store: ObjectStore, { remote, commit, branch, expecting }: Push): Promise<void> {
  requireLease();
  const ref = `refs/heads/${branch}`;
  const lease = `--force-with-lease=${ref}:${expecting ?? ""}`;
  await talk(store, {
    command: ["push", "--quiet", "--no-follow-tags", lease],
    remote,
    refs: [`${commit}:${ref}`],
    // The hooks of a forge may take their time, and not every proxy lets through that they live.
    patience: 300,
  });
}

/** The tip of every branch and tag that matches; patterns as `git ls-remote` takes them. */
export async function listRefs(
  store: ObjectStore,
  remote: Remote,
  patterns: readonly string[],
): Promise<ReadonlyMap<string, CommitId>> {
  const stdout = await talk(store, { command: ["ls-remote", "--quiet", "--refs"], remote, refs: patterns });
  const lines = stdout.toString("utf8").split("\n").filter(Boolean);
  return new Map(lines.map((line) => [line.slice(line.indexOf("\t") + 1), line.split("\t")[0] ?? ""]));
}

interface Talk {
  readonly command: readonly string[];
  readonly remote: Remote;
  readonly refs: readonly string[];
  readonly patience?: number | undefined;
}

async function talk(store: ObjectStore, { command, remote, refs, patience }: Talk): Promise<Buffer> {
  try {
    const args = [...command, "--", remote.url, ...refs];
    const environment =
      patience === undefined ? {} : { environment: { GIT_HTTP_LOW_SPEED_TIME: String(patience) } };
    const { stdout } = await store.git(args, { credentials: credentialsFor(remote), ...environment });
    return stdout;
  } catch (error) {
    throw error instanceof GitError ? translate(error, remote) : error;
  }
}

function credentialsFor({ url, credentials }: Remote): RemoteCredentials | undefined {
  return credentials && { url, ...credentials };
}

const wrongCredentials = /Authentication failed|could not read (Username|Password)|returned error: 40[13]/;
const missingRepository =
  /repository '.*' not found|does not appear to be a git repository|returned error: 404/;
const missingRef = /couldn't find remote ref (\S+)/;
/** GitHub answers 403 as for wrong credentials, and says why beside it. */
const archivedRemote = /^remote:.*\barchived\b/m;
const staleLease = /stale info|cannot lock ref|failed to update ref|reference already exists|fetch first/;
const remoteRefusal =
  /\[remote rejected\]|pre-receive hook declined|protected branch|hook declined|prohibited/;

function translate(error: GitError, { url }: Remote): Error {
  const { message, stderr } = error;
  const everything = `${message}\n${stderr}`;
  const ref = missingRef.exec(everything)?.[1];
  if (ref !== undefined) {
    return new UserError("missing", { message: `${url} has no ${ref}`, where: ref }, { cause: error });
  }
  if (archivedRemote.test(stderr)) {
    return new UserError("refused", { message: refusal(stderr), where: url }, { cause: error });
  }
  if (wrongCredentials.test(everything)) {
    return new OperatorError(`${url} refuses our credentials`, { cause: error });
  }
  if (missingRepository.test(everything)) {
    return new UserError(
      "missing",
      { message: `there is no repository at ${url}`, where: url },
      { cause: error },
    );
  }
  if (staleLease.test(everything)) {
    return new RetryLater(`the branch moved at ${url} meanwhile`, { cause: error });
  }
  if (remoteRefusal.test(everything)) {
    return new UserError("refused", { message: refusal(stderr), where: url }, { cause: error });
  }
  if (stderr === "") return new RetryLater(message, { cause: error });
  return new RetryLater(`${url} does not answer: ${firstLine(stderr)}`, { cause: error });
}

/** What the remote's hook printed, else git's reason in brackets. */
function refusal(stderr: string): string {
  const said = stderr
    .split("\n")
    .flatMap((line) => /^remote:\s*(.*?)\s*$/.exec(line)?.[1] ?? [])
    .filter((line) => line !== "")
    .join(" ");
  const reason = /\((.*)\)\s*$/m.exec(stderr)?.[1] ?? "no reason given";
  return `the push was refused: ${said === "" ? reason : said}`;
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
