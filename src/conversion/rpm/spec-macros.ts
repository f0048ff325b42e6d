import { UserError } from "../../domain/errors.js";
import type { Spec } from "./spec-lines.js";

/** The macros that a spec defines with literal bodies, and its own tags; nothing is ever executed. */
export type Macros = ReadonlyMap<string, string>;

const deepest = 32;
const longest = 64 * 1024;

export function readMacros({ lines }: Spec): Macros {
  const macros = new Map<string, string>();
  for (const { text, kind, section } of lines) {
    const defined = kind === "macro" ? /^\s*%(?:global|define)\s+(\w+)\s+(.*?)\s*$/.exec(text) : null;
    if (defined !== null) macros.set(defined[1] ?? "", defined[2] ?? "");
    const tag =
      section === "preamble" ? /^\s*(name|version|release|epoch|url)\s*:\s*(.*?)\s*$/i.exec(text) : null;
    const key = tag?.[1]?.toLowerCase();
    if (key !== undefined && !macros.has(key)) macros.set(key, tag?.[2] ?? "");
  }
  return macros;
}

/**
 * Expands `%name`, `%{name}`, `%{?x}`, `%{?x:y}`, `%{!?x:y}` and `%%`. Throws `UserError` ("unsupported") naming the macro
 * that is not understood: a shell or Lua expansion, one with arguments, one that the spec does not define.
 */
export function expandMacros(text: string, macros: Macros, where: string): string {
  return new Expansion(macros, where).expand(text, 0);
}

class Expansion {
  readonly #macros: Macros;
  readonly #where: string;
  #length = 0;

  constructor(macros: Macros, where: string) {
    this.#macros = macros;
    this.#where = where;
  }

  expand(text: string, depth: number): string {
    if (depth > deepest) throw this.#unknown(text, "goes in circles");
    let result = "";
    for (let at = 0; at < text.length;) {
      const percent = text.indexOf("%", at);
      if (percent < 0) return this.#bounded(result + text.slice(at));
      result += text.slice(at, percent);
      const { value, next } = this.#macro(text, percent, depth);
      result = this.#bounded(result + value);
      at = next;
    }
    return result;
  }

  #macro(text: string, at: number, depth: number): { value: string; next: number } {
    const rest = text.slice(at + 1);
    if (rest.startsWith("%")) return { value: "%", next: at + 2 };
    if (rest.startsWith("{")) {
      const end = closingBrace(rest);
      if (end < 0) throw this.#unknown(text.slice(at), "has no closing brace");
      return { value: this.#braced(rest.slice(1, end), depth), next: at + 2 + end };
    }
    const name = /^([!?]*)([A-Za-z_]\w*)/.exec(rest);
    if (name === null) {
      if (rest.startsWith("(")) throw this.#unknown(text.slice(at), "would run a shell");
      return { value: "%", next: at + 1 };
    }
    return { value: this.#braced(name[0], depth), next: at + 1 + name[0].length };
  }

  #braced(inside: string, depth: number): string {
    const match = /^([!?]*)([A-Za-z_]\w*)(?::([^]*))?$/.exec(inside);
    if (match === null) throw this.#unknown(`%{${inside}}`, "is not understood");
    const [, flags = "", name = "", body] = match;
    const value = this.#macros.get(name);
    if (!flags.includes("?")) {
      if (value === undefined || body !== undefined) throw this.#unknown(`%{${name}}`, "is not known");
      return this.expand(value, depth + 1);
    }
    const negated = (flags.split("!").length - 1) % 2 === 1;
    if (negated) return value === undefined ? this.expand(body ?? "", depth + 1) : "";
    return value === undefined ? "" : this.expand(body ?? value, depth + 1);
  }

  #bounded(text: string): string {
    this.#length = Math.max(this.#length, text.length);
    if (this.#length > longest) throw this.#unknown(text.slice(0, 20), "grows without end");
    return text;
  }

  #unknown(macro: string, why: string): UserError {
    return new UserError("unsupported", {
      message: `the macro ${macro} ${why}, and its value is needed here`,
      where: this.#where,
      remedy: "Write the name out, or define the macro with a literal value in the spec.",
    });
  }
}

function closingBrace(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}" && (depth -= 1) === 0) return at;
  }
  return -1;
}
