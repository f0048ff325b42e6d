import { LineCursor } from "./diff-cursor.js";
import { readGitNames, readName, type NamedSide } from "./diff-names.js";
import { readBinary, type BinaryChange } from "./git-binary.js";
import { hunkStart, readHunk, type Hunk } from "./hunk.js";

/** What a patch does to one file. Names are not stripped, their bytes are latin1. */
export interface FileDiff {
  /** The line of the patch on which its hunks begin, or its end where it has none. */
  readonly line: number;
  /** Diffs of one mail have one number: renames among them all start from what there was before the first. */
  readonly group: number;
  /** As `---`, `+++` and `Index:` say. */
  readonly old: string | undefined;
  readonly new: string | undefined;
  readonly index: string | undefined;
  /** Whether there is no such file before, or after: `perhaps` where only an empty range says so. */
  readonly absent: { readonly old: Absence; readonly new: Absence };
  readonly git: GitHeader | undefined;
  readonly hunks: readonly Hunk[];
  /** `lacking`: it says that a binary file differs, and no more. */
  readonly binary: BinaryChange | "lacking" | undefined;
  /** The header's lines end in CRLF, and so the whole diff was written. */
  readonly carriageReturns: boolean;
  /** Why it cannot be read to its end. */
  readonly damage: string | undefined;
}

export type Absence = "no" | "perhaps" | "surely";

/** What the lines after `diff --git` say. */
export interface GitHeader {
  readonly names: { readonly old: string; readonly new: string } | undefined;
  readonly oldMode: string | undefined;
  readonly newMode: string | undefined;
  readonly move: Move | undefined;
}

/** Its names have no `a/` and `b/`. `uncopy` is the reverse of a copy: `from` goes. */
export interface Move {
  readonly kind: "rename" | "copy" | "uncopy";
  readonly from: string;
  readonly to: string;
}

export interface Diffs {
  /** Everything before the first diff. */
  readonly header: Buffer;
  readonly files: readonly FileDiff[];
  /** A diff of another kind that patch(1) would apply and we do not. */
  readonly foreign: { readonly line: number; readonly kind: string } | undefined;
}

/** Reads every diff of a patch file as patch(1) and git do, whatever stands between them. Never throws. */
export function readDiffs(patch: Buffer): Diffs {
  const reader = new DiffReader(patch.toString("latin1"));
  reader.read();
  const header = patch.subarray(0, reader.start ?? patch.length);
  const foreign = reader.foreign ?? (reader.files.length === 0 ? findCommands(patch) : undefined);
  return { header, files: reader.files, foreign };
}

interface Draft {
  before: NamedSide | undefined;
  after: NamedSide | undefined;
  index: string | undefined;
  git: { -readonly [key in keyof GitHeader]: GitHeader[key] } | undefined;
  /** Whether git's lines say anything that needs no hunks. */
  extended: boolean;
  absent: { old: Absence; new: Absence };
  carriageReturns: boolean;
}

const headerLine =
  /^(?:diff |Index:|={20,}|--- |\+\+\+ |index |RCS file: |retrieving revision |(?:old|new|deleted file|new file) mode |(?:dis)?similarity index |(?:rename|copy) (?:from|to) |GIT binary patch|Binary files )/;

const contextRange = /^\*\*\* \d+(?:,\d+)? \*\*\*\*\r?$/;
const normalDiff = /^\d+(?:,\d+)?[acd]\d+(?:,\d+)?\r?\n[<>] /m;
const edScript = /^\d+(?:,\d+)?[acd]\r?\n(?:[^]*?\n)?\.\r?$/m;

function findCommands(patch: Buffer): Diffs["foreign"] {
  const text = patch.toString("latin1");
  for (const [kind, pattern] of [
    ["normal diff", normalDiff],
    ["ed script", edScript],
  ] as const) {
    const found = pattern.exec(text);
    if (found !== null) return { line: text.slice(0, found.index).split("\n").length, kind };
  }
  return undefined;
}

class DiffReader {
  readonly files: FileDiff[] = [];
  foreign: Diffs["foreign"];
  /** Where the header of the first diff begins. */
  start: number | undefined;
  readonly #cursor: LineCursor;
  #draft = newDraft();
  #group = 0;
  /** Where the present run of header lines began. */
  #run: number | undefined;

  constructor(text: string) {
    this.#cursor = new LineCursor(text);
  }

  read(): void {
    while (!this.#cursor.ended) this.#takeLine();
    this.#endWithoutHunks();
  }

  #takeLine(): void {
    const cursor = this.#cursor;
    const line = cursor.peek() ?? "";
    // A hunk without a header is passed over, as patch does.
    if (hunkStart.test(line) && hasHeader(this.#draft)) {
      this.#takeHunks();
      return;
    }
    const at = cursor.at;
    cursor.next();
    if (headerLine.test(line)) this.#run ??= at;
    else this.#run = undefined;
    if (line.startsWith("diff --git ")) this.#startGit(line, at);
    else if (line.startsWith("From ") && /^From [0-9a-f]{40}/.test(line)) this.#startMail();
    else if (contextRange.test(line)) this.foreign ??= { line: cursor.number - 1, kind: "context diff" };
    else this.#takeHeader(line);
  }

  #takeHeader(line: string): void {
    const draft = this.#draft;
    if (line.startsWith("--- ")) draft.before = readName(line.slice(4));
    else if (line.startsWith("+++ ")) draft.after = readName(line.slice(4));
    else if (line.startsWith("Index:")) draft.index = readName(line.slice(6)).name;
    else if (draft.git !== undefined) this.#takeGitHeader(line, draft.git);
    if (/^(?:--- |\+\+\+ |Index:)/.test(line)) draft.carriageReturns = line.endsWith("\r");
  }

