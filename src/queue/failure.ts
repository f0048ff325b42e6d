import { isDatabaseTrouble } from "../database/trouble.js";
import { RetryLater } from "../domain/errors.js";

/** What to do with a job that threw. */
export type Failure =
  | { readonly remedy: "retry"; readonly at: Date; readonly reason: string }
  | { readonly remedy: "park"; readonly reason: string };

const longestPause = 600;

/**
 * Time helps against `RetryLater`, and the pause doubles from one second to ten minutes, but never ends before the moment
 * that the forge named; so it does where our own database was in trouble. Everything else is parked: a handler turns what a
 * person can mend into an outcome, so a `UserError` that comes this far is a bug as well.
 */
export function failureOf(error: unknown, { attempt, now }: { attempt: number; now: Date }): Failure {
  const reason = redact(error instanceof Error ? error.message : String(error));
  if (!(error instanceof RetryLater) && !isDatabaseTrouble(error)) return { remedy: "park", reason };
  const pause = Math.min(2 ** (attempt - 1), longestPause);
  const notBefore = error instanceof RetryLater ? error.notBefore : undefined;
  const at = Math.max(now.getTime() + pause * 1000, notBefore?.getTime() ?? 0);
  return { remedy: "retry", at: new Date(at), reason };
}

/**
 * Messages and stacks, down to the first cause. Not `inspect`: errors of client libraries carry their request, and with
 * it the token.
 */
export function describe(error: unknown): string {
  const lines: string[] = [];
  for (let each = error; each instanceof Error && lines.length < 8; each = each.cause) {
    lines.push(each.stack ?? each.message);
  }
  if (lines.length === 0) lines.push(String(error));
  return redact(lines.join("\ncaused by "));
}

/** Tokens have shapes of their own; whatever put one into a message, it ends here. */
const tokens =
  /gh[oprsu]_\w{16,}|github_pat_\w+|glpat-[\w.-]+|whsec_[\w+/=]+|(?<=(?:basic|bearer) )[\w.+/=~-]{16,}|-----BEGIN [A-Z ]+-----[^-]*/gi;

function redact(text: string): string {
  return text.replace(tokens, "[secret]");
}
