import { readGitNames, readName } from "./diff-names.js";
import { patchIdentity } from "./patch-text.js";

/** What a patch says, and what it does file by file; all its bytes as latin1. */
export interface PatchParts {
  /** Everything before the first file: mail or DEP-3 header, a line of `---`, a statistic. */
  readonly header: string;
  readonly sections: readonly PatchSection[];
  /** Everything behind the last hunk, as the signature of a mail. */
  readonly footer: string;
}

/** What a patch does to one file. */
export interface PatchSection {
  /** The path without the folders that are stripped. */
  readonly path: string;
  /** The path by its line of `---`, where that says another. */
  readonly oldPath: string | undefined;
  /** Its lines before the first hunk. */
  readonly head: string;
  readonly hunks: readonly string[];
  /** What stands behind its last hunk and is no other file's, as the head of the next mail in one file. */
  readonly tail: string;
  /** Equal for sections of equal effect. */
  readonly identity: string;
}

/** Takes a patch apart; joined again, its parts are the very patch. */
export function readParts(content: Buffer, strip: number): PatchParts {
  const lines = content.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const reader = new Reader();
  for (const [index, line] of lines.entries()) reader.take(line, lines[index + 1] ?? "");
  const footer = reader.cutFooter();
  return {
    footer,
    header: reader.header.join(""),
    sections: reader.sections.map((section) => toSection(section, strip)),
  };
}

export function joinSections(sections: readonly PatchSection[]): string {
  return sections.map(({ head, hunks, tail }) => head + hunks.join("") + tail).join("");
}

interface OpenSection {
  readonly head: string[];
  readonly hunks: string[];
  tail: string;
}

class Reader {
  readonly header: string[] = [];
  readonly sections: OpenSection[] = [];
  #left = { before: 0, after: 0 };
  #headIsOpen = false;

  take(line: string, next: string): void {
    const section = this.sections.at(-1);
    if (this.#left.before > 0 || this.#left.after > 0) {
      this.#count(line);
      addToHunk(section, line);
    } else if (section?.tail === "" && line.startsWith("\\") && section.hunks.length > 0) {
      addToHunk(section, line);
    } else if (/^(?:diff -|Index: )/.test(line) && !this.#isSecondTitle(line)) {
      this.#open(line, true);
    } else if (line.startsWith("--- ") && next.startsWith("+++ ") && !this.#headIsOpen) {
      this.#open(line, false);
    } else {
      this.#takeOther(line);
    }
  }

  /** Takes from the last section what is none of it. */
  cutFooter(): string {
    const last = this.sections.at(-1);
    const footer = last?.tail ?? "";
    if (last !== undefined) last.tail = "";
    return footer;
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
      // Something between two hunks of one file stays with the first.
      addToHunk(section, section.tail);
      section.tail = "";
      section.hunks.push(line);
    } else if (section.hunks.length > 0) {
      section.tail += line;
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
    this.sections.push({ head: [line], hunks: [], tail: "" });
    this.#headIsOpen = headIsOpen;
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

function addToHunk(section: OpenSection | undefined, line: string): void {
  const last = section?.hunks.pop();
  if (last !== undefined) section?.hunks.push(`${last}${line}`);
}

function toSection({ head: lines, hunks, tail }: OpenSection, strip: number): PatchSection {
  const head = lines.join("");
  const identity = patchIdentity(Buffer.from(head + hunks.join(""), "latin1"));
  return { path: pathOf(head, strip), oldPath: oldPathOf(head, strip), head, hunks, tail, identity };
}

function oldPathOf(head: string, strip: number): string | undefined {
  const named = /^--- ([^\t\r\n]+)/m.exec(head)?.[1];
  const folders = named?.split("/").slice(strip) ?? [];
  return folders.filter((folder) => folder !== ".").join("/") || undefined;
}

function pathOf(head: string, strip: number): string {
  const named = ["+++ ", "--- "].map((sign) => head.split("\n").find((line) => line.startsWith(sign)));
  const [fresh, old] = named.map((line) => line && readName(line.slice(4)).name);
  const gitLine = /^diff --git (.*)\n/.exec(head)?.[1] ?? "";
  const path = fresh ?? old ?? readGitNames(gitLine)?.new ?? "";
  return path.split("/").slice(strip).join("/");
}
