import { evaluate, isTrue, unknownText } from "./expression.js";
import { functionNamed } from "./macro-functions.js";
import type { Macro, MacroTable } from "./macro-table.js";
import { endOfField, readCall, readDefinition, type MacroCall } from "./macro-text.js";
import { argumentsOf } from "./macro-arguments.js";

/** What stands in the result for a macro that cannot be expanded, given its text and why not. */
export type OnUnknown = (macro: string, why: string) => string;

/** Leaves what is not understood as it stands, as rpm does with a name that it does not know. */
export const verbatim: OnUnknown = (macro) => macro;

const deepest = 32;
const longest = 64 * 1024;
/** Macros that one text, and a whole spec, may need: the largest known specs take some ten thousand. */
const mostSteps = { text: 5_000, spec: 300_000 };
/** So many characters may come out of all macros of a spec together, for definitions hold them: 16 MB. */
const mostText = 16 * 1024 ** 2;

interface Context {
  readonly unknown: OnUnknown;
  readonly depth: number;
  /** The arguments of the parametric macro whose body this is. */
  readonly locals: ReadonlyMap<string, string>;
  /** Whether nobody knows if this is expanded at all: its definitions count as undecided. */
  readonly maybe: boolean;
}

interface Called {
  readonly name: string;
  readonly flags: string;
  /** Behind a colon, or a blank. */
  readonly rest: string | undefined;
  readonly call: MacroCall;
}

