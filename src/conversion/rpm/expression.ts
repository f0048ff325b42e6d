import { compareVersions } from "./versions.js";

/** Stands in a text for what cannot be known; texts are latin1, so that no spec contains it. */
export const unknownText = "\uFFFD";

/** A value of rpm's expression language; `undefined` is one that cannot be known. */
export type ExpressionValue = number | string | VersionValue | undefined;

interface VersionValue {
  readonly version: string;
}

/** `undefined` where the answer hangs on something unknown, or the expression is none. */
export function isTrue(value: ExpressionValue): boolean | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "number") return value !== 0;
  // rpm finds no version true.
  return typeof value === "string" && value !== "";
}

/** The value of an expression whose macros are expanded; what is no expression has no known value. */
export function evaluate(text: string): ExpressionValue {
  const tokens = tokenize(text);
  if (tokens === undefined) return undefined;
  try {
    return new Parser(tokens).parse();
  } catch (error) {
    if (error instanceof NoExpression) return undefined;
    throw error;
  }
}

class NoExpression extends Error {}

interface Token {
  readonly operator: string | undefined;
  readonly value: ExpressionValue;
}

const tokenPattern = new RegExp(
  `\\s*(?:(v?)"([^"]*)"|([\\w.${unknownText}]+)|(&&|\\|\\||==|!=|<=|>=|[-+*/()!<>?:]))`,
  "y",
);
const mostTokens = 2000;

function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const trimmed = text.trimEnd();
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < trimmed.length) {
    const match = tokenPattern.exec(trimmed);
    if (match === null || tokens.length > mostTokens) return undefined;
    const [, version, quoted, word, operator] = match;
    if (operator !== undefined) tokens.push({ operator, value: undefined });
    else if (quoted !== undefined) tokens.push({ operator: undefined, value: quotedValue(quoted, version) });
    else if (/^\d+$/.test(word ?? "")) tokens.push({ operator: undefined, value: Number(word) });
    else if (word?.includes(unknownText) === true) tokens.push({ operator: undefined, value: undefined });
    else return undefined;
  }
  return tokens;
}

function quotedValue(text: string, version: string | undefined): ExpressionValue {
  if (text.includes(unknownText)) return undefined;
  return version === "v" ? { version: text } : text;
}

/** By descent, from the ternary down to the primary; unknown values spread only as far as they matter. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): ExpressionValue {
    const value = this.#ternary();
    if (this.#at < this.#tokens.length) throw new NoExpression();
    return value;
  }

  #ternary(): ExpressionValue {
    if ((this.#depth += 1) > 100) throw new NoExpression();
    const condition = this.#logical();
    let value = condition;
    if (this.#take("?") !== undefined) {
      const yes = this.#ternary();
      if (this.#take(":") === undefined) throw new NoExpression();
      const no = this.#ternary();
      const decided = isTrue(condition);
      value = decided === undefined ? undefined : decided ? yes : no;
    }
    this.#depth -= 1;
    return value;
  }

  /** `&&` and `||` bind alike in rpm, from the left, and give one of their values. */
  #logical(): ExpressionValue {
    let left = this.#relation();
    for (let operator; (operator = this.#take("&&", "||")) !== undefined;) {
      left = operator === "&&" ? both(left, this.#relation()) : either(left, this.#relation());
    }
    return left;
  }

  #relation(): ExpressionValue {
    let left = this.#sum();
    for (let operator; (operator = this.#take("==", "!=", "<=", ">=", "<", ">")) !== undefined;) {
      left = relate(left, operator, this.#sum());
    }
    return left;
  }

  #sum(): ExpressionValue {
    let left = this.#product();
    for (let operator; (operator = this.#take("+", "-")) !== undefined;) {
      left = calculate(left, operator, this.#product());
    }
    return left;
  }

  #product(): ExpressionValue {
    let left = this.#primary();
    for (let operator; (operator = this.#take("*", "/")) !== undefined;) {
      left = calculate(left, operator, this.#primary());
    }
    return left;
  }

  #primary(): ExpressionValue {
    if (this.#take("!") !== undefined) {
      const value = isTrue(this.#nested());
      return value === undefined ? undefined : Number(!value);
    }
    if (this.#take("-") !== undefined) return calculate(0, "-", this.#nested());
    if (this.#take("(") !== undefined) {
      const value = this.#ternary();
      if (this.#take(")") === undefined) throw new NoExpression();
      return value;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || token.operator !== undefined) throw new NoExpression();
    this.#at += 1;
    return token.value;
  }

  #nested(): ExpressionValue {
    if ((this.#depth += 1) > 100) throw new NoExpression();
    const value = this.#primary();
    this.#depth -= 1;
    return value;
  }

  #take(...operators: readonly string[]): string | undefined {
    const operator = this.#tokens[this.#at]?.operator;
    if (operator === undefined || !operators.includes(operator)) return undefined;
    this.#at += 1;
    return operator;
  }
}

function both(left: ExpressionValue, right: ExpressionValue): ExpressionValue {
  if (isTrue(left) === false) return left;
  if (isTrue(left) === undefined) return isTrue(right) === false ? 0 : undefined;
  return right;
}

function either(left: ExpressionValue, right: ExpressionValue): ExpressionValue {
  if (isTrue(left) === true) return left;
  if (isTrue(left) === undefined) return isTrue(right) === true ? 1 : undefined;
  return right;
}

function relate(left: ExpressionValue, operator: string, right: ExpressionValue): ExpressionValue {
  if (left === undefined || right === undefined) return undefined;
  const order = compare(left, right);
  const answers: Readonly<Record<string, boolean>> = {
    "==": order === 0,
    "!=": order !== 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
  };
  return Number(answers[operator]);
}

function compare(left: NonNullable<ExpressionValue>, right: NonNullable<ExpressionValue>): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : Number(left > right);
  if (typeof left === "object" && typeof right === "object") {
    return compareVersions(left.version, right.version);
  }
  throw new NoExpression();
}

function calculate(left: ExpressionValue, operator: string, right: ExpressionValue): ExpressionValue {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === "string" && typeof right === "string" && operator === "+") return left + right;
  if (typeof left !== "number" || typeof right !== "number") throw new NoExpression();
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  if (right === 0) throw new NoExpression();
  return Math.trunc(left / right);
}
