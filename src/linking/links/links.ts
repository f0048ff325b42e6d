import type { LinkEntry, Person } from "../../config/configuration.js";
import { nameIn } from "../../config/patterns.js";
import type { RepositoryRef } from "../../domain/refs.js";

/** Two repositories declared to belong together, as one entry of `sluice.yml` says it of them. */
export interface Link {
  readonly sourceGit: RepositoryRef;
  readonly distGit: RepositoryRef;
  readonly entry: LinkEntry;
  /** People who have an account on more than one forge. */
  readonly users: readonly Person[];
}

/** Answers which repositories belong together. */
export interface Links {
  /** The links whose source-git side this repository is: one, unless branches go to different dist-gits. */
  from(sourceGit: RepositoryRef): readonly Link[];
  /** The links whose dist-git side this repository is. */
  to(distGit: RepositoryRef): readonly Link[];
  /** The repositories that are named in full, without `{name}`. */
  named(): readonly RepositoryRef[];
  /** The source-git sides that stand for any repository of one owner or group, `{name}` being the name or a part of it. */
  patterns(): readonly RepositoryRef[];
}

/** `narrow` says of each link what its source-git repository makes of it. */
export function createLinks(
  entries: readonly LinkEntry[],
  users: readonly Person[] = [],
  narrow: (link: Link) => Link = (link) => link,
): Links {
  const found = (link: Omit<Link, "users"> | undefined) => (link ? [narrow({ ...link, users })] : []);
  return {
    from: (sourceGit) => entries.flatMap((entry) => found(linkOf(entry, sourceGit))),
    to: (distGit) => entries.flatMap((entry) => found(linkTo(entry, distGit))),
    named: () =>
      entries
        .flatMap(({ sourceGit, distGit }) => [sourceGit, distGit])
        .filter(({ path }) => !path.includes("{name}")),
    patterns: () =>
      entries
        .map(({ sourceGit }) => sourceGit)
        .filter(({ path }) => /^[^{]*\/[^/]*\{name\}[^/]*$/.test(path)),
  };
}

/** The identity that acts in a repository, by the first link that names one for it; `undefined` where the forge's own does. */
export function identityIn(entries: readonly LinkEntry[], repository: RepositoryRef): string | undefined {
  for (const entry of entries) {
    const { sourceGit, distGit } = entry.identities;
    if (sourceGit !== undefined && linkOf(entry, repository)) return sourceGit;
    if (distGit !== undefined && linkTo(entry, repository)) return distGit;
  }
  return undefined;
}

/** The dist-git branch that stands for a source-git branch; `undefined` where the link leaves it out. */
export function distBranch({ entry }: Link, sourceBranch: string): string | undefined {
  if (entry.onlyBranches?.every((pattern) => !capturing(pattern).test(sourceBranch))) return undefined;
  const exact = entry.branches.find(([from]) => from === sourceBranch);
  if (exact) return exact[1];
  for (const [from, to] of entry.branches) {
    const captures = capturing(from).exec(sourceBranch)?.slice(1);
    if (captures) return fill(to, captures);
  }
  return undefined;
}

/**
 * The source-git branches that a dist-git branch stands for, in the order of the link. A pattern that leaves out on the right
 * what its `*` matched on the left names none: nobody could tell which of them is meant.
 */
export function sourceBranches(link: Link, branch: string): readonly string[] {
  const found = link.entry.branches.flatMap(([from, to]) => {
    if (from.split("*").length !== to.split("*").length) return [];
    const captures = capturing(to).exec(branch)?.slice(1);
    return captures === undefined ? [] : [fill(from, captures)];
  });
  return [...new Set(found)].filter((source) => distBranch(link, source) === branch);
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

function linkOf(entry: LinkEntry, sourceGit: RepositoryRef): Omit<Link, "users"> | undefined {
  if (entry.sourceGit.forge !== sourceGit.forge) return undefined;
  const name = nameIn(entry.sourceGit.path, sourceGit.path);
  if (name === undefined) return undefined;
  const path = entry.distGit.path.replace("{name}", () => name);
  return { sourceGit, distGit: { forge: entry.distGit.forge, path }, entry };
}

function linkTo(entry: LinkEntry, distGit: RepositoryRef): Omit<Link, "users"> | undefined {
  if (entry.distGit.forge !== distGit.forge) return undefined;
  const name = nameIn(entry.distGit.path, distGit.path);
  if (name === undefined) return undefined;
  const path = entry.sourceGit.path.replace("{name}", () => name);
  return { sourceGit: { forge: entry.sourceGit.forge, path }, distGit, entry };
}
