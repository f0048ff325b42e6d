import type { Former, PatchedFile, PatchedTree } from "./patched-tree.js";

/** What one patch does to a tree, until it is known that all of it can be done. */
export class DraftTree {
  readonly #tree: PatchedTree;
  readonly #former = new Map<string, Former>();
  /** What the paths that the present mail changed held before it. */
  #start = new Map<string, PatchedFile | undefined>();
  #group: number | undefined;

  constructor(tree: PatchedTree) {
    this.#tree = tree;
  }

  get paths(): readonly string[] {
    return [...this.#former.keys()];
  }

  /** Diffs of another mail follow. */
  enter(group: number): void {
    if (this.#group !== group) this.#start = new Map();
    this.#group = group;
  }

  find(path: string): Promise<PatchedFile | undefined> {
    return this.#tree.find(path);
  }

  /** What a path held before the present mail: what git copies and renames. */
  async findAtStart(path: string): Promise<PatchedFile | undefined> {
    return this.#start.has(path) ? this.#start.get(path) : this.#tree.find(path);
  }

  /** Whether the present mail has put another file in a path's place. */
  isReplaced(path: string): boolean {
    return this.#start.has(path);
  }

  hasFolder(path: string): Promise<boolean> {
    return this.#tree.hasFolder(path);
  }

  obstacle(path: string): Promise<string | undefined> {
    return this.#tree.obstacle(path);
  }

  async set(path: string, file: PatchedFile | undefined): Promise<void> {
    if (!this.#start.has(path)) this.#start.set(path, await this.#tree.find(path));
    const former = this.#tree.set(path, file);
    if (!this.#former.has(path)) this.#former.set(path, former);
  }

  rollBack(): void {
    for (const [path, former] of this.#former) this.#tree.restore(path, former);
    this.#former.clear();
  }
}
