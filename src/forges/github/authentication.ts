import { Octokit } from "@octokit/rest";
import { type Logger, pino } from "pino";
import { Probot, ProbotOctokit } from "probot";
import { z } from "zod";
import type { Clock } from "../../domain/clock.js";
import type { RepositoryRef } from "../../domain/refs.js";
import { Secret } from "../../domain/secret.js";
import type { BudgetKeeper } from "../budget.js";
import { onceFor } from "../once.js";
import { parsePayload } from "../payload.js";
import type { Fetch } from "../throttle.js";
import { Installations } from "./installations.js";
import type { Request } from "./request.js";

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

const tokenShape = z.object({ token: z.string(), expires_at: z.iso.datetime({ offset: true }) });
const appTokenShape = z.object({ token: z.string() });
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
  readonly #installations: Installations;
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
    this.#installations = new Installations({
      asApp: this.asApp,
      asAppAnywhere: this.#asAppAnywhere,
      as: (installation) => this.#accessOf(installation),
    });
  }

  async on(repository: RepositoryRef): Promise<Access> {
    return this.#accessOf(await this.#installations.on(repository));
  }

  async of(owner: string): Promise<Access> {
    return this.#accessOf(await this.#installations.of(owner));
  }

  async anywhere(): Promise<Access> {
    return this.#accessOf(await this.#installations.anywhere());
  }

  async appSlug(): Promise<string> {
    const { data } = await this.asApp("GET /app");
    return parsePayload(appShape, data, "GitHub's app").slug;
  }

  forget(repository: RepositoryRef): void {
    this.#installations.forget(repository);
    this.#access.clear();
  }

  readonly asApp: Request = async (route, parameters) => {
    const octokit = await this.#probot.auth();
    return octokit.request(route, parameters);
  };

  /** Octokit asks as the App only where its list of addresses says so, which lacks those that a redirect leads to. */
  readonly #asAppAnywhere: Request = async (route, parameters) => {
    const octokit = await this.#probot.auth();
    const { token } = parsePayload(appTokenShape, await octokit.auth({ type: "app" }), "the App's own token");
    return askingWith(new Secret(token), this.#account).request(route, parameters);
  };

  async #accessOf(installation: number): Promise<Access> {
    const access = await onceFor(this.#access, installation, () => this.#newAccess(installation));
    if (access.expires - this.#account.clock.now().getTime() > leastLife) return access;
    this.#access.delete(installation);
    return onceFor(this.#access, installation, () => this.#newAccess(installation));
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

function nothing(): void {
  // Octokit would write to the console.
}
