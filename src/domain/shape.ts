/**
 * What a value from outside has to look like. The command line reads its few keys with these: zod, which is used wherever
 * more is to be checked, takes longer to load than a conversion takes.
 */
export interface Shape<T> {
  /** Throws `Misshapen`. */
  read(value: unknown, key: Key): T;
}

/** What a shape reads. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

export type Key = readonly PropertyKey[];

/** A value is not what it has to be; the message speaks of the value at the key. */
export class Misshapen extends Error {
  override readonly name = "Misshapen";
  readonly key: Key;

  constructor(message: string, key: Key) {
    super(message);
    this.key = key;
  }
}

export const anything: Shape<unknown> = { read: (value) => value };
export const flag: Shape<boolean> = plain("boolean");
export const text: Shape<string> = plain("string");
export const number: Shape<number> = plain("number");

export const someText: Shape<string> = {
  read: (value, key) => {
    const read = text.read(value, key);
    if (read === "") throw new Misshapen("Invalid input: expected a text that is not empty", key);
    return read;
  },
};

export function wholeNumber(least: number, most: number): Shape<number> {
  return {
    read: (value, key) => {
      if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most)
        return value;
      throw new Misshapen(`Invalid input: expected a whole number from ${least} to ${most}`, key);
    },
  };
}

export function oneOf<const T extends string>(options: readonly T[]): Shape<T> {
  return {
    read: (value, key) => {
      const found = options.find((option) => option === value);
      if (found !== undefined) return found;
      const names = options.map((option) => JSON.stringify(option)).join("|");
      throw new Misshapen(`Invalid option: expected one of ${names}`, key);
    },
  };
}

export function list<T>(of: Shape<T>, least = 0): Shape<readonly T[]> {
  return {
    read: (value, key) => {
      if (!Array.isArray(value)) throw unexpected("array", value, key);
      if (value.length < least) throw new Misshapen(`Invalid input: expected ${least} or more`, key);
      return value.map((each: unknown, index) => of.read(each, [...key, index]));
    },
  };
}

/** The first shape that fits. */
export function either<T, U>(one: Shape<T>, other: Shape<U>): Shape<T | U> {
  return {
    read: (value, key) => {
      for (const shape of [one, other]) {
        try {
          return shape.read(value, key);
        } catch (error) {
          if (!(error instanceof Misshapen)) throw error;
          // What is right on the outside says best what is wrong inside.
          if (error.key.length > key.length) throw error;
        }
      }
      throw new Misshapen("Invalid input", key);
    },
  };
}

/** A map with these keys; others are left out. */
export function map<T extends object>(shapes: { readonly [K in keyof T]: Shape<T[K]> }): Shape<T> {
  return {
    read: (value, key) => {
      if (!isMap(value)) throw unexpected("object", value, key);
      const entries = Object.entries<Shape<unknown>>(shapes);
      return Object.fromEntries(
        entries.map(([name, shape]) => [name, shape.read(value[name], [...key, name])]),
      ) as T;
    },
  };
}

/** Where nothing is said, this is meant. */
export function otherwise<T, const U>(shape: Shape<T>, meant: U): Shape<T | U> {
  return { read: (value, key) => (value === undefined ? meant : shape.read(value, key)) };
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return otherwise(shape, undefined);
}

export function turned<T, U>(shape: Shape<T>, turn: (value: T) => U): Shape<U> {
  return { read: (value, key) => turn(shape.read(value, key)) };
}

interface Types {
  boolean: boolean;
  string: string;
  number: number;
}

function plain<K extends keyof Types>(type: K): Shape<Types[K]> {
  return {
    read: (value, key) => {
      if (typeof value === type) return value as Types[K];
      throw unexpected(type, value, key);
    },
  };
}

function unexpected(expected: string, value: unknown, key: Key): Misshapen {
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return new Misshapen(`Invalid input: expected ${expected}, received ${kind}`, key);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
