/** `after-source-merge` as code says it: `afterSourceMerge`. */
export type Camel<Key extends string> = Key extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Key;

export type CamelKeys<Shape> = {
  [Key in keyof Shape as Key extends string ? Camel<Key> : Key]: Exclude<Shape[Key], undefined>;
};

/** The same values under the names that code gives their keys; keys without a value are left out. */
export function camelKeys<Shape extends object>(shape: Shape): CamelKeys<Shape> {
  const given = Object.entries(shape).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [camel(key), value as unknown])) as CamelKeys<Shape>;
}

function camel(key: string): string {
  return key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
