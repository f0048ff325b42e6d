import { createRequesterFn, type RequestOptions } from "@gitbeaker/requester-utils";
import { Gitlab } from "@gitbeaker/rest";
import { z } from "zod";
import type { Clock } from "../../domain/clock.js";
import { Moved, OperatorError, RetryLater } from "../../domain/errors.js";
import type { ForgeName } from "../../domain/refs.js";
import type { Secret } from "../../domain/secret.js";
import type { BudgetKeeper } from "../budget.js";
import { conditionalFetch } from "../conditional.js";
import { repositoryIn } from "../moved.js";
import { parseJson, parsePayload } from "../payload.js";
import type { OnRequest } from "../request-metrics.js";
import { type Asked, type Refusal, refusalOf, unreachable } from "../refusal.js";
import { type Fetch, throttledFetch } from "../throttle.js";
import { readRefusal, translate } from "./translate.js";

export interface GitLabAccount {
  readonly name: ForgeName;
  readonly url: string;
  readonly token: Secret;
  readonly clock: Clock;
  readonly budget: BudgetKeeper;
  readonly onRequest?: OnRequest | undefined;
}

type Api = InstanceType<typeof Gitlab>;

/** One call of gitbeaker's, and the shape of what we need of its answer; gitbeaker's own types are not checked. */
export interface Question<T> {
  readonly ask: (api: Api) => Promise<unknown>;
  readonly answer: z.ZodType<T>;
}

/** What a call for one page of a list takes. */
interface Page {
  readonly page: number;
  readonly perPage: number;
  readonly showExpanded: true;
}

export interface ListQuestion<T> {
  readonly ask: (api: Api, page: Page) => Promise<unknown>;
  readonly entry: z.ZodType<T>;
}

/** Asks GitLab; every error that it throws is one by remedy. */
export class GitLabClient {
  readonly name: ForgeName;
  readonly #api: Api;

  constructor(account: GitLabAccount) {
    this.name = account.name;
    // gitbeaker's own transport repeats 429 and 502 ten times within a second and puts the token into its errors.
    const requesterFn = createRequesterFn(
      (_, options) => Promise.resolve(options),
      transport(account) as never,
    );
    const { url: host, token } = account;
    this.#api = new Gitlab({ host, token: token.reveal(), requesterFn, queryTimeout: null, rateLimits: {} });
  }

  async ask<T>({ ask, answer }: Question<T>): Promise<T> {
    return parsePayload(answer, await ask(this.#api), `${this.name}'s answer`);
  }

  /** Every entry of a list, page by page as it is read. */
  async *list<T>({ ask, entry }: ListQuestion<T>): AsyncIterable<T> {
    const shape = z.object({
      data: z.array(entry),
      paginationInfo: z.object({ next: z.number().nullable() }),
    });
    for (let page: number | null = 1; page !== null;) {
      const answer: unknown = await ask(this.#api, { page, perPage: 100, showExpanded: true });
      const { data, paginationInfo } = parsePayload(shape, answer, `${this.name}'s list`);
      yield* data;
      page = paginationInfo.next;
    }
  }
}

interface Answer {
  readonly body: unknown;
  readonly headers: Record<string, string>;
  readonly status: number;
}

function transport({
  name,
  clock,
  budget,
  onRequest,
}: GitLabAccount): (endpoint: string, options: RequestOptions) => Promise<Answer> {
  const fetch = conditionalFetch(
    throttledFetch({ concurrency: 10, pauseBetweenWrites: 0, budget, onRequest }),
  );
  return async (endpoint, { prefixUrl = "", searchParams = "", method = "GET", headers = {}, body }) => {
    const url = new URL(endpoint, prefixUrl.endsWith("/") ? prefixUrl : `${prefixUrl}/`);
    url.search = searchParams;
    const path = url.pathname.replace(/^.*?\/api\/v4/, "").replaceAll(/%2f/gi, "/");
    const asked = { forge: name, what: `${method} ${path}` };
    const response = await send(
      () => fetch(url, { method, headers, ...(body === undefined ? {} : { body }) }),
      asked,
    );
    if (!response.ok) throw refused(await readRefusal(response), url, { ...asked, clock });
    return readAnswer(response, `${name}'s answer to ${asked.what}`);
  };
}

/** GitLab reads a renamed project under its old path, by a redirect, and refuses to change anything there. */
function refused(refusal: Refusal, url: URL, { clock, ...asked }: Asked & { readonly clock: Clock }): Error {
  const isMoved = refusal.status === 405 && /moved projects/i.test(refusal.message);
  const repository = isMoved ? repositoryIn(asked.forge, url) : undefined;
  return repository ? new Moved(repository) : translate(refusal, asked, clock);
}

async function send(
  request: () => ReturnType<Fetch>,
  asked: { readonly forge: ForgeName; readonly what: string },
): Promise<Response> {
  try {
    return await request();
  } catch (error) {
    const isOurs = error instanceof OperatorError || error instanceof RetryLater;
    throw isOurs ? error : unreachable(error, asked);
  }
}

async function readAnswer(response: Response, whose: string): Promise<Answer> {
  const text = await response.text();
  return {
    body: text === "" ? null : parseJson(text, whose),
    headers: Object.fromEntries(response.headers),
    status: response.status,
  };
}

/** Whether GitLab refused with this status and a sentence that matches. */
export function wasRefused(error: unknown, status: number, sentence: RegExp): boolean {
  const refusal = refusalOf(error);
  return refusal?.status === status && sentence.test(refusal.message);
}
