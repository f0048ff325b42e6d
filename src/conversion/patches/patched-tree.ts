import type { ObjectStore, TreeEntry } from "../../git/object-store.js";
import { editTree, type TreeChange } from "../../git/trees.js";
import { splitLines } from "./diff-cursor.js";

/** A file, link or submodule of a tree being patched. */
export interface PatchedFile {
  readonly mode: string;
  readonly content: FileContent;
}

/** Bytes as latin1: as a whole, or as lines with their ends. */
export class FileContent {
  #whole: string | undefined;
  #lines: readonly string[] | undefined;

  constructor(content: string | readonly string[]) {
    if (typeof content === "string") this.#whole = content;
    else this.#lines = content;
  }

  get whole(): string {
    return (this.#whole ??= (this.#lines ?? []).join(""));
  }

  get lines(): readonly string[] {
    return (this.#lines ??= splitLines(this.#whole ?? ""));
  }

  get isEmpty(): boolean {
    return this.#lines === undefined ? this.#whole === "" : this.#lines.length === 0;
  }
}

/** What a path was before it was set. */
export interface Former {
  readonly changed: boolean;
  readonly unwritten: boolean;
  readonly file: PatchedFile | undefined;
}

const folderMode = "40000";
const submoduleMode = "160000";
const mostHeld = 8 * 1024 ** 2;

/** A tree while patches change it: nothing is read before it is asked for, nothing written before `write`. */
export class PatchedTree {
  readonly #store: ObjectStore;
  readonly #base: string;
  readonly #folders = new Map<string, Promise<ReadonlyMap<string, TreeEntry> | undefined>>();
  readonly #read = new Map<string, PatchedFile | undefined>();
  readonly #changed = new Map<string, PatchedFile | undefined>();
  readonly #unwritten = new Set<string>();
  #written: string;
  /** Bytes that the store has been given and keeps in memory. */
  #held = 0;

  constructor(store: ObjectStore, treeish: string) {
    this.#store = store;
    this.#base = treeish;
    this.#written = treeish;
  }

  /** Every path that was changed, with what it holds now; `undefined` where it is gone. */
  get changes(): ReadonlyMap<string, PatchedFile | undefined> {
    return this.#changed;
  }

  /** What a path holds; `undefined` for nothing and for a folder. A submodule has no content. */
  async find(path: string): Promise<PatchedFile | undefined> {
    if (this.#changed.has(path)) return this.#changed.get(path);
    if (!this.#read.has(path)) this.#read.set(path, await this.#load(path));
    return this.#read.get(path);
  }

  /** Changes what a path holds; the answer, given to `restore`, takes it back. */
  set(path: string, file: PatchedFile | undefined): Former {
    const former = {
      changed: this.#changed.has(path),
      unwritten: this.#unwritten.has(path),
      file: this.#changed.get(path),
    };
    this.#changed.set(path, file);
    this.#unwritten.add(path);
    return former;
  }

  restore(path: string, { changed, unwritten, file }: Former): void {
    if (changed) this.#changed.set(path, file);
    else this.#changed.delete(path);
    if (!unwritten) this.#unwritten.delete(path);
  }

  /** Whether there is a file below a path. */
  async hasFolder(path: string): Promise<boolean> {
    const below = `${path}/`;
    for (const [each, file] of this.#changed) if (file !== undefined && each.startsWith(below)) return true;
    for (const entry of (await this.#folder(path))?.values() ?? []) {
      const each = `${below}${entry.name}`;
      if (entry.mode === folderMode ? await this.hasFolder(each) : !this.#changed.has(each)) return true;
    }
    return false;
  }

  /** Why there can be no file at a path, in words that follow its name; `undefined` when there can. */
  async obstacle(path: string): Promise<string | undefined> {
    if ((await this.find(path)) !== undefined) return undefined;
    const names = path.split("/");
    for (let length = 1; length < names.length; length += 1) {
      const above = names.slice(0, length).join("/");
      const file = await this.find(above);
      if (file?.mode === "120000") return `is below the symbolic link ${above}`;
      if (file !== undefined) return `is below ${above}, which is no folder`;
    }
    return (await this.hasFolder(path)) ? "is a folder" : undefined;
  }

  /** Writes the changed files and their folders into the store; the answer is the tree. */
  async write(): Promise<string> {
    const changes = new Map<string, TreeChange>();
    for (const path of this.#unwritten) {
      const file = this.#changed.get(path);
      const content = file && Buffer.from(file.content.whole, "latin1");
      changes.set(path, content && { mode: file.mode, id: this.#store.writeBlob(content) });
      this.#held += content?.length ?? 0;
    }
    this.#written = await editTree(this.#store, this.#written, changes);
    this.#unwritten.clear();
    if (this.#held > mostHeld) {
      await this.#store.flush();
      this.#held = 0;
    }
    return this.#written;
  }

  async #load(path: string): Promise<PatchedFile | undefined> {
    const { folder, name } = splitPath(path);
    const entry = (await this.#folder(folder))?.get(name);
    if (entry === undefined || entry.mode === folderMode) return undefined;
    if (entry.mode === submoduleMode) return { mode: entry.mode, content: new FileContent("") };
    const content = await this.#store.readBlob(entry.id);
    return { mode: entry.mode, content: new FileContent(content.toString("latin1")) };
  }

  /** The entries of a folder as it was before any patch. */
  #folder(path: string): Promise<ReadonlyMap<string, TreeEntry> | undefined> {
    let entries = this.#folders.get(path);
    if (entries === undefined) {
      entries = this.#readFolder(path);
      this.#folders.set(path, entries);
    }
    return entries;
  }

  async #readFolder(path: string): Promise<ReadonlyMap<string, TreeEntry> | undefined> {
    if (path === "") return byName(await this.#store.readTree(this.#base));
    const { folder, name } = splitPath(path);
    const entry = (await this.#folder(folder))?.get(name);
    return entry?.mode === folderMode ? byName(await this.#store.readTree(entry.id)) : undefined;
  }
}

function byName(entries: readonly TreeEntry[]): ReadonlyMap<string, TreeEntry> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function splitPath(path: string): { folder: string; name: string } {
  const slash = path.lastIndexOf("/");
  return { folder: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