const noLocals: ReadonlyMap<string, string> = new Map();
const parts = /^([!?]*)([A-Za-z_]\w*|-[A-Za-z]\*?|\d+|\*\*?|#)(?:[:\s]([^]*))?$/;
const refused: Readonly<Record<string, string>> = {
  lua: "would run Lua",
  load: "would read another file",
  include: "would read another file",
  uncompress: "would run a program",
  getenv: "would ask the environment",
};

/** Expands macros by a spec's own definitions, and takes up those that it meets; nothing is executed. */
export class Expander {
  readonly table: MacroTable;
  readonly #steps = { text: 0, spec: 0 };
  #expanded = 0;

  constructor(table: MacroTable) {
    this.table = table;
  }

  expand(text: string, unknown: OnUnknown): string {
    this.#steps.text = 0;
    return this.#run(text, { unknown, depth: 0, locals: noLocals, maybe: false });
  }

  /** Whether a name has a value here: `undefined` when that cannot be decided. */
  isDefined(name: string): boolean | undefined {
    const found = this.table.find(name);
    return found === "undecided" ? undefined : found !== "none";
  }

  #run(text: string, outer: Context): string {
    const context = { ...outer, depth: outer.depth + 1 };
    if (context.depth > deepest) return context.unknown(text, "goes in circles");
    let result = "";
    for (let at = 0; at < text.length;) {
      const percent = text.indexOf("%", at);
      if (percent < 0) return result + text.slice(at);
      result += text.slice(at, percent);
      const call = readCall(text, percent);
      if (!this.#step()) return result + context.unknown(text.slice(percent), "takes too long");
      const { value, next } = this.#call(call, text, context);
      result += value;
      this.#expanded += value.length;
      if (result.length > longest) return context.unknown(call.text.slice(0, 80), "grows without end");
      at = next;
    }
    return result;
  }

  #step(): boolean {
    this.#steps.text += 1;
    this.#steps.spec += 1;
    const { text, spec } = this.#steps;
    return text <= mostSteps.text && spec <= mostSteps.spec && this.#expanded <= mostText;
  }

  #call(call: MacroCall, text: string, context: Context): { value: string; next: number } {
    const { next, form, inside } = call;
    if (form === "percent") return { value: "%", next };
    if (form === "open") return { value: context.unknown(call.text, "has no closing brace"), next };
    if (form === "shell") return { value: context.unknown(call.text, "would run a shell"), next };
    if (form === "expression") return { value: this.#expression(call, context), next };
    if (form === "braces") return { value: this.#braced(call, context), next };

    const [, flags = "", name = ""] = parts.exec(inside) ?? [];
    if (flags === "" && (name === "define" || name === "global"))
      return this.#define({ how: name, text, at: next }, context);
    if (flags !== "" || !this.#takesLine(name)) {
      return { value: this.#value({ name, flags, rest: undefined, call }, context), next };
    }
    const end = endOfField(text, next);
    const rest = text.slice(next, end);
    return { value: this.#value({ name, flags, rest, call }, context), next: end };
  }

  /** Whether a macro without braces takes the rest of its line. */
  #takesLine(name: string): boolean {
    if (/^(?:dnl|undefine|bcond|bcond_with|bcond_without)$/.test(name)) return true;
    const macro = this.table.find(name);
    return typeof macro === "object" && macro.parameters !== undefined;
  }

  #define(
    { how, text, at }: { how: "define" | "global"; text: string; at: number },
    context: Context,
  ): { value: string; next: number } {
    const definition = readDefinition(text, at);
    if (definition === undefined) return { value: "", next: endOfField(text, at) };
    const { name, parameters, next } = definition;
    const eager = how === "global";
    const body = eager ? this.#run(definition.body, { ...context, unknown: verbatim }) : definition.body;
    if (context.maybe) this.table.defineMaybe(name);
    else this.table.define(name, { body, parameters });
    return { value: "", next };
  }

  #expression({ inside, text }: MacroCall, context: Context): string {
    const value = evaluate(this.#run(inside, { ...context, unknown: () => unknownText }));
    if (typeof value === "object" || value === undefined) return context.unknown(text, "cannot be decided");
    return String(value);
  }

  #braced(call: MacroCall, context: Context): string {
    const match = parts.exec(call.inside);
    if (match === null) return context.unknown(call.text, "is not understood");
    const [, flags = "", name = "", rest] = match;
    if (flags === "" && (name === "define" || name === "global")) {
      return this.#define({ how: name, text: rest ?? "", at: 0 }, context).value;
    }
    return this.#value({ name, flags, rest, call }, context);
  }

  #value(called: Called, context: Context): string {
    const { name, flags, rest, call } = called;
    const local = context.locals.get(name);
    if (flags !== "" || name.startsWith("-")) return this.#optional(called, context);
    if (local !== undefined) return local;
    if (Object.hasOwn(refused, name)) return context.unknown(call.text, refused[name] ?? "");
    const built = this.#builtIn(called, context);
    if (built !== undefined) return built;
    const macro = this.table.find(name);
    if (macro === "undecided") return context.unknown(call.text, "depends on where it is built");
    if (macro === "none") return context.unknown(call.text, "is not known");
    if (macro.parameters === undefined) return this.#run(macro.body, { ...context, locals: noLocals });
    return this.#parametric(macro, { name, rest: rest ?? "" }, context);
  }

  #parametric(macro: Macro, { name, rest }: { name: string; rest: string }, context: Context): string {
    const words = this.#run(rest, context).split(/\s+/).filter(Boolean);
    return this.#run(macro.body, { ...context, locals: argumentsOf(name, words, macro.parameters ?? "") });
  }

  /** `%{?x}`, `%{?x:y}`, `%{!?x:y}`, and `%{-o:y}` within a parametric macro. */
  #optional({ name, flags, rest, call }: Called, context: Context): string {
    const local = context.locals.get(name);
    const isOption = name.startsWith("-");
    const defined = local !== undefined || (isOption ? false : this.isDefined(name));
    if (!flags.includes("?") && !isOption) return this.#value({ name, flags: "", rest, call }, context);
    if (defined === undefined) {
      if (rest !== undefined) this.#run(rest, { ...context, maybe: true, unknown: verbatim });
      return context.unknown(call.text, "depends on where it is built");
    }
    const negated = (flags.split("!").length - 1) % 2 === 1;
    if (defined === negated) return "";
    if (rest !== undefined) return this.#run(rest, context);
    return negated ? "" : (local ?? this.#value({ name, flags: "", rest, call }, context));
  }

  /** `undefined` when there is no such builtin. */
  #builtIn({ name, rest = "", call }: Called, context: Context): string | undefined {
    if (name === "dnl") return "";
    if (name === "expand") return this.#run(this.#run(rest, context), context);
    if (name === "undefine") return this.#undefine(rest.trim(), context);
    const asked = /^(?:with|without|defined|undefined)$/.test(name);
    if (asked) return this.#ask(name, rest.trim(), { call, context });
    if (name.startsWith("bcond")) return this.#bcond(name, this.#run(rest, context).trim(), context);
    const function_ = functionNamed(name);
    if (function_ === undefined || typeof this.table.find(name) === "object") return undefined;
    const expanded = this.#run(rest, context);
    const value = function_(call.inside.startsWith(`${name}:`) ? [expanded] : expanded.trim().split(/\s+/));
    return value ?? context.unknown(call.text, "is not understood");
  }

  #undefine(name: string, { maybe }: Context): string {
    if (maybe) this.table.defineMaybe(name);
    else this.table.undefine(name);
    return "";
  }

  #ask(name: string, about: string, { call, context }: { call: MacroCall; context: Context }): string {
    const subject = this.#run(about, context);
    const defined = this.isDefined(name.startsWith("with") ? `with_${subject}` : subject);
    if (defined === undefined) return context.unknown(call.text, "depends on where it is built");
    return name === "without" || name === "undefined" ? String(Number(!defined)) : String(Number(defined));
  }

  /** A condition of the caller has its default, for nobody calls. */
  #bcond(name: string, rest: string, { maybe }: Context): string | undefined {
    const [, option = "", standard = ""] = /^(\w+)\s*([^]*)$/.exec(rest) ?? [];
    const defaults = { bcond_with: "0", bcond_without: "1", bcond: standard };
    if (!(name in defaults)) return undefined;
    const on = maybe ? undefined : isTrue(evaluate(defaults[name as keyof typeof defaults]));
    if (on === undefined) this.table.defineMaybe(`with_${option}`);
    else if (on) this.table.define(`with_${option}`, { body: "1" });
    return "";
  }
}