  #startMail(): void {
    this.#endWithoutHunks();
    this.#group += 1;
  }

  #startGit(line: string, at: number): void {
    this.#endWithoutHunks();
    this.#run = at;
    const names = readGitNames(line.slice("diff --git ".length));
    this.#draft = newDraft();
    this.#draft.git = { names, oldMode: undefined, newMode: undefined, move: undefined };
  }

  #takeGitHeader(line: string, git: NonNullable<Draft["git"]>): void {
    const draft = this.#draft;
    const [, key = "", value = ""] =
      /^(index|old mode|new mode|deleted file mode|new file mode|(?:rename|copy) (?:from|to)|GIT binary patch|Binary files) ?(.*?)\r?$/.exec(
        line,
      ) ?? [];
    if (key === "") return;
    draft.extended = true;
    if (key === "index") takeIndexLine(value, git, draft);
    else if (key === "old mode" || key === "deleted file mode") git.oldMode = value;
    else if (key === "new mode" || key === "new file mode") git.newMode = value;
    else if (key === "GIT binary patch") this.#takeBinary();
    else if (key === "Binary files") this.#push({ binary: "lacking" });
    else git.move = moved(git.move, key, value);
    if (key === "new file mode") draft.absent.old = "surely";
    if (key === "deleted file mode") draft.absent.new = "surely";
  }

  #takeBinary(): void {
    const binary = readBinary(this.#cursor);
    this.#push(
      binary === undefined
        ? { damage: `has damaged binary content before its line ${this.#cursor.number}` }
        : { binary },
    );
  }

  #takeHunks(): void {
    const cursor = this.#cursor;
    const hunks: Hunk[] = [];
    while (hunkStart.test(cursor.peek() ?? "")) {
      const hunk = readHunk(cursor);
      if ("malformed" in hunk) {
        this.#push({ hunks, damage: `has a malformed hunk at line ${hunk.malformed}` });
        return;
      }
      hunks.push(hunk);
    }
    this.#push({ hunks });
  }

  /** A file of which git says something that needs no hunks: a mode, a new name, that it is new and empty. */
  #endWithoutHunks(): void {
    if (this.#draft.extended) this.#push({});
    this.#draft = newDraft();
  }

  #push({ hunks = [], binary, damage }: Partial<Pick<FileDiff, "hunks" | "binary" | "damage">>): void {
    const { before, after, index, git, absent, carriageReturns } = this.#draft;
    this.start ??= this.#run ?? this.#cursor.at;
    const [first] = hunks;
    this.files.push({
      line: first?.line ?? this.#cursor.number,
      group: this.#group,
      old: before?.name,
      new: after?.name,
      index,
      absent: {
        old: absence(absent.old, before, first?.oldStart),
        new: absence(absent.new, after, first?.newStart),
      },
      git,
      hunks,
      binary,
      carriageReturns,
      damage,
    });
    this.#draft = newDraft();
    this.#run = undefined;
  }
}

function newDraft(): Draft {
  return {
    before: undefined,
    after: undefined,
    index: undefined,
    git: undefined,
    extended: false,
    absent: { old: "no", new: "no" },
    carriageReturns: false,
  };
}

function hasHeader({ before, after, index, git }: Draft): boolean {
  return before !== undefined || after !== undefined || index !== undefined || git !== undefined;
}

/** An empty range is at line 0 only when the file is new, gone or empty. */
function absence(told: Absence, side: NamedSide | undefined, start: number | undefined): Absence {
  if (told === "surely" || start !== 0) return told;
  return side?.absent === true ? "surely" : "perhaps";
}

function takeIndexLine(value: string, git: NonNullable<Draft["git"]>, { absent }: Draft): void {
  const [, before = "", after = "", mode] = /^([0-9a-f]+)\.\.([0-9a-f]+)(?: (\d+))?/.exec(value) ?? [];
  if (/^0+$/.test(before)) absent.old = "surely";
  if (/^0+$/.test(after)) absent.new = "surely";
  if (mode === undefined) return;
  git.oldMode ??= mode;
  git.newMode ??= mode;
}

function moved(move: Move | undefined, key: string, value: string): Move {
  const kind = key.startsWith("rename") ? "rename" : "copy";
  const name = value.startsWith('"') ? (readName(value).name ?? value) : value;
  return key.endsWith("from")
    ? { kind, from: name, to: move?.to ?? name }
    : { kind, from: move?.from ?? name, to: name };
}
