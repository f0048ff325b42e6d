import type { Secret } from "../domain/secret.js";

/** HTTP basic credentials for the one remote that a command talks to. */
export interface RemoteCredentials {
  readonly url: string;
  readonly username: string;
  readonly password: Secret;
}

export interface EnvironmentOptions {
  /** The folder is the repository itself: git looks for none around it, should this one be broken. */
  readonly bare?: boolean;
  /** Further variables, for example `GIT_INDEX_FILE`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Credentials travel in the environment, never in arguments or addresses. */
  readonly credentials?: RemoteCredentials | undefined;
  /** Reads the user's own configuration and identity, as the command line tools must to know who commits. */
  readonly personal?: boolean;
  /**
   * The command reads or writes somebody's work tree: it does so as their own git would, with their line ends and filters
   * (git-lfs), or files that they have not touched would look changed. Implies `personal`.
   */
  readonly workTree?: boolean;
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
  // A forge that hangs sends nothing at all; one that is busy sends a byte every five seconds to say so.
  ["http.lowSpeedLimit", "1"],
  ["http.lowSpeedTime", "60"],
];
/** We read other people's repositories on purpose, and run nothing that they say. */
const foreignOwners: readonly (readonly [string, string])[] = [["safe.directory", "*"]];

/** What would change bytes between a work tree and the store. */
const plainBytes: readonly (readonly [string, string])[] = [
  ["core.autocrlf", "false"],
  ["core.attributesFile", "/dev/null"],
];

/** All that a git command gets to see of the world. */
export function cleanEnvironment(options: EnvironmentOptions): Record<string, string> {
  const personal = options.personal === true || options.workTree === true;
  const configuration = [
    ...fixedConfiguration,
    // A work tree's filters are programs: whose they may be is for the user's own git to say.
    ...(options.workTree === true ? [] : [...plainBytes, ...foreignOwners]),
    ...credentialConfiguration(options.credentials),
  ];
  const environment: Record<string, string> = {
    // eslint-disable-next-line no-restricted-syntax -- PATH alone passes through: git must be found where it is installed.
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: "/nonexistent",
    LC_ALL: "C",
    TZ: "UTC",
    ...(personal ? {} : { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", GIT_ATTR_NOSYSTEM: "1" }),
    ...(options.bare === true ? { GIT_DIR: "." } : {}),
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    GIT_NO_REPLACE_OBJECTS: "1",
    // What a partial clone lacks is an error, not a reason to ask its remote.
    ...(options.workTree === true ? {} : { GIT_NO_LAZY_FETCH: "1" }),
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
