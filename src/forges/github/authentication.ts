import { Octokit } from "@octokit/rest";
import { type Logger, pino } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { z } from "zod";
import type { Clock } from "../../domain/clock.js";
import { Moved, OperatorError } from "../../domain/errors.js";
import { type RepositoryRef, repositoryName } from "../../domain/refs.js";
import { Secret } from "../../domain/secret.js";
import type { BudgetKeeper } from "../budget.js";
import { parsePayload } from "../payload.js";
import type { Fetch } from "../throttle.js";

/** What we use of Octokit: Probot and @octokit/rest bring different versions, whose types do not fit one another. */
export type Request = (
  route: string,
  parameters?: Readonly<Record<string, unknown>>,
) => Promise<{ readonly data: unknown; readonly headers: Readonly<Record<string, unknown>> }>;

/** One question to GraphQL; answers its `data`. */
export type Graphql = (query: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** What we may use for a while: ways to ask, and the token itself for git. */
export interface Access {
  readonly request: Request;
  readonly graphql: Graphql;
  readonly token: Secret;
}

export interface Authentication {
  /** Our rights on one repository; throws `OperatorError` when we have none there. */
  on(repository: RepositoryRef): Promise<Access>;
  /** Our rights on what an owner has; throws `OperatorError` when we have none there. */
  of(owner: string): Promise<Access>;
  /** Our rights wherever, to ask for what is no repository's. */
  anywhere(): Promise<Access>;
  /** Asks as the app itself; as the user when we are one. */
  readonly asApp: Request;
  /** The app's own name for itself; `undefined` when we are a user. */
  appSlug(): Promise<string | undefined>;
  /** What we remember for the repository was refused. */
  forget(repository: RepositoryRef): void;
}

export interface GitHubAccount {
  readonly apiUrl: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log?: Logger | undefined;
  /** Is told whose the tokens are. */
  readonly budget: Pick<BudgetKeeper, "name">;
}

/** A machine user with its personal access token. */
export function asUser(token: Secret, account: GitHubAccount): Authentication {
  const access: Access = { ...askingWith(token, account), token };
  return {
    on: () => Promise.resolve(access),
    of: () => Promise.resolve(access),
    anywhere: () => Promise.resolve(access),
    asApp: access.request,
    appSlug: () => Promise.resolve(undefined),
    forget: () => undefined,
  };
}

const installationShape = z.object({ id: z.number() });
const tokenShape = z.object({ token: z.string(), expires_at: z.iso.datetime({ offset: true }) });
const appShape = z.object({ slug: z.string() });

/** A token is not used in its last minutes, so that a long clone does not outlive it. */
const leastLife = 5 * 60_000;

/**
 * A GitHub App, which is known by Probot. Its installation tokens are kept here: Probot counts their age by the
 * machine's clock, and lets all instances of one process share the tokens that are being fetched for an installation
 * id, although each GitHub Enterprise counts its ids from 1.
 */
export class AppAuthentication implements Authentication {
  readonly #probot: Probot;
  readonly #account: GitHubAccount;
  readonly #installations = new Map<string, Promise<number>>();
  readonly #access = new Map<number, Promise<Access & { readonly expires: number }>>();

  constructor(app: { readonly appId: string; readonly privateKey: Secret }, account: GitHubAccount) {
    this.#account = account;
    this.#probot = new Probot({
      appId: app.appId,
      privateKey: app.privateKey.reveal(),
      baseUrl: account.apiUrl,
      log: account.log ?? pino({ level: "silent" }),
      request: { fetch: account.fetch },
      Octokit: withoutRetries(),
    });
  }

  async on(repository: RepositoryRef): Promise<Access> {
    return this.#accessOf(await this.#installationOn(repository));
  }

  async of(owner: string): Promise<Access> {
    const installation = await remembered(this.#installations, owner, async () => {
      const data = await this.#ownersInstallation(owner).catch((error: unknown) => {
        throw isMissing(error) ? notInstalled(owner, error) : error;
      });
      return parsePayload(installationShape, data, "GitHub's installation").id;
    });
    return this.#accessOf(installation);
  }

  async #ownersInstallation(owner: string): Promise<unknown> {
    try {
      return (await this.asApp("GET /orgs/{org}/installation", { org: owner })).data;
    } catch (error) {
      if (!isMissing(error)) throw error;
      return (await this.asApp("GET /users/{username}/installation", { username: owner })).data;
    }
  }

  async anywhere(): Promise<Access> {
    const { data } = await this.asApp("GET /app/installations", { per_page: 1 });
    const [installation] = parsePayload(z.array(installationShape), data, "GitHub's list of installations");
    if (!installation) throw new OperatorError("the GitHub App is not installed anywhere");
    return this.#accessOf(installation.id);
  }

  async appSlug(): Promise<string> {
    const { data } = await this.asApp("GET /app");
    return parsePayload(appShape, data, "GitHub's app").slug;
  }

  forget(repository: RepositoryRef): void {
    this.#installations.delete(repositoryName(repository));
    this.#access.clear();
  }

  readonly asApp: Request = async (route, parameters) => {
    const octokit = await this.#probot.auth();
    return octokit.request(route, parameters);
  };

  #installationOn(repository: RepositoryRef): Promise<number> {
    return remembered(this.#installations, repositoryName(repository), async () => {
      const { data } = await this.asApp("GET /repos/{owner}/{repo}/installation", ownerAndName(repository))
        .catch((error: unknown) => this.#installationWhereMoved(error))
        .catch((error: unknown) => {
          throw isMissing(error) ? notInstalled(repositoryName(repository), error) : error;
        });
      return parsePayload(installationShape, data, "GitHub's installation").id;
    });
  }

  /** The redirect of a renamed repository, which leads to its id. */
  async #installationWhereMoved(error: unknown): ReturnType<Request> {
    const moved = [error, error instanceof Error ? error.cause : undefined].find(
      (one) => one instanceof Moved,
    );
    if (moved?.id === undefined) throw error;
    return this.asApp("GET /repositories/{repository_id}/installation", { repository_id: moved.id });
  }

  async #accessOf(installation: number): Promise<Access> {
    const access = await remembered(this.#access, installation, () => this.#newAccess(installation));
    if (access.expires - this.#account.clock.now().getTime() > leastLife) return access;
    this.#access.delete(installation);
    return remembered(this.#access, installation, () => this.#newAccess(installation));
  }

  async #newAccess(installation: number): Promise<Access & { readonly expires: number }> {
    const route = "POST /app/installations/{installation_id}/access_tokens";
    const { data } = await this.asApp(route, { installation_id: installation });
    const answer = parsePayload(tokenShape, data, "GitHub's installation token");
    const token = new Secret(answer.token);
    this.#account.budget.name(answer.token, `installation ${installation}`);
    return { ...askingWith(token, this.#account), token, expires: Date.parse(answer.expires_at) };
  }
}

/** Where nothing is installed nothing can be found, so a caller may treat it as missing by the status of its cause. */
function notInstalled(place: string, cause: unknown): Error {
  return new OperatorError(`the GitHub App is not installed on ${place}`, { cause });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 404;
}

function askingWith(token: Secret, { apiUrl, fetch }: GitHubAccount): Pick<Access, "request" | "graphql"> {
  const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const octokit = new Octokit({ auth: token.reveal(), baseUrl: apiUrl, request: { fetch }, log: silent });
  return {
    request: (route, parameters) => octokit.request(route, parameters),
    graphql: (query, variables) => octokit.graphql(query, variables),
  };
}

/** Only the function form reaches the plugins; plain defaults are merged over by Probot's own. */
function withoutRetries(): typeof ProbotOctokit {
  const defaults = (options: { readonly throttle?: object }): object => ({
    ...options,
    retry: { enabled: false },
    throttle: { ...options.throttle, enabled: false },
  });
  return ProbotOctokit.defaults(defaults);
}

/** One answer for all who ask at the same time; a failure is not remembered. */
async function remembered<K, V>(memory: Map<K, Promise<V>>, key: K, find: () => Promise<V>): Promise<V> {
  const known = memory.get(key);
  if (known) return known;
  const asked = find();
  memory.set(key, asked);
  try {
    return await asked;
  } catch (error) {
    if (memory.get(key) === asked) memory.delete(key);
    throw error;
  }
}

export function ownerAndName({ path }: RepositoryRef): { readonly owner: string; readonly repo: string } {
  const [owner = "", repo = ""] = path.split("/");
  return { owner, repo };
}

function nothing(): void {
  // Octokit would write to the console.
}
