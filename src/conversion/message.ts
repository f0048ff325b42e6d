import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import type { Converted } from "./layout.js";

const own =
  /^(?:Patch-(?:name|id|status|present-in-specfile|before)|Amends-patch|Ignore-patch|No-prefix)[ \t]*:/i;
const listed = 20;

/**
 * The message of a dist-git commit for which nobody gave one: that of the one source-git commit that it carries, without
 * the trailers that are for the conversion, else a list of subjects.
 */
export async function describeConversion(
  source: ObjectStore,
  { head, converted }: { head: CommitId; converted: Converted },
): Promise<string> {
  const changed = converted.patches.filter(({ change }) => change !== "kept");
  const fresh = converted.commits ?? changed.flatMap(({ commits }) => commits);
  const commits = fresh.length === 0 ? [head] : fresh;
  const messages = await Promise.all(
    commits.slice(0, listed).map(async (commit) => (await source.readCommit(commit)).message),
  );
  const [only] = messages;
  if (commits.length === 1 && only !== undefined) return withoutOwnTrailers(only);
  const subjects = messages.map((message) => `- ${message.trimStart().split("\n")[0] ?? ""}`);
  const more = commits.length > listed ? [`- and ${commits.length - listed} more`] : [];
  return `Update from source-git\n\n${[...subjects, ...more].join("\n")}\n`;
}

/** Leaves out our trailers, the lines that continue them, and the paragraph that they alone made. */
export function withoutOwnTrailers(message: string): string {
  let inside = false;
  const lines = message.split("\n").filter((line) => {
    inside = own.test(line) || (inside && /^[ \t]/.test(line));
    return !inside;
  });
  return `${lines.join("\n").trimEnd()}\n`;
}
