import { evaluate, isTrue, unknownText } from "./expression.js";
import type { Branch } from "./macro-table.js";
import type { Expander } from "./spec-macros.js";

/** Whether a line of a spec counts; `unknown` hangs on where it is built. */
export type Truth = "true" | "false" | "unknown";

interface Block {
  readonly line: number;
  readonly outer: Truth;
  /** Whether one of the branches so far counts. */
  taken: Truth;
  here: Truth;
  branch: Branch;
}

const directive =
  /^\s*%(if|ifarch|ifnarch|ifos|ifnos|elif|elifarch|elifos|else|endif)(?![A-Za-z0-9_])([^]*)$/;

/** The `%if`s that are open at one place of a spec; line by line, as rpm reads it. */
export class Conditions {
  readonly #expander: Expander;
  readonly #blocks: Block[] = [];

  constructor(expander: Expander) {
    this.#expander = expander;
  }

  get here(): Truth {
    return this.#blocks.at(-1)?.here ?? "true";
  }

  /** The open branches that cannot be decided, outermost first. */
  get branches(): readonly Branch[] {
    return this.#blocks.filter(({ here }) => here === "unknown").map(({ branch }) => branch);
  }

  /** Takes a line with a condition; answers which kind it is: `if`, `elif`, `else`, `endif`. */
  turn(line: number, text: string): "if" | "elif" | "else" | "endif" | undefined {
    const [, word = "", rest = ""] = directive.exec(text) ?? [];
    if (word === "endif") {
      this.#blocks.pop();
      return "endif";
    }
    if (word.startsWith("if")) {
      const outer = this.here;
      const own = outer === "false" ? "false" : this.#decide(word, rest);
      const branch = { line, block: line };
      this.#blocks.push({ line, outer, taken: own, here: and(outer, own), branch });
      return "if";
    }
    const block = this.#blocks.at(-1);
    if (block === undefined) return undefined;
    const open = and(block.outer, not(block.taken));
    const own = word === "else" || open === "false" ? "true" : this.#decide(word.slice(2), rest);
    block.branch = { line, block: block.line };
    block.taken = or(block.taken, own);
    block.here = and(open, own);
    return word === "else" ? "else" : "elif";
  }

  #decide(word: string, rest: string): Truth {
    const text = rest.replace(/\\\r?$/gm, " ").replace(/#.*$/, (comment) => (word === "if" ? comment : ""));
    // Which system is not in doubt, which machine is.
    if (word === "ifos") return truthOf(text.split(/[\s,]+/).includes("linux"));
    if (word === "ifnos") return truthOf(!text.split(/[\s,]+/).includes("linux"));
    if (word !== "if") return "unknown";
    return truthOf(isTrue(evaluate(this.#expander.expand(text, () => unknownText))));
  }
}

export function and(one: Truth, other: Truth): Truth {
  if (one === "false" || other === "false") return "false";
  return one === "true" && other === "true" ? "true" : "unknown";
}

function or(one: Truth, other: Truth): Truth {
  return not(and(not(one), not(other)));
}

function not(truth: Truth): Truth {
  if (truth === "unknown") return truth;
  return truth === "true" ? "false" : "true";
}

function truthOf(answer: boolean | undefined): Truth {
  if (answer === undefined) return "unknown";
  return answer ? "true" : "false";
}
