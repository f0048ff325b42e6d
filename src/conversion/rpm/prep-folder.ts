import { posix } from "node:path";
import type { PrepLine } from "./spec-facts.js";

/** Where patches are applied, from the top of the source tree (`""`); `undefined` where only a shell could tell. */
export type PrepFolderName = string | undefined;

const setup = /%\{?(?:auto)?setup\b([^}]*)/;
const moving = /(?:^|[;&|({]|\b(?:then|do|else)\s)\s*(?:cd|pushd|popd)\b/;
/** One step in plain sight, with what ends it. */
const step =
  /^\s*(cd|pushd|popd)(?:\s+([^\s;&|#>()]+))?\s*(?:>+\s*\/dev\/null\s*(?:2>&1\s*)?)?(?:#.*|;|&&|\|\|\s*exit(?:\s+\d+)?\s*(?=$|[;)])|$|(?=\)))/;
/** Nothing that a shell would expand, and nothing that git would quote. */
const literal = /^(?:[A-Za-z0-9._+@=,:-]+\/*)+$/;

/** Follows the shell of `%prep` from folder to folder, as far as the text is certain. */
export class PrepFolder {
  #here: PrepFolderName = "";
  #previous: PrepFolderName;
  #stack: PrepFolderName[] = [];
  /** What the lines of subshells that are open return to. */
  readonly #outside: PrepFolderName[] = [];
  /** `%setup -c` makes a folder around the source tree, and nobody but the archive says how that is called. */
  #isAround = false;

  /** The folder behind the last line that was taken. */
  get here(): PrepFolderName {
    return this.#here;
  }

  /** The folder in which a line applies patches. */
  take({ text, truth, comment }: PrepLine): PrepFolderName {
    if (comment || truth === "false") return this.#here;
    const made = setup.exec(text);
    if (made !== null) return this.#setUp(made[1] ?? "");
    if (moving.test(text) || /^\s*[()]|\)\s*$/.test(text)) return this.#move(text, truth);
    return this.#here;
  }

  /** What a path names that is given there. */
  within(path: string): PrepFolderName {
    const name = path.replace(/^(["'])(.*)\1$/, "$2");
    if (this.#here === undefined || this.#isAround || !literal.test(name)) return undefined;
    const joined = posix.join(this.#here, name).replace(/\/+$/, "");
    if (joined === ".." || joined.startsWith("../")) return undefined;
    return joined === "." ? "" : joined;
  }

  #setUp(options: string): PrepFolderName {
    const words = /^[^;|&#]*/.exec(options)?.[0] ?? "";
    const name = /(?:^|\s)-[A-Za-z]*n\s*["']?([^\s"']+)/.exec(words)?.[1] ?? "";
    this.#isAround = /(?:^|\s)-[A-Za-mo-z]*c/.test(words);
    const below = name.split("/").slice(1).join("/");
    this.#stack = [];
    if (below === "" || this.#isAround) this.#here = "";
    else this.#here = literal.test(below) ? posix.normalize(below).replace(/\/+$/, "") : undefined;
    return this.#here;
  }

  #move(text: string, truth: PrepLine["truth"]): PrepFolderName {
    let rest = text;
    if (/^\s*\(/.test(rest)) {
      this.#outside.push(this.#here);
      rest = rest.replace(/^\s*\(/, "");
    }
    rest = this.#follow(rest, truth);
    const applying = this.#here;
    // What stands behind another command moves those of the next line.
    const [first = "", ...parts] = rest.split(/;|&&|\|\|/);
    if (moving.test(first)) this.#here = undefined;
    for (const part of parts) {
      const left = this.#follow(part.replace(/^\s*(?:do|then|else|\{)\s/, ""), truth);
      if (moving.test(left)) this.#here = undefined;
    }
    if (/\)\s*(?:#.*)?$/.test(rest) && this.#outside.length > 0) this.#here = this.#outside.pop();
    return applying;
  }

  /** Takes the steps at the beginning of a command; the answer is what follows them. */
  #follow(commands: string, truth: PrepLine["truth"]): string {
    let rest = commands;
    for (let match = step.exec(rest); match !== null && rest.trim() !== ""; match = step.exec(rest)) {
      this.#step(match[1] ?? "", match[2], truth);
      rest = rest.slice(match[0].length);
    }
    return rest;
  }

  #step(word: string, path: string | undefined, truth: PrepLine["truth"]): void {
    const before = this.#here;
    if (word === "popd") {
      this.#here = path === undefined && this.#stack.length > 0 ? this.#stack.pop() : undefined;
    } else if (word === "cd" && path === "-") {
      this.#here = this.#previous;
    } else {
      this.#here = path === undefined ? undefined : this.within(path);
      if (word === "pushd") this.#stack.push(before);
    }
    // Whether it was gone there at all is not known; what `pushd` opens, `popd` closes.
    if (word === "cd" && truth === "unknown") this.#here = undefined;
    this.#previous = before;
  }
}
