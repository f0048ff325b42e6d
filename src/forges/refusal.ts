import type { Clock } from "../domain/clock.js";
import { OperatorError, RetryLater, UserError } from "../domain/errors.js";
import type { ForgeName } from "../domain/refs.js";

/** What was asked of a forge, as error messages say it: `POST /projects/7/merge_requests`. */
export interface Asked {
  readonly forge: ForgeName;
  readonly what: string;
}

export type Headers = Readonly<Record<string, string | undefined>>;

/** What a forge answered instead of doing what was asked. It keeps nothing of the request, and so no token. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly headers: Headers;

  /** @param sentence the forge's own words */
  constructor(status: number, sentence: string, headers: Headers) {
    super(sentence);
    this.status = status;
    this.headers = headers;
  }
}

/** The refusal behind an error that a forge's client threw. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return error;
  return error instanceof Error && error.cause instanceof Refusal ? error.cause : undefined;
}

/** `undefined` where the forge says that it does not exist, or does not let us see it. */
export async function ifFound<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (refusalOf(error)?.status === 404) return undefined;
    throw error;
  }
}

/** The remedy by status code, where a forge has no meaning of its own for it. */
export function remedyFor(refusal: Refusal, { forge, what }: Asked, clock: Clock): Error {
  const { status, message } = refusal;
  const options = { cause: refusal };
  if (status >= 500 || status === 408 || status === 425) {
    const notBefore = retryAfter(refusal, clock);
    return new RetryLater(`${forge} answers ${status} to ${what}: ${message}`, { ...options, notBefore });
  }
  switch (status) {
    case 401:
      return new OperatorError(`${forge} refuses our credentials for ${what}: ${message}`, options);
    case 403:
      return new OperatorError(`${forge} does not allow us ${what}: ${message}`, options);
    case 404:
    case 410:
      return new OperatorError(
        `${forge} has no such thing, or hides it from us: ${what}: ${message}`,
        options,
      );
    case 400:
    case 405:
    case 406:
    case 409:
    case 412:
    case 413:
    case 422:
      return new UserError("refused", { message: `${forge} refuses: ${message}` }, options);
    default:
      return new OperatorError(`${forge} answers ${status} to ${what}: ${message}`, options);
  }
}

/** No answer at all: refused, reset, timed out. `cause` keeps the system's error, which names no headers. */
export function unreachable(error: unknown, { forge, what }: Asked): RetryLater {
  const cause = innermost(error);
  const reason =
    cause instanceof Error ? cause.message || ("code" in cause ? String(cause.code) : cause.name) : "?";
  return new RetryLater(`${forge} does not answer ${what}: ${reason}`, { cause });
}

function innermost(error: unknown): unknown {
  let each = error;
  for (let depth = 0; depth < 8 && each instanceof Error && each.cause instanceof Error; depth++)
    each = each.cause;
  return each;
}

/** The moment that `Retry-After` names, in seconds from now or as a date. */
export function retryAfter({ headers }: Refusal, clock: Clock): Date | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  const seconds = Number(value);
  const moment = Number.isFinite(seconds) ? clock.now().getTime() + seconds * 1000 : Date.parse(value);
  return Number.isNaN(moment) ? undefined : new Date(moment);
}

/** The moment of a header that counts seconds since 1970. */
export function resetAt({ headers }: Refusal, header: string): Date | undefined {
  const seconds = Number(headers[header]);
  return Number.isFinite(seconds) && seconds > 0 ? new Date(seconds * 1000) : undefined;
}
