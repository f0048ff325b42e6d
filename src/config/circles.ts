import type { LinkEntry, RepositoryPattern } from "./configuration.js";
import { nameIn, placeholder } from "./patterns.js";

/** One step from a repository to the one that mirrors it, by the index of the link. */
interface Step {
  readonly to: string;
  readonly link: number;
}

/** Stands for every name that the file does not say; no repository is called so. */
const anyName = "\u0000";

/**
 * Links that lead from a repository back to itself, by their indexes: a merge request would be mirrored round and round, with
 * all that is said of it. One circle is found of those that hang together.
 */
export function circlesIn(entries: readonly (LinkEntry | undefined)[]): readonly (readonly number[])[] {
  const steps = stepsOf(entries);
  const circles = new Map<string, readonly number[]>();
  const left = new Set<string>();
  const walk = (place: string, way: readonly (Step & { readonly from: string })[]) => {
    const begin = way.findIndex(({ from }) => from === place);
    if (begin >= 0) {
      const links = [...new Set(way.slice(begin).map(({ link }) => link))].sort((one, other) => one - other);
      circles.set(links.join(" "), links);
      return;
    }
    if (left.has(place)) return;
    for (const step of steps.get(place) ?? []) walk(step.to, [...way, { ...step, from: place }]);
    left.add(place);
  };
  for (const place of steps.keys()) walk(place, []);
  return [...circles.values()];
}

/** Every link for every name that may matter. */
function stepsOf(entries: readonly (LinkEntry | undefined)[]): ReadonlyMap<string, readonly Step[]> {
  const steps = new Map<string, Step[]>();
  const names = namesIn(entries.flatMap((entry) => (entry ? [entry.sourceGit, entry.distGit] : [])));
  for (const [link, entry] of entries.entries()) {
    if (!entry) continue;
    const isPattern = entry.sourceGit.path.includes(placeholder);
    for (const name of isPattern ? names : [""]) {
      const from = placeOf(entry.sourceGit, name);
      steps.set(from, [...(steps.get(from) ?? []), { to: placeOf(entry.distGit, name), link }]);
    }
  }
  return steps;
}

/** What `{name}` may be so that a pattern meets a repository that is named, or another pattern. */
function namesIn(sides: readonly RepositoryPattern[]): ReadonlySet<string> {
  const patterns = sides.filter(({ path }) => path.includes(placeholder));
  const names = new Set([anyName]);
  for (const { forge, path } of sides) {
    for (const pattern of patterns) {
      const name =
        pattern.forge === forge ? nameIn(pattern.path, path.replace(placeholder, anyName)) : undefined;
      if (name !== undefined) names.add(name.toLowerCase());
    }
  }
  return names;
}

function placeOf({ forge, path }: RepositoryPattern, name: string): string {
  return `${forge}/${path.replace(placeholder, () => name)}`.toLowerCase();
}
