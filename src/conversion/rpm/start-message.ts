import type { Signature } from "../../git/object-store.js";
import { decodeText } from "../../git/text.js";
import { appendTrailer } from "../../git/trailers.js";
import { distCommitTrailer } from "../commit.js";
import { withoutOwnTrailers } from "../message.js";
import type { PatchHead } from "../patches/patch-head.js";

/** What the trailers of a patch's commit say. */
export interface PatchWords {
  readonly file: string;
  /** The number that its tag has to keep. */
  readonly id: number | undefined;
  /** The comment lines above its tag, bytes as latin1. */
  readonly comments: readonly string[];
  /** It changes nothing, and stands for its file alone. */
  readonly isEmpty: boolean;
}

/** The commit message that a patch becomes: its own words, or those before its diff, and the trailers to make it again. */
export function messageOf(head: PatchHead, { file, id, comments, isEmpty }: PatchWords): string {
  const words = head.message === undefined ? "" : withoutOurs(head.message);
  let message = words.trim() === "" ? `Apply ${file}\n\n${head.prose ?? ""}` : words;
  message = appendTrailer(message, { key: "Patch-name", value: quotedIfOdd(file) });
  if (id !== undefined) message = appendTrailer(message, { key: "Patch-id", value: String(id) });
  if (comments.length > 0) message = appendTrailer(message, { key: "Patch-status", value: block(comments) });
  if (isEmpty) message = appendTrailer(message, { key: "Patch-present-in-specfile", value: "true" });
  return message;
}

/** A patch that was made of a source-git commit tells of that one. */
function withoutOurs(message: string): string {
  const stale = new RegExp(`^${distCommitTrailer}:.*\n?`, "gm");
  return withoutOwnTrailers(message).replace(stale, "").replaceAll("\0", "");
}

/** A patch that says no author or date was made by who brought it into dist-git, and then. */
export function authorOf(head: PatchHead, bringer: Signature): Signature {
  return { ...(head.author ?? bringer), date: head.date ?? bringer.date };
}

/** Values are YAML: a name that it would read as something else stands in quotes. */
function quotedIfOdd(file: string): string {
  return /^[A-Za-z][A-Za-z0-9._+-]*$/.test(file) && !/^(?:true|false|null|yes|no|on|off)$/i.test(file)
    ? file
    : JSON.stringify(file);
}

/** As packit writes it: a block of lines that each begin with four blanks. */
function block(comments: readonly string[]): string {
  const lines = comments.map((line) => `    ${decodeText(Buffer.from(line.trim(), "latin1"))}`.trimEnd());
  return `|\n${lines.join("\n")}`;
}
