import { keyOf, valueAt } from "./check.js";
import { circlesIn } from "./circles.js";
import type { LinkEntry, RepositoryPattern } from "./configuration.js";
import type { Path, YamlFile } from "./document.js";
import type { ForgeEntry } from "./forge-entry.js";
import { suggestion } from "./nearest.js";
import type { Problem } from "./problem.js";

/** A link as far as it could be read, and where it stands. */
export interface CheckedLink {
  readonly path: Path;
  readonly entry: LinkEntry | undefined;
}

/** What is right by itself and wrong beside something else: in a link, in another link, or in a forge. */
export function contradictionsIn(
  yaml: YamlFile,
  links: readonly CheckedLink[],
  forges: readonly ForgeEntry[],
): Problem[] {
  const within = links.flatMap(({ path, entry }) => {
    if (!entry) return [];
    const place = (key: string) => placeOf(yaml, path, key);
    return [
      ...unknownIdentities(entry, place, forges),
      ...forkOfApp(entry, place, forges),
      ...idle(entry, place),
    ];
  });
  return [...within, ...repeated(yaml, links), ...circular(yaml, links)];
}

type Place = (key: string) => Pick<Problem, "where" | "key">;

/** A key as the link has it, or else as `defaults` have it. */
function placeOf(yaml: YamlFile, link: Path, key: string): ReturnType<Place> {
  const path = [link, ["defaults"]]
    .map((base) => [...base, ...key.split(".")])
    .find((candidate) => valueAt(yaml.value, candidate) !== undefined);
  return path ? { where: yaml.where(path), key: keyOf(path) } : { where: yaml.where(link), key: keyOf(link) };
}

function unknownIdentities(
  { sourceGit, distGit, identities }: LinkEntry,
  place: Place,
  forges: readonly ForgeEntry[],
): Problem[] {
  const sides = [
    { key: "source-git", pattern: sourceGit, id: identities.sourceGit },
    { key: "dist-git", pattern: distGit, id: identities.distGit },
  ];
  return sides.flatMap(({ key, pattern, id }) => {
    const known = forgeOf(pattern, forges)?.identities.map((identity) => identity.id) ?? [];
    if (id === undefined || known.includes(id)) return [];
    const message = `${pattern.forge} has no identity ${id}`;
    const remedy = suggestion(id, known) ?? `List it under forges.${pattern.forge}.identities.`;
    return [{ ...place(`identities.${key}`), message, remedy }];
  });
}

/** Forks belong to accounts; where the variables alone decide between App and token, the fork itself will tell. */
function forkOfApp(
  { distGit, identities, via }: LinkEntry,
  place: Place,
  forges: readonly ForgeEntry[],
): Problem[] {
  const forge = forgeOf(distGit, forges);
  const first = forge?.secrets["token"] === undefined ? forge?.identities[0]?.id : undefined;
  const acting = identities.distGit ?? (forge?.secrets["app-id"] === undefined ? first : undefined);
  const secrets = forge?.identities.find(({ id }) => id === acting)?.secrets ?? forge?.secrets;
  if (via !== "fork" || secrets?.["app-id"] === undefined) return [];
  const remedy = "Name an identity with a token under identities.dist-git, or let it be via: branch.";
  return [{ ...place("via"), message: "a GitHub App has no forks of its own", remedy }];
}

/** Keys that another key leaves without effect: whoever wrote both believes something that is not so. */
function idle(
  { trust, trusted, trustLaterPushes, results, logExcerpts }: LinkEntry,
  place: Place,
): Problem[] {
  const everyone = trust === "everyone" ? "trust: everyone trusts all" : undefined;
  const idlers = [
    { key: "trusted", because: trusted.length > 0 ? everyone : undefined },
    { key: "trust-later-pushes", because: trustLaterPushes ? everyone : undefined },
    {
      key: "log-excerpts",
      because: logExcerpts && results !== "jobs" ? `results: ${results} shows no jobs` : undefined,
    },
  ];
  return idlers.flatMap(({ key, because }) =>
    because === undefined ? [] : [{ ...place(key), message: `has no effect: ${because}` }],
  );
}

function forgeOf({ forge }: RepositoryPattern, forges: readonly ForgeEntry[]): ForgeEntry | undefined {
  return forges.find(({ name }) => name === forge);
}

/** Two links between the same repositories: which of them should hold? Back and forth, each would mirror the other's. */
function repeated(yaml: YamlFile, links: readonly CheckedLink[]): Problem[] {
  const first = new Map<string, Path>();
  return links.flatMap(({ path, entry }) => {
    if (!entry) return [];
    const { sourceGit, distGit } = entry;
    const sides = JSON.stringify([sourceGit, distGit]).toLowerCase();
    const back = first.get(JSON.stringify([distGit, sourceGit]).toLowerCase());
    const earlier = first.get(sides);
    first.set(sides, earlier ?? path);
    const place = { where: yaml.where(path), key: keyOf(path) };
    if (back !== undefined) {
      const message = `links back what ${keyOf(back)} links`;
      return [{ ...place, message, remedy: "Name each pair of repositories once, source-git first." }];
    }
    if (earlier === undefined) return [];
    const message = `links the same repositories as ${keyOf(earlier)}`;
    return [{ ...place, message, remedy: "Merge their branches." }];
  });
}

/** Told where the last of the links stands. Of two that name one another there was a word already. */
function circular(yaml: YamlFile, links: readonly CheckedLink[]): Problem[] {
  return circlesIn(links.map(({ entry }) => entry)).flatMap((circle) => {
    const round = circle.flatMap((index) => links[index] ?? []);
    const last = round.at(-1);
    if (!last || round.length < 2 || isThereAndBack(round)) return [];
    const others = round.slice(0, -1).map(({ path }) => keyOf(path));
    const message = `goes round in a circle with ${others.join(", ")}: what is mirrored would come back to where it began`;
    const remedy = "Take one of these links out.";
    return [{ where: yaml.where(last.path), key: keyOf(last.path), message, remedy }];
  });
}

function isThereAndBack([one, other, ...more]: readonly CheckedLink[]): boolean {
  const text = (...sides: readonly (RepositoryPattern | undefined)[]) => JSON.stringify(sides).toLowerCase();
  const there = text(one?.entry?.sourceGit, one?.entry?.distGit);
  return more.length === 0 && there === text(other?.entry?.distGit, other?.entry?.sourceGit);
}
