import { patchIdentity } from "./patch-text.js";

/** What a patch says, and what it does file by file; all its bytes as latin1. */
export interface PatchParts {
  /** Everything before the first file: mail or DEP-3 header, a line of `---`, a statistic. */
  readonly header: string;
  readonly sections: readonly PatchSection[];
}

/** What a patch does to one file. */
export interface PatchSection {
  /** The path without the folders that are stripped. */
  readonly path: string;
  /** Its lines before the first hunk. */
  readonly head: string;
  readonly hunks: readonly string[];
  /** Equal for sections of equal effect. */
  readonly identity: string;
}

/** Takes a patch apart; joined again, its parts are the very patch. */
export function readParts(content: Buffer, strip: number): PatchParts {
  const lines = content.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const reader = new Reader();
  for (const [index, line] of lines.entries()) reader.take(line, lines[index + 1] ?? "");
  return {
    header: reader.header.join(""),
    sections: reader.sections.map(({ head, hunks }) => toSection(head.join(""), hunks, strip)),
  };
}

export function joinSections(sections: readonly PatchSection[]): string {
  return sections.map(({ head, hunks }) => head + hunks.join("")).join("");
}

class Reader {
  readonly header: string[] = [];
  readonly sections: { head: string[]; hunks: string[] }[] = [];
  #left = { before: 0, after: 0 };
  #headIsOpen = false;

  take(line: string, next: string): void {
    const section = this.sections.at(-1);
    if (this.#left.before > 0 || this.#left.after > 0) {
      this.#count(line);
      this.#addToHunk(line);
    } else if (section !== undefined && line.startsWith("\\") && section.hunks.length > 0) {
      this.#addToHunk(line);
    } else if (/^(?:diff -|Index: )/.test(line) && !this.#isSecondTitle(line)) {
      this.#open(line, true);
    } else if (line.startsWith("--- ") && next.startsWith("+++ ") && !this.#headIsOpen) {
      this.#open(line, false);
    } else {
      this.#takeOther(line);
    }
  }

  #takeOther(line: string): void {
    const section = this.sections.at(-1);
    if (line.startsWith("+++ ")) this.#headIsOpen = false;
    const counts = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (section === undefined) {
      this.header.push(line);
    } else if (counts !== null) {
      this.#left = { before: Number(counts[1] ?? 1), after: Number(counts[2] ?? 1) };
      this.#headIsOpen = false;
      section.hunks.push(line);
    } else if (section.hunks.length > 0) {
      // Something between two files: it stays with what is before it.
      this.#addToHunk(line);
    } else {
      section.head.push(line);
    }
  }

  /** `Index:` and `diff -u` may both announce one file. */
  #isSecondTitle(line: string): boolean {
    const section = this.sections.at(-1);
    const announced = section?.head.length === 1 || section?.head.at(-1)?.startsWith("=====") === true;
    return this.#headIsOpen && announced && !line.startsWith("Index: ") && !line.startsWith("diff --git ");
  }

  #open(line: string, headIsOpen: boolean): void {
    this.sections.push({ head: [line], hunks: [] });
    this.#headIsOpen = headIsOpen;
  }

  #addToHunk(line: string): void {
    const hunks = this.sections.at(-1)?.hunks;
    if (hunks !== undefined) hunks[hunks.length - 1] = `${hunks.at(-1) ?? ""}${line}`;
  }

  #count(line: string): void {
    if (line.startsWith("\\")) return;
    const { before, after } = this.#left;
    this.#left = {
      before: line.startsWith("+") ? before : before - 1,
      after: line.startsWith("-") ? after : after - 1,
    };
  }
}

function toSection(head: string, hunks: readonly string[], strip: number): PatchSection {
  const identity = patchIdentity(Buffer.from(head + hunks.join(""), "latin1"));
  return { path: pathOf(head, strip), head, hunks, identity };
}

function pathOf(head: string, strip: number): string {
  const named = ["+++ ", "--- "].map((sign) => head.split("\n").find((line) => line.startsWith(sign)));
  const [fresh, old] = named.map((line) => line?.slice(4).split("\t")[0]?.trim());
  const path = fresh === undefined || fresh === "/dev/null" ? old : fresh;
  if (path !== undefined) return path.split("/").slice(strip).join("/");
  const gitLine = /^diff --git (.*)\n/.exec(head)?.[1] ?? "";
  return gitLine
    .slice(Math.floor(gitLine.length / 2) + 1)
    .split("/")
    .slice(strip)
    .join("/");
}
