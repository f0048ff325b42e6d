interface Fact {
  readonly value: unknown;
  readonly size: number;
  /** The number of the question by which it was last asked for, or told. */
  asked: number;
}

/** Facts of one kind, by the ids of the objects that they are of. */
export interface Shelf<T> {
  recall(id: string): T | undefined;
  keep(id: string, fact: T): void;
  isEmpty(): boolean;
}

const megabyte = 1024 ** 2;
/** Bytes that a fact takes besides its own. */
const overhead = 200;
/** So much is left when something has to go: to find the oldest facts costs more than to forget some more of them. */
const leftOver = 7 / 8;

/**
 * What was found out about objects. They never change, so a fact holds for ever, in every repository that has the object;
 * what was not asked for the longest time is forgotten first.
 */
export class Memory {
  readonly #limit: number;
  /** By shelf, then by id: a conversion asks thousands of times, and no question may have to make a key first. */
  readonly #facts = new Map<string, Map<string, Fact>>();
  #size = 0;
  #questions = 0;

  /** Holds so many bytes, by and large. */
  constructor(limit = 64 * megabyte) {
    this.#limit = limit;
  }

  /** The name stands for what is asked, with every option that the answer depends on. */
  shelf<T>(name: string, sizeOf: (fact: T) => number): Shelf<T> {
    return {
      recall: (id) => this.#recall(name, id) as T | undefined,
      keep: (id, fact) => this.#keep(name, id, { value: fact, size: sizeOf(fact) }),
      isEmpty: () => !this.#facts.has(name),
    };
  }

  #recall(name: string, id: string): unknown {
    const fact = this.#facts.get(name)?.get(id);
    if (fact === undefined) return undefined;
    fact.asked = this.#questions += 1;
    return fact.value;
  }

  #keep(name: string, id: string, { value, size: own }: { value: unknown; size: number }): void {
    this.#forget(name, id);
    const size = own + name.length + id.length + overhead;
    if (size > this.#limit) return;
    const shelf = this.#facts.get(name) ?? new Map<string, Fact>();
    this.#facts.set(name, shelf.set(id, { value, size, asked: (this.#questions += 1) }));
    this.#size += size;
    if (this.#size > this.#limit) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const all = [...this.#facts].flatMap(([name, shelf]) =>
      Array.from(shelf, ([id, { asked }]) => ({ name, id, asked })),
    );
    for (const { name, id } of all.sort((one, other) => one.asked - other.asked)) {
      if (this.#size <= this.#limit * leftOver) return;
      this.#forget(name, id);
    }
  }

  #forget(name: string, id: string): void {
    const shelf = this.#facts.get(name);
    this.#size -= shelf?.get(id)?.size ?? 0;
    shelf?.delete(id);
    if (shelf?.size === 0) this.#facts.delete(name);
  }
}
