import { decodeText } from "../../git/text.js";
import { UserError } from "../../domain/errors.js";
import { Conditions, type Truth } from "./conditions.js";
import { unknownText } from "./expression.js";
import { MacroTable } from "./macro-table.js";
import type { NamedFile, PrepLine, Problem, SpecFacts, TagValue } from "./spec-facts.js";
import type { Spec, SpecLine } from "./spec-lines.js";
import { Expander, verbatim } from "./spec-macros.js";

const macroTags = /^\s*(name|version|release|epoch|url)\s*:\s*(.*?)\s*$/i;
const fileTag = /^\s*(patch|source)(\d*)\s*:\s*(.*?)\s*$/i;
const literalPercent = "\uFFFE";
const definitions = /%\{?[!?]*(?:define|global|undefine|bcond)|%\{[!?]*\w+:[^}]*%(?:define|global)/;

/** The kernels of distributions have some thousand. */
const mostNamed = 20_000;

export function walkSpec(spec: Spec, path: string): SpecFacts {
  return new Walk(spec, path).run();
}

class Walk {
  readonly #spec: Spec;
  readonly #path: string;
  readonly #expander = new Expander(new MacroTable());
  readonly #conditions = new Conditions(this.#expander);
  readonly #numbers = { patch: -1, source: -1 };
  /** For each open `%if`: the numbers before it, and the highest behind its branches. */
  readonly #branches: { readonly before: Numbers; highest: Numbers }[] = [];

  readonly #named: NamedFile[] = [];
  readonly #prep: PrepLine[] = [];
  readonly #truths: Truth[] = [];
  readonly #tags = new Map<string, TagValue>();
  readonly #problems: Problem[] = [];
  /** What the tags of `#named` say as it is written. */
  readonly #written: string[] = [];

  constructor(spec: Spec, path: string) {
    this.#spec = spec;
    this.#path = path;
  }

  run(): SpecFacts {
    const { lines } = this.#spec;
    for (let index = 0; index < lines.length;) {
      const last = this.#lastOf(index);
      const text = lines
        .slice(index, last + 1)
        .map((each) => each.text)
        .join("\n");
      this.#take(index, text);
      for (let each = index; each <= last; each += 1) this.#truths[each] = this.#conditions.here;
      index = last + 1;
    }
    this.#expander.table.branches = [];
    return {
      named: this.#named.map((named, index) => this.#again(named, this.#written[index] ?? "")),
      prep: this.#prep,
      truths: this.#truths,
      tags: this.#tags,
      problems: this.#problems,
    };
  }

  #lastOf(index: number): number {
    const { lines } = this.#spec;
    let last = index;
    while (lines[last + 1]?.first === index) last += 1;
    // A condition, and a command of %prep, goes on behind a backslash.
    const joins = lines[index]?.kind === "condition" || lines[index]?.section === "prep";
    while (joins && lines[last]?.text.endsWith("\\") === true && lines[last + 1]?.kind === "plain") last += 1;
    return last;
  }

  #take(index: number, text: string): void {
    const line = this.#spec.lines[index];
    if (line === undefined) return;
    if (line.kind === "condition") {
      this.#turn(index, text);
      return;
    }
    if (this.#conditions.here === "false") {
      this.#takeUnread(index, line);
      return;
    }
    this.#expander.table.branches = this.#conditions.branches;
    if (line.section === "prep") this.#takePrep(index, line, text);
    else if (/^(?:preamble|package)$/.test(line.section)) this.#takeTag(index, line, text);
    else if (/^(?:patchlist|sourcelist)$/.test(line.section)) this.#takeListed(index, line, text);
    else if (definitions.test(text)) this.#expander.expand(text, verbatim);
  }

  #turn(index: number, text: string): void {
    const numbers = { ...this.#numbers };
    this.#expander.table.branches = this.#conditions.branches;
    const kind = this.#conditions.turn(index, text);
    if (kind === "if") this.#branches.push({ before: numbers, highest: numbers });
    const block = this.#branches.at(-1);
    if (kind === undefined || block === undefined) return;
    block.highest = higher(block.highest, numbers);
    Object.assign(this.#numbers, kind === "endif" ? block.highest : block.before);
    if (kind === "endif") this.#branches.pop();
  }

  /** A tag that does not count is a tag all the same, for those who edit the spec. */
  #takeUnread(index: number, line: SpecLine): void {
    if (line.kind !== "plain") return;
    const listed = /^(patch|source)list$/.exec(line.section);
    const tag = /^(?:preamble|package)$/.test(line.section) ? fileTag.exec(line.text) : null;
    if (listed === null && tag === null) return;
    const kind = (listed?.[1] ?? tag?.[1] ?? "").toLowerCase() === "patch" ? "patch" : "source";
    const number = (tag?.[2] ?? "") === "" ? this.#numbers[kind] + 1 : Number(tag?.[2]);
    this.#refuseMany(index);
    const named = this.#nameOf(index, tag?.[3] ?? line.text.trim());
    this.#written.push(tag?.[3] ?? line.text.trim());
    this.#named.push({ kind, line: index, number, ...named, truth: "false", written: true });
  }

  #takePrep(index: number, { kind }: SpecLine, text: string): void {
    // A per cent sign that stands for itself must not look like that of a macro.
    const marked = text.replace(/%%/g, literalPercent);
    const expanded = kind === "blank" ? "" : this.#expander.expand(marked, verbatim);
    const joined = expanded.replaceAll(literalPercent, "%%").replace(/\\\r?\n/g, " ");
    const macro = this.#expander.table.find("__scm");
    const scm = typeof macro === "object" ? macro.body : undefined;
    for (const each of joined.split("\n")) {
      const truth = this.#conditions.here;
      this.#prep.push({ line: index, text: each, truth, comment: kind === "comment", scm });
    }
  }

  #takeTag(index: number, line: SpecLine, text: string): void {
    const tag = line.kind === "plain" ? fileTag.exec(text) : null;
    if (tag !== null) {
      this.#addFile(index, tag);
      return;
    }
    const main = line.section === "preamble" && line.kind === "plain" ? macroTags.exec(text) : null;
    if (main !== null) {
      this.#setTag(index, (main[1] ?? "").toLowerCase(), main[2] ?? "");
      return;
    }
    const expanded = this.#expander.expand(text, verbatim);
    if (line.kind === "comment") return;
    if (expanded !== text) this.#takeMade(index, expanded);
    this.#reportOpaque(index, expanded);
  }

  #setTag(line: number, name: string, written: string): void {
    const { text, unknown } = this.#expand(written);
    const trouble = unknown && unknownValue(unknown, `${this.#path}:${line + 1}`);
    this.#tags.set(name, { line, value: fromSpec(text), trouble });
    for (const macro of [name, name.toUpperCase()]) this.#expander.table.define(macro, { body: text });
  }

  /** Tags that a macro writes. */
  #takeMade(index: number, text: string): void {
    for (const each of text.split("\n")) {
      const tag = fileTag.exec(each);
      if (tag !== null) this.#addFile(index, tag, false);
    }
  }

  /** What would give tags if it were executed. */
  #reportOpaque(index: number, expanded: string): void {
    const macro = /^\s*(%\{(?:lua|load)\b|%\(|%include\b)/m.exec(expanded)?.[1];
    if (macro === undefined) return;
    const what = macro.startsWith("%(")
      ? "a shell command"
      : macro.includes("lua")
        ? "a Lua program"
        : "another file";
    this.#problems.push({ line: index, reason: `what ${what} writes here is not known` });
  }

  #takeListed(index: number, { kind, section }: SpecLine, text: string): void {
    if (kind === "comment" || kind === "blank" || kind === "section") return;
    const word = section === "patchlist" ? "patch" : "source";
    const known = definitions.test(text) ? this.#expander.expand(text, verbatim) : text;
    for (const each of known.split("\n").filter((one) => one.trim() !== "")) {
      this.#addFile(index, [each, word, "", each.trim()]);
    }
  }

  #addFile(index: number, [, word = "", digits = "", value = ""]: readonly string[], written = true): void {
    const kind = word.toLowerCase() === "patch" ? "patch" : "source";
    const number = digits === "" ? this.#numbers[kind] + 1 : Number(digits);
    // As rpm has counted since 4.15: behind the highest, not behind the last.
    this.#numbers[kind] = Math.max(this.#numbers[kind], number);
    const truth = this.#conditions.here;
    this.#refuseMany(index);
    this.#written.push(value);
    this.#named.push({ kind, line: index, number, ...this.#nameOf(index, value), truth, written });
  }

  #refuseMany(index: number): void {
    if (this.#named.length < mostNamed) return;
    throw new UserError("unsupported", {
      message: `the spec names more than ${mostNamed} sources and patches`,
      where: `${this.#path}:${index + 1}`,
    });
  }

  /** rpm expands names once more when it has read all: a macro may be defined behind the tag that needs it. */
  #again(named: NamedFile, written: string): NamedFile {
    return named.trouble === undefined ? named : { ...named, ...this.#nameOf(named.line, written) };
  }

  /** Only what follows the last slash matters: a server's name that nobody knows does not. */
  #nameOf(index: number, written: string): Pick<NamedFile, "file" | "trouble" | "value"> {
    const where = `${this.#path}:${index + 1}`;
    const whole = this.#expand(written);
    const name = this.#expand(written, (text) => text.slice(text.lastIndexOf("/") + 1));
    const value = whole.unknown === undefined ? fromSpec(whole.text) : undefined;
    const file = fromSpec(name.text);
    if (name.unknown !== undefined) return { file, value, trouble: unknownValue(name.unknown, where) };
    if (file !== "" && file !== "." && file !== "..") return { file, value, trouble: undefined };
    const trouble = new UserError("invalid", { message: "this tag has no file name", where });
    return { file, value, trouble };
  }

  /** The text, cut to what is needed of it, with what cannot be expanded as it is written, and the first such macro. */
  #expand(text: string, cut = (whole: string) => whole): { text: string; unknown: Unknown | undefined } {
    const unknowns: Unknown[] = [];
    const expanded = this.#expander.expand(text, (macro, why) => {
      unknowns.push({ macro, why });
      return `${unknownText}${unknowns.length - 1}${unknownText}`;
    });
    const needed = cut(expanded);
    const place = new RegExp(`${unknownText}(\\d+)${unknownText}`, "g");
    const [, first] = place.exec(needed) ?? [];
    return {
      text: needed.replace(place, (_, at: string) => unknowns[Number(at)]?.macro ?? ""),
      unknown: first === undefined ? undefined : unknowns[Number(first)],
    };
  }
}

interface Unknown {
  readonly macro: string;
  readonly why: string;
}

/** A spec is read as latin1. */
function fromSpec(text: string): string {
  return decodeText(Buffer.from(text, "latin1"));
}

interface Numbers {
  readonly patch: number;
  readonly source: number;
}

function higher(one: Numbers, other: Numbers): Numbers {
  return { patch: Math.max(one.patch, other.patch), source: Math.max(one.source, other.source) };
}

function unknownValue({ macro, why }: Unknown, where: string): UserError {
  const shown = macro.length > 80 ? `${macro.slice(0, 77)}...` : macro;
  return new UserError("unsupported", {
    message: `the macro ${shown} ${why}, and its value is needed here`,
    where,
    remedy: "Write the name out, or define the macro with a literal value in the spec.",
  });
}
