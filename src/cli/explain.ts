import { OperatorError, RetryLater, UserError } from "../domain/errors.js";
import type { Style } from "./demo/style.js";

export interface Explaining {
  readonly debug: boolean;
  readonly style: Style;
}

/** One clear message: what is wrong, where, and the way out; the stack only for who asked for it. */
export function explain(error: unknown, { debug, style }: Explaining): string {
  const lines = [`${style.bad("error:")} ${error instanceof Error ? error.message : String(error)}`];
  if (error instanceof UserError) {
    if (error.where !== undefined && !error.message.includes(error.where)) lines.push(`  in ${error.where}`);
    if (error.remedy !== undefined) lines.push(`  ${error.remedy}`);
  }
  if (debug) lines.push(style.dim(stacks(error)));
  else if (!isForeseen(error)) lines.push("  This was not foreseen; --debug shows where it comes from.");
  return `${lines.join("\n")}\n`;
}

function isForeseen(error: unknown): boolean {
  return error instanceof UserError || error instanceof OperatorError || error instanceof RetryLater;
}

/** Stacks only: what else errors of libraries hold may be a request with its token. */
function stacks(error: unknown): string {
  const found: string[] = [];
  for (let each = error; each instanceof Error && found.length < 8; each = each.cause) {
    found.push(each.stack ?? each.message);
  }
  return found.join("\ncaused by ");
}
