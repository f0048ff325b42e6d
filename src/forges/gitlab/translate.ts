import { z } from "zod";
import type { Clock } from "../../domain/clock.js";
import { RetryLater } from "../../domain/errors.js";
import { type Asked, Refusal, remedyFor, resetAt, retryAfter } from "../refusal.js";

/** What GitLab answered other than success, as an error by remedy. */
export function translate(refusal: Refusal, asked: Asked, clock: Clock): Error {
  const { forge, what } = asked;
  const { status, message } = refusal;
  if (status === 429) {
    const notBefore = retryAfter(refusal, clock) ?? resetAt(refusal, "ratelimit-reset");
    return new RetryLater(`${forge} has no budget left for ${what}`, { cause: refusal, notBefore });
  }
  // GitLab waits 10 s for its own lock on the commit and then gives up.
  if (status === 409 && /another update to this commit status is in progress/i.test(message)) {
    return new RetryLater(`${forge} is busy with the statuses of that commit`, { cause: refusal });
  }
  return remedyFor(refusal, asked, clock);
}

/** GitLab's answer, without the request that holds our token. */
export async function readRefusal(response: Response): Promise<Refusal> {
  const text = await response.text();
  return new Refusal(response.status, sentenceOf(text), Object.fromEntries(response.headers));
}

const errorBody = z.object({
  message: z.unknown().optional(),
  error: z.unknown().optional(),
  error_description: z.string().optional(),
});

function sentenceOf(text: string): string {
  const parsed = errorBody.safeParse(parseLeniently(text));
  if (!parsed.success) return "no reason given";
  const { message, error, error_description: description } = parsed.data;
  return description ?? (flat(message ?? error) || "no reason given");
}

/** An error page of a proxy may call itself JSON. */
function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** GitLab says a sentence, a list of them, or lists by field: `{ "base": ["…"] }`. */
function flat(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(flat).filter(Boolean).join("; ");
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([field, what]) => (field === "base" ? flat(what) : `${field} ${flat(what)}`))
    .join("; ");
}
