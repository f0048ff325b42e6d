import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import { type MergeRequestRef, mergeRequestName, type RepositoryRef } from "../../src/domain/refs.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { SqlTold } from "../../src/linking/telling/sql-told.js";
import { Locator, type LocatorServices } from "../../src/linking/whereabouts/locator.js";
import { SqlWhereabouts } from "../../src/linking/whereabouts/sql-whereabouts.js";
import { engines, useDatabases } from "../world/databases.js";

const at = (path: string, forge = "gitlab.com"): RepositoryRef => ({ forge, path });
const dist = (path: string) => at(path, "github.com");

/** Forges on which repositories are where their ids say; a path that one had before leads to it, as on real ones. */
class Places {
  readonly #ids = new Map<string, number>();
  readonly #former = new Map<string, number>();

  put(repository: RepositoryRef, id: number): void {
    for (const [name, known] of this.#ids) {
      if (known !== id) continue;
      this.#ids.delete(name);
      this.#former.set(name, id);
    }
    this.#ids.set(nameOf(repository), id);
  }

  remove(repository: RepositoryRef): void {
    this.#ids.delete(nameOf(repository));
  }

  forge() {
    return {
      findRepository: (asked: RepositoryRef) => {
        const id = this.#ids.get(nameOf(asked)) ?? this.#former.get(nameOf(asked));
        return Promise.resolve(id === undefined ? undefined : this.#found(id));
      },
      findRepositoryWithId: (id: number) => Promise.resolve(this.#found(id)),
    };
  }

  #found(id: number) {
    const [name] = [...this.#ids].find(([, known]) => known === id) ?? [];
    if (name === undefined) return undefined;
    const [forge = "", ...path] = name.split("/");
    return { id, ref: { forge, path: path.join("/") } };
  }
}

const nameOf = ({ forge, path }: RepositoryRef) => `${forge}/${path}`.toLowerCase();

describe.each(engines)("whereabouts in %s", (engine) => {
  const databases = useDatabases(engine);

  async function prepared() {
    const database = await databases.open();
    const [places, pairs] = [new Places(), new SqlPairs(database, systemClock)];
    const whereabouts = new SqlWhereabouts(database, systemClock);
    const log: { again: string[]; closed: string[]; lost: string[] } = { again: [], closed: [], lost: [] };
    const services = {
      ...{ pairs, whereabouts, forges: { for: () => places.forge() } },
      counterparts: {
        find: ({ distGit }: { distGit: unknown }) => Promise.resolve(distGit),
        close: ({ branch }: { branch: string }) => Promise.resolve(void log.closed.push(branch)),
      },
      report: {
        tellLost: ({ sourceGit }: { sourceGit: MergeRequestRef }) =>
          Promise.resolve(void log.lost.push(mergeRequestName(sourceGit))),
      },
      again: (refs: readonly MergeRequestRef[]) =>
        Promise.resolve(void log.again.push(...refs.map(mergeRequestName))),
    };
    const pairOf = (path: string, number: number, there = dist("rpms/tally")) =>
      pairs.ensure({
        sourceGit: { repository: at(path), number },
        distGit: { repository: there, branch: `${path}-${number}` },
      });
    const locator = new Locator(services as unknown as LocatorServices);
    return { database, places, pairs, whereabouts, log, pairOf, locator };
  }

  it("of a repository that was renamed take along its pairs, and what was told of them", async () => {
    const { database, places, pairs, whereabouts, log, pairOf, locator } = await prepared();
    places.put(at("src/tally"), 1);
    await whereabouts.confirm(at("src/tally"), 1);
    const pair = await pairOf("src/tally", 7);
    const mergeRequest = { ref: pair.sourceGit, webUrl: "https://gitlab.com/src/tally/-/merge_requests/7" };
    await new SqlTold(database).record(pair, { mergeRequest: mergeRequest as unknown as MergeRequest });
    places.put(at("src/talley"), 1);

    expect(await locator.locate(at("src/tally"))).toBe("moved");
    expect(await locator.locate(at("src/talley"))).toBe("here");
    const moved = await pairs.withSourceGit({ repository: at("src/talley"), number: 7 });
    expect(moved?.id).toBe(pair.id);
    expect((await new SqlTold(database).of(pair))?.mergeRequest).toMatchObject({
      ref: { repository: at("src/talley") },
      webUrl: "https://gitlab.com/src/talley/-/merge_requests/7",
    });
    expect(await whereabouts.now(at("SRC/tally"))).toEqual(at("src/talley"));
    expect(await whereabouts.formerNames(at("src/talley"))).toEqual([at("src/tally")]);
    expect(new Set(log.again)).toEqual(new Set(["gitlab.com/src/talley!7"]));
  });

  it("of two that took one another's name are told apart", async () => {
    const { places, pairs, whereabouts, pairOf, locator } = await prepared();
    for (const [path, id] of [
      ["src/one", 1],
      ["src/two", 2],
    ] as const) {
      places.put(at(path), id);
      await whereabouts.confirm(at(path), id);
    }
    const [first, second] = [await pairOf("src/one", 7), await pairOf("src/two", 7)];
    places.put(at("src/between"), 1);
    places.put(at("src/one"), 2);
    places.put(at("src/two"), 1);

    expect(await locator.locate(at("src/one"))).toBe("moved");
    expect((await pairs.withSourceGit({ repository: at("src/two"), number: 7 }))?.id).toBe(first.id);
    expect((await pairs.withSourceGit({ repository: at("src/one"), number: 7 }))?.id).toBe(second.id);
    expect((await whereabouts.at(at("src/one")))?.id).toBe(2);
    expect((await whereabouts.at(at("src/two")))?.id).toBe(1);
  });

  it("of one that was mirrored under both names keep the older pair, and close what the younger opened", async () => {
    const { places, pairs, log, pairOf, locator } = await prepared();
    places.put(at("src/tally"), 1);
    const older = await pairOf("src/tally", 7);
    const younger = await pairOf("src/talley", 7);
    places.put(at("src/talley"), 1);

    expect(await locator.locate(at("src/tally"))).toBe("moved");
    expect(log.closed).toEqual([younger.distGit.branch]);
    expect((await pairs.withSourceGit({ repository: at("src/talley"), number: 7 }))?.id).toBe(older.id);
    expect(await pairs.under(at("src/talley"))).toHaveLength(1);
  });

  it("of our fork are followed as well", async () => {
    const { places, pairs, whereabouts, pairOf, locator } = await prepared();
    places.put(dist("sluice-bot/tally"), 5);
    await whereabouts.confirm(dist("sluice-bot/tally"), 5);
    const pair = await pairOf("src/tally", 7);
    await pairs.update(pair, { fork: dist("sluice-bot/tally") });
    places.put(dist("sluice-bot/talley"), 5);

    expect(await locator.locate(dist("sluice-bot/tally"))).toBe("moved");
    expect((await pairs.withSourceGit(pair.sourceGit))?.distGit.fork).toEqual(dist("sluice-bot/talley"));
  });

  it("of a source-git that is gone end its pairs, whose dist-git side is told, once another has its name", async () => {
    const { places, pairs, whereabouts, log, pairOf, locator } = await prepared();
    places.put(at("src/tally"), 1);
    await whereabouts.confirm(at("src/tally"), 1);
    const pair = await pairOf("src/tally", 7);
    places.remove(at("src/tally"));
    expect(await locator.locate(at("src/tally"))).toBe("gone");
    expect(await pairs.withSourceGit(pair.sourceGit)).toMatchObject({ id: pair.id, state: "opening" });

    places.put(at("src/tally"), 2);
    expect(await locator.locate(at("src/tally"))).toBe("moved");
    expect(log.lost).toEqual(["gitlab.com/src/tally!7"]);
    expect(log.again).toEqual([]);
    expect(await pairs.withSourceGit(pair.sourceGit)).toBeUndefined();
    expect((await whereabouts.at(at("src/tally")))?.id).toBe(2);
  });
});
