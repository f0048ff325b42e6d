import type { LinkEntry } from "../config/configuration.js";
import type { RepositoryRef } from "../domain/refs.js";

/** Two repositories declared to belong together, as one entry of `sluice.yml` says it of them. */
export interface Link {
  readonly sourceGit: RepositoryRef;
  readonly distGit: RepositoryRef;
  readonly entry: LinkEntry;
}

/** Answers which repositories belong together. */
export interface Links {
  /** The links whose source-git side this repository is: one, unless branches go to different dist-gits. */
  from(sourceGit: RepositoryRef): readonly Link[];
}

export function createLinks(entries: readonly LinkEntry[]): Links {
  return {
    from: (sourceGit) => entries.flatMap((entry) => linkOf(entry, sourceGit) ?? []),
  };
}

/** The dist-git branch that stands for a source-git branch; `undefined` where the link leaves it out. */
export function distBranch({ entry }: Link, sourceBranch: string): string | undefined {
  const exact = entry.branches.find(([from]) => from === sourceBranch);
  if (exact) return exact[1];
  for (const [from, to] of entry.branches) {
    const captures = capturing(from).exec(sourceBranch)?.slice(1);
    if (captures) return fill(to, captures);
  }
  return undefined;
}

/** A `*` stands for any characters, slashes too, as in GitLab's protected branches. */
function capturing(pattern: string): RegExp {
  const literals = pattern.split("*").map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literals.join("(.*)")}$`);
}

/** The n-th `*` of the dist-git pattern stands for what the n-th `*` of the source-git pattern matched. */
function fill(pattern: string, captures: readonly (string | undefined)[]): string {
  let next = 0;
  return pattern.replace(/\*/g, () => captures[next++] ?? "");
}

function linkOf(entry: LinkEntry, sourceGit: RepositoryRef): Link | undefined {
  if (entry.sourceGit.forge !== sourceGit.forge) return undefined;
  const name = nameIn(entry.sourceGit.path, sourceGit.path);
  if (name === undefined) return undefined;
  const path = entry.distGit.path.replace("{name}", () => name);
  return { sourceGit, distGit: { forge: entry.distGit.forge, path }, entry };
}

/** What stands in place of `{name}`: one path component; the empty string where the pattern has no placeholder. */
function nameIn(pattern: string, path: string): string | undefined {
  const [before = "", after] = pattern.split("{name}");
  const compared = path.toLowerCase();
  if (after === undefined) return compared === pattern.toLowerCase() ? "" : undefined;
  const fits =
    compared.startsWith(before.toLowerCase()) &&
    compared.endsWith(after.toLowerCase()) &&
    path.length > before.length + after.length;
  const name = path.slice(before.length, path.length - after.length);
  return fits && !name.includes("/") ? name : undefined;
}
