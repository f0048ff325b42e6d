import { CommanderError } from "commander";
import { OperatorError, RetryLater, UserError, type Complaining } from "../domain/errors.js";
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

/** An error for programs: the same parts under fixed keys, `null` where there is nothing to say. */
export interface ErrorAnswer {
  readonly kind: Complaining | "operator" | "retry" | "unforeseen";
  readonly message: string;
  readonly where: string | null;
  readonly remedy: string | null;
}

export function errorAnswer(error: unknown): ErrorAnswer {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UserError) {
    return { kind: error.kind, message, where: error.where ?? null, remedy: error.remedy ?? null };
  }
  if (error instanceof CommanderError) {
    const said = message.replace(/^error: /, "");
    return { kind: "usage", message: said, where: null, remedy: "--help shows how it is used." };
  }
  return { kind: kindOf(error), message, where: null, remedy: null };
}

/** The command has answered in JSON already, its error included. */
export class Answered extends Error {
  override readonly name = "Answered";
  readonly error: UserError;

  constructor(error: UserError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

function kindOf(error: unknown): ErrorAnswer["kind"] {
  if (error instanceof OperatorError) return "operator";
  return error instanceof RetryLater ? "retry" : "unforeseen";
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
