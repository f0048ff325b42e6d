/** What an operator wants to know of a cache. */
export type CacheEvent =
  | { readonly kind: "damaged"; readonly store: string; readonly sign: string }
  | { readonly kind: "evicted"; readonly store: string; readonly bytes: number }
  | { readonly kind: "tidied"; readonly store: string; readonly seconds: number }
  | { readonly kind: "untidy"; readonly store: string; readonly error: unknown };

export type Tell = (event: CacheEvent) => void;
