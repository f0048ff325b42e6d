import { z } from "zod";
import type { Clock } from "../../domain/clock.js";
import { OperatorError, RetryLater, UserError } from "../../domain/errors.js";
import {
  type Asked,
  type Headers,
  Refusal,
  remedyFor,
  resetAt,
  retryAfter,
  unreachable,
} from "../refusal.js";

/** What GitHub's clients throw, as an error by remedy. */
export function translate(error: unknown, asked: Asked, clock: Clock): Error {
  const ours = [error, causeOf(error)].find(isByRemedy);
  if (ours) return withRefusal(ours);
  const refusal = readRefusal(error);
  if (refusal)
    return isRateLimit(refusal) ? outOfBudget(refusal, asked, clock) : remedyFor(refusal, asked, clock);
  if (isHttpError(error)) return unreachable(error, asked);
  const inside = graphqlRefusal(error);
  if (inside) return inside(asked);
  const reason = error instanceof Error ? error.message : String(error);
  return new OperatorError(`cannot ask ${asked.forge} for ${asked.what}: ${reason}`, { cause: error });
}

function isByRemedy(error: unknown): error is Error {
  return error instanceof RetryLater || error instanceof UserError || error instanceof OperatorError;
}

/** Ours may stand on an answer of GitHub, which is kept as such without its request. */
function withRefusal(error: Error): Error {
  const refusal = readRefusal(error.cause);
  return refusal && error instanceof OperatorError
    ? new OperatorError(error.message, { cause: refusal })
    : error;
}

const httpError = z.object({
  status: z.number(),
  response: z.object({ data: z.unknown(), headers: z.record(z.string(), z.unknown()) }),
});

function readRefusal(error: unknown): Refusal | undefined {
  if (!isHttpError(error)) return undefined;
  const parsed = httpError.safeParse(error);
  if (!parsed.success) return undefined;
  const { status, response } = parsed.data;
  return new Refusal(status, sentenceOf(response.data), textHeaders(response.headers));
}

/** By name, because several versions of the class are installed. Without a response nothing was answered. */
function isHttpError(error: unknown): boolean {
  return error instanceof Error && ["HttpError", "AbortError", "TimeoutError"].includes(error.name);
}

const errorBody = z.object({
  message: z.string(),
  errors: z
    .array(
      z.union([
        z.string(),
        z.object({
          message: z.string().optional(),
          field: z.string().optional(),
          code: z.string().optional(),
        }),
      ]),
    )
    .optional(),
});

/** GitHub's sentence; of "Validation Failed" the reasons, which are what helps. */
function sentenceOf(data: unknown): string {
  const parsed = errorBody.safeParse(data);
  if (!parsed.success) return "no reason given";
  const { message, errors = [] } = parsed.data;
  const reasons = errors.map((each) =>
    typeof each === "string" ? each : (each.message ?? [each.field, each.code].filter(Boolean).join(" ")),
  );
  return reasons.length === 0 ? message : reasons.join("; ");
}

function isRateLimit({ status, headers, message }: Refusal): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /rate limit|abuse detection/i.test(message)
  );
}

/** Without a word on when, GitHub asks for a minute at least. */
const leastPause = 60_000;

function outOfBudget(refusal: Refusal, { forge, what }: Asked, clock: Clock): RetryLater {
  const { headers } = refusal;
  const reset = headers["x-ratelimit-remaining"] === "0" ? resetAt(refusal, "x-ratelimit-reset") : undefined;
  const notBefore = retryAfter(refusal, clock) ?? reset ?? new Date(clock.now().getTime() + leastPause);
  return new RetryLater(`${forge} has no budget left for ${what}`, { cause: refusal, notBefore });
}

const graphqlError = z.object({
  name: z.literal("GraphqlResponseError"),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).min(1),
});

/** GraphQL answers 200 and refuses inside; its types of errors are GitHub's own. */
function graphqlRefusal(error: unknown): ((asked: Asked) => Error) | undefined {
  const parsed = graphqlError.safeParse(error);
  const refused = parsed.success ? parsed.data.errors[0] : undefined;
  if (refused === undefined) return undefined;
  const { type, message } = refused;
  return ({ forge, what }) => {
    if (type === "RATE_LIMITED") return new RetryLater(`${forge} has no budget left for ${what}`);
    if (type === "UNPROCESSABLE") {
      return new UserError("refused", { message: `${forge} refuses ${what}: ${message}` });
    }
    return new OperatorError(`${forge} refuses ${what}: ${message}`);
  };
}

function textHeaders(headers: Readonly<Record<string, unknown>>): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : String(value)]),
  );
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
