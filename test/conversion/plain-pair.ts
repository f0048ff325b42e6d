import { commitToDist } from "../../src/conversion/commit.js";
import type { BroughtHome, Converted } from "../../src/conversion/layout.js";
import { plainLayout } from "../../src/conversion/plain/plain-layout.js";
import type { Signature } from "../../src/git/object-store.js";
import { newRepository, type Files, type TestRepository } from "./package.js";

export const ada: Signature = { name: "Ada Lovelace", email: "ada@example.org", date: "1700000000 +0100" };
export const grace: Signature = {
  name: "Grace Hopper",
  email: "grace@example.org",
  date: "1710000000 -0500",
};
const bot: Signature = { name: "Sluice", email: "sluice@example.org", date: "1700000100 +0000" };

/** A source-git and a dist-git of layout `plain`. */
export class PlainPair {
  readonly source: TestRepository;
  readonly dist: TestRepository;

  constructor(source: TestRepository, dist: TestRepository) {
    this.source = source;
    this.dist = dist;
  }

  /** Converts source-git and commits the result to dist-git, as `update-dist-git` would; or a merge request for `target`. */
  async convert(target?: string): Promise<Converted> {
    const [head, tip] = await this.#tips();
    const converted = await plainLayout.sourceToDist({ ...this.stores, head, tip, target });
    if (converted.commit !== undefined) this.dist.tip = converted.commit;
    else if (converted.changed) {
      const commit = { tree: converted.tree, parent: tip, author: ada, committer: bot, message: "Update" };
      this.dist.tip = commitToDist(this.dist.store, { ...commit, sourceCommit: head });
    }
    return converted;
  }

  /** Brings home what dist-git alone changed, as `update-source-git` would. */
  async bringHome(since?: string, fromSource: readonly string[] = []): Promise<BroughtHome> {
    const [head, tip] = await this.#tips();
    const known = { fromSource: new Set(fromSource) };
    const request = { ...this.stores, head, tip, since, committer: bot, ...known };
    const brought = await plainLayout.distToSource(request);
    this.source.tip = brought.head;
    return brought;
  }

  /** Begins source-git on what it holds, as `init` would. */
  async start(): Promise<string> {
    const [base, tip] = await this.#tips();
    const request = { ...this.stores, base, upstreamRef: "v1.0", tip, committer: bot };
    this.source.tip = (await plainLayout.start(request)).head;
    return this.source.tip;
  }

  get stores() {
    return { source: this.source.store, dist: this.dist.store };
  }

  async #tips(): Promise<[string, string]> {
    await this.source.store.flush();
    await this.dist.store.flush();
    return [this.source.tip ?? "", this.dist.tip ?? ""];
  }
}

/** Both repositories with one commit each. */
export async function newPair(source: Files, dist: Files): Promise<PlainPair> {
  const pair = new PlainPair(await newRepository(), await newRepository());
  await pair.source.commit("Release 1.0\n", source);
  await pair.dist.commit("Begin\n", dist);
  return pair;
}

/** Author, message and what changed of each commit above another, oldest first. */
export async function story(repository: TestRepository, since: string): Promise<string[]> {
  await repository.store.flush();
  const { stdout } = await repository.store.git([
    "log",
    "--reverse",
    "--name-status",
    "--no-renames",
    "--format=%x00%an %ad%n%B",
    "--date=raw",
    `${since}..${repository.tip ?? ""}`,
  ]);
  return stdout
    .toString("utf8")
    .split("\0")
    .filter(Boolean)
    .map((entry) => entry.replace(/\n{2,}/g, "\n").trim());
}
