import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CacheEvent } from "../../../src/git/cache/events.js";
import { GitCache, type UsedStore } from "../../../src/git/cache/git-cache.js";
import { createBareStore } from "../../../src/git/local-store.js";
import type { ObjectStore } from "../../../src/git/object-store.js";
import { MovableClock } from "../../world/clock.js";

const ada = { name: "Ada", email: "ada@example.org", date: "1700000000 +0000" };

/** A cache beside the repository of a forge that it fetches from. */
export interface Fixture {
  readonly folder: string;
  readonly clock: MovableClock;
  readonly cache: GitCache;
  readonly told: CacheEvent[];
  readonly upstream: ObjectStore;
  /** Adds a commit to main with this content in its one file; answers its id. */
  readonly commit: (content: string) => Promise<string>;
  readonly end: () => Promise<void>;
}

export async function fixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  const clock = new MovableClock();
  const told: CacheEvent[] = [];
  const cache = new GitCache({
    directory: join(folder, "cache"),
    clock,
    tell: (event) => void told.push(event),
  });
  const upstream = await createBareStore(join(folder, "upstream"));
  return {
    ...{ folder, clock, cache, told, upstream },
    commit: (content) => commitTo(upstream, content),
    end: async () => {
      await cache.close();
      await upstream.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function commitTo(store: ObjectStore, content: string): Promise<string> {
  const tip = await store.resolve("refs/heads/main");
  const tree = store.writeTree([{ mode: "100644", name: "file", id: store.writeBlob(Buffer.from(content)) }]);
  const parents = tip === undefined ? [] : [tip];
  const id = store.writeCommit({ tree, parents, author: ada, committer: ada, message: `${content}\n` });
  await store.git(["update-ref", "refs/heads/main", id]);
  return id;
}

/** What a job does: fetches main, and reads all of its newest commit; answers the content of its file. */
export function readMain({ upstream }: Fixture): (used: UsedStore) => Promise<string> {
  return async ({ store, fetch }) => {
    const remote = { url: upstream.directory, credentials: undefined };
    await fetch({ remote, refspecs: ["+refs/heads/main:refs/heads/main"] });
    const tip = await store.resolve("refs/heads/main");
    await store.git(["log", "-p", "refs/heads/main"]);
    const [entry] = await store.readTree((await store.readCommit(tip ?? "")).tree);
    return (await store.readBlob(entry?.id ?? "")).toString("utf8");
  };
}
