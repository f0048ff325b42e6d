import type { Clock } from "../../domain/clock.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { RepositoryRef } from "../../domain/refs.js";
import type { ChangedMergeRequest, Forge } from "../../forges/forge.js";
import { type KnownServices, knownRepositories } from "./known-repositories.js";

export interface ChangesServices extends KnownServices {
  readonly clock: Clock;
}

/** What changed in a repository until a moment. */
export interface Changes {
  readonly at: Date;
  readonly mergeRequests: readonly MergeRequest[];
}

/** What changed in a group; `undefined` where its repositories are better asked one by one. */
interface GroupList {
  readonly since: Date;
  readonly at: Date;
  readonly byRepository: ReadonlyMap<string, readonly ChangedMergeRequest[]> | undefined;
}

/** Milliseconds for which a list serves all repositories of its group, and one that is of no use is not tried again. */
const fresh = 60_000;
const uselessFor = 3_600_000;

/** With fewer repositories that are linked, a group is not worth a list of its own. */
const fewest = 3;

/** Entries of one request. */
const page = 100;

/** A list reaches so many milliseconds further back than who asks first, since others were looked at earlier. */
const slack = 60_000;

/**
 * Answers what changed in a repository: where the forge tells it for whole groups, by one list for all that are swept within a
 * minute. A list that takes more requests than to ask each repository by itself is given up.
 */
export class ChangeLists {
  readonly #services: ChangesServices;
  readonly #lists = new Map<Forge, Map<string, Promise<GroupList>>>();

  constructor(services: ChangesServices) {
    this.#services = services;
  }

  async since(forge: Forge, repository: RepositoryRef, since: Date): Promise<Changes> {
    const list = forge.groups && (await this.#listOf(forge, repository, since));
    if (!list?.byRepository) {
      const at = this.#services.clock.now();
      const mergeRequests = await all(forge.listMergeRequests(repository, { updatedSince: since }));
      return { at, mergeRequests };
    }
    const mergeRequests: MergeRequest[] = [];
    for (const one of list.byRepository.get(repository.path.toLowerCase()) ?? []) {
      mergeRequests.push(await one.read());
    }
    return { at: list.at, mergeRequests };
  }

  async #listOf(forge: Forge, repository: RepositoryRef, since: Date): Promise<GroupList> {
    const group = groupOf(repository);
    const lists = this.#lists.get(forge) ?? new Map<string, Promise<GroupList>>();
    this.#lists.set(forge, lists);
    const known = await lists.get(group);
    if (known && this.#serves(known, since)) return known;
    const asked = this.#ask(forge, repository, since);
    lists.set(group, asked);
    try {
      return await asked;
    } catch (error) {
      lists.delete(group);
      throw error;
    }
  }

  #serves(list: GroupList, since: Date): boolean {
    const age = this.#services.clock.now().getTime() - list.at.getTime();
    if (!list.byRepository && list.since.getTime() === 0) return age < uselessFor;
    return age < fresh && list.since <= since;
  }

  async #ask(forge: Forge, repository: RepositoryRef, first: Date): Promise<GroupList> {
    const at = this.#services.clock.now();
    const group = groupOf(repository);
    const useless = { since: new Date(0), at, byRepository: undefined };
    const count = await this.#linkedIn(repository);
    if (count < fewest) return useless;
    const since = new Date(first.getTime() - slack);
    const listed = await forge.groups?.listChanged(group.slice(0, -1), since);
    if (!listed) return useless;
    const byRepository = await gathered(listed, count * page);
    return { since, at, byRepository };
  }

  async #linkedIn({ forge, path }: RepositoryRef): Promise<number> {
    const group = groupOf({ forge, path });
    const known = await knownRepositories(this.#services);
    return known.filter((one) => one.forge === forge && groupOf(one) === group).length;
  }
}

/** With its final slash. */
function groupOf({ path }: RepositoryRef): string {
  return path.slice(0, path.lastIndexOf("/") + 1).toLowerCase();
}

/** By the path of the repository in lower case; `undefined` where there are more than `most`. */
async function gathered(
  listed: AsyncIterable<ChangedMergeRequest>,
  most: number,
): Promise<ReadonlyMap<string, readonly ChangedMergeRequest[]> | undefined> {
  const found = new Map<string, ChangedMergeRequest[]>();
  let left = most;
  for await (const one of listed) {
    if (left-- <= 0) return undefined;
    const path = one.ref.repository.path.toLowerCase();
    found.set(path, [...(found.get(path) ?? []), one]);
  }
  return found;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
