import type { UserError } from "../../domain/errors.js";
import type { Truth } from "./conditions.js";

/** A patch or source that a spec names, wherever the name comes from. */
export interface NamedFile {
  readonly kind: "patch" | "source";
  /** Index of its line. */
  readonly line: number;
  readonly number: number;
  /** The file's name without folders or address; what is written where it cannot be known. */
  readonly file: string;
  /** All that the tag says, with the address; `undefined` where a macro in it cannot be expanded. */
  readonly value: string | undefined;
  /** Why the name cannot be known. */
  readonly trouble: UserError | undefined;
  /** Whether the tag counts. */
  readonly truth: Truth;
  /** Whether a line of its own names it, rather than a macro. */
  readonly written: boolean;
}

/** A tag of the main package, with its macros expanded as far as they can be. */
export interface TagValue {
  /** Index of its line. */
  readonly line: number;
  readonly value: string;
  /** Why it cannot be known. */
  readonly trouble: UserError | undefined;
}

/** A line of `%prep` with the spec's own macros expanded. */
export interface PrepLine {
  readonly line: number;
  readonly text: string;
  readonly truth: Truth;
  readonly comment: boolean;
  /** What `%autosetup` and `%autopatch` apply patches with from here on, where the spec says so itself. */
  readonly scm: string | undefined;
}

export interface Problem {
  /** Index of its line. */
  readonly line: number;
  readonly reason: string;
}

/** What a spec says, read from top to bottom as rpm does. */
export interface SpecFacts {
  readonly named: readonly NamedFile[];
  readonly prep: readonly PrepLine[];
  /** For each line, whether it counts. */
  readonly truths: readonly Truth[];
  /** `name`, `version`, `release`, `epoch` and `url` of the main package. */
  readonly tags: ReadonlyMap<string, TagValue>;
  readonly problems: readonly Problem[];
}

/** Name and version may hold macros; other tags are of no use here but as macros. */
