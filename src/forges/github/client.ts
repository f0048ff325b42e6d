import type { z } from "zod";
import type { Clock } from "../../domain/clock.js";
import type { ForgeName, RepositoryRef } from "../../domain/refs.js";
import type { Secret } from "../../domain/secret.js";
import { parsePayload } from "../payload.js";
import { refusalOf } from "../refusal.js";
import type { Access, Authentication } from "./authentication.js";
import { ownerAndName } from "./request.js";
import { translate } from "./translate.js";

/** One request: a route of GitHub's documentation, its parameters, and the shape of what we need of the answer. */
export interface Question<T> {
  readonly route: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly answer: z.ZodType<T>;
}

/** Asks GitHub, as an app or as a user; every error that it throws is one by remedy. */
export class GitHubClient {
  readonly name: ForgeName;
  readonly clock: Clock;
  readonly #authentication: Authentication;

  constructor(name: ForgeName, authentication: Authentication, clock: Clock) {
    this.name = name;
    this.#authentication = authentication;
    this.clock = clock;
  }

  /** Asks with our rights on the repository, which fills `{owner}` and `{repo}`. */
  async ask<T>(repository: RepositoryRef, question: Question<T>): Promise<T> {
    return (await this.#answer(repository, question)).answer;
  }

  /** Every entry of a list, page by page as it is read. */
  list<T>(repository: RepositoryRef, question: Question<readonly T[]>): AsyncIterable<T> {
    return pages(question, (page) => this.#answer(repository, page));
  }

  /** The same of a list that belongs to an owner, with our rights there. */
  listOf<T>(owner: string, question: Question<readonly T[]>): AsyncIterable<T> {
    return pages(question, (page) =>
      this.#translated(question.route, async () => {
        const { request } = await this.#authentication.of(owner);
        const { data, headers } = await request(page.route, page.parameters);
        return { answer: this.#read(page, data), next: nextPage(headers) };
      }),
    );
  }

  /** Asks what only GraphQL answers; the route of the question is the query or the mutation. */
  async query<T>(repository: RepositoryRef, { route, parameters, answer }: Question<T>): Promise<T> {
    const [kind = ""] = /^\w+/.exec(route) ?? [];
    const what = `${kind} ${/\w+(?=\()/.exec(route.slice(route.indexOf("{")))?.[0] ?? ""}`;
    return this.#translated(what, async () => {
      const { graphql } = await this.#authentication.on(repository);
      return parsePayload(answer, await graphql(route, parameters ?? {}), `${this.name}'s answer to ${what}`);
    });
  }

  /** Asks for what belongs to no repository. */
  async askAnywhere<T>(question: Question<T>): Promise<T> {
    return this.#translated(question.route, async () => {
      const { request } = await this.#authentication.anywhere();
      return this.#read(question, (await request(question.route, question.parameters)).data);
    });
  }

  /** Asks as the App itself, for what belongs to none of its installations. */
  async askAsApp<T>(question: Question<T>): Promise<T> {
    return this.#translated(question.route, async () => {
      const { asApp } = this.#authentication;
      return this.#read(question, (await asApp(question.route, question.parameters)).data);
    });
  }

  /** The same of a list, which has no numbered pages. */
  listAsApp<T>(question: Question<readonly T[]>): AsyncIterable<T> {
    const ask = (page: typeof question) =>
      this.#translated(question.route, async () => {
        const { data, headers } = await this.#authentication.asApp(page.route, page.parameters);
        return { answer: this.#read(page, data), next: nextPage(headers) };
      });
    return pages(question, ask, {});
  }

  /** `undefined` when we are a user. */
  async appSlug(): Promise<string | undefined> {
    return this.#translated("GET /app", () => this.#authentication.appSlug());
  }

  /** The token that git takes for the repository. */
  async tokenFor(repository: RepositoryRef): Promise<Secret> {
    return this.#translated("a token", async () => (await this.#authentication.on(repository)).token);
  }

  async #answer<T>(repository: RepositoryRef, question: Question<T>): Promise<Answered<T>> {
    // What the route does not name would go into the query.
    const place = question.route.includes("{owner}") ? ownerAndName(repository) : {};
    const parameters = { ...place, ...question.parameters };
    const what = question.route.replace("{owner}/{repo}", repository.path);
    return this.#translated(what, async () => {
      const access = await this.#authentication.on(repository);
      const { data, headers } = await this.#request(repository, access, { ...question, parameters });
      return { answer: this.#read(question, data), next: nextPage(headers) };
    });
  }

  async #request<T>(
    repository: RepositoryRef,
    { request }: Access,
    { route, parameters }: Question<T>,
  ): ReturnType<Access["request"]> {
    try {
      return await request(route, parameters);
    } catch (error) {
      // A token that was withdrawn early: the next try fetches a new one.
      if (error instanceof Error && "status" in error && error.status === 401) {
        this.#authentication.forget(repository);
      }
      throw error;
    }
  }

  #read<T>({ answer, route }: Question<T>, data: unknown): T {
    return parsePayload(answer, data, `${this.name}'s answer to ${route}`);
  }

  async #translated<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translate(error, { forge: this.name, what }, this.clock);
    }
  }
}

interface Answered<T> {
  readonly answer: T;
  /** What asks for the next page. */
  readonly next: Readonly<Record<string, string>> | undefined;
}

async function* pages<T>(
  question: Question<readonly T[]>,
  ask: (page: Question<readonly T[]>) => Promise<Answered<readonly T[]>>,
  first: Readonly<Record<string, unknown>> = { page: 1 },
): AsyncIterable<T> {
  for (let page: typeof first | undefined = first; page;) {
    const parameters = { ...question.parameters, per_page: 100, ...page };
    const { answer, next }: Answered<readonly T[]> = await ask({ ...question, parameters });
    yield* answer;
    page = next;
  }
}

/** Most lists have numbered pages; those that grow at their beginning are gone through by a cursor. */
function nextPage({ link }: Readonly<Record<string, unknown>>): Answered<unknown>["next"] {
  const [, address] = /<([^<>]+)>; *rel="?next"?/.exec(String(link)) ?? [];
  if (address === undefined || !URL.canParse(address)) return undefined;
  const found = [...new URL(address).searchParams].filter(([name]) => name === "page" || name === "cursor");
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Whether GitHub refused with this status and a sentence that matches. */
export function wasRefused(error: unknown, status: number, sentence: RegExp): boolean {
  const refusal = refusalOf(error);
  return refusal?.status === status && sentence.test(refusal.message);
}
