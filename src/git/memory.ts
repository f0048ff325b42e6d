interface Fact {
  readonly value: unknown;
  readonly size: number;
}

/** Facts of one kind, by the ids of the objects that they are of. */
export interface Shelf<T> {
  recall(id: string): T | undefined;
  keep(id: string, fact: T): void;
}

const megabyte = 1024 ** 2;

/**
 * What was found out about objects. They never change, so a fact holds for ever, in every repository that has the object;
 * what was not asked for the longest time is forgotten first.
 */
export class Memory {
  readonly #limit: number;
  readonly #facts = new Map<string, Fact>();
  #size = 0;

  /** Holds so many bytes, by and large. */
  constructor(limit = 64 * megabyte) {
    this.#limit = limit;
  }

  /** The name stands for what is asked, with every option that the answer depends on. */
  shelf<T>(name: string, sizeOf: (fact: T) => number): Shelf<T> {
    return {
      recall: (id) => this.#recall(`${name} ${id}`) as T | undefined,
      keep: (id, fact) => this.#keep(`${name} ${id}`, { value: fact, size: sizeOf(fact) }),
    };
  }

  #recall(key: string): unknown {
    const fact = this.#facts.get(key);
    if (fact === undefined) return undefined;
    this.#facts.delete(key);
    this.#facts.set(key, fact);
    return fact.value;
  }

  #keep(key: string, { value, size }: Fact): void {
    this.#forget(key);
    const fact = { value, size: size + key.length + overhead };
    if (fact.size > this.#limit) return;
    this.#facts.set(key, fact);
    this.#size += fact.size;
    for (const oldest of this.#facts.keys()) {
      if (this.#size <= this.#limit) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#size -= this.#facts.get(key)?.size ?? 0;
    this.#facts.delete(key);
  }
}

/** Bytes that a fact takes besides its own. */
const overhead = 200;
