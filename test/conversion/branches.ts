import { commitToDist } from "../../src/conversion/commit.js";
import { landOnTarget } from "../../src/conversion/landing.js";
import type { BroughtHome, Converted } from "../../src/conversion/layout.js";
import { layoutNamed } from "../../src/conversion/layouts.js";
import { newPackage, readme, type Files, type TestRepository } from "./package.js";
import { newPair } from "./plain-pair.js";
import { newQuilt, packaging } from "./quilt-package.js";

interface Both {
  readonly source: TestRepository;
  readonly dist: TestRepository;
}

const bot = { name: "Sluice", email: "sluice@example.org", date: "1700000100 +0000" };

/** dist-git and the branches of source-git, whose merge requests are converted as the service does it. */
export class Branches {
  readonly source: TestRepository;
  readonly dist: TestRepository;
  readonly #layout: "rpm" | "quilt" | "plain";
  main: string;

  constructor({ source, dist }: Both, layout: "rpm" | "quilt" | "plain") {
    this.source = source;
    this.dist = dist;
    this.#layout = layout;
    this.main = source.tip ?? "";
  }

  /** A commit on top of another, by itself: no branch moves. */
  async on(parent: string, message: string, files: Files): Promise<string> {
    return this.source.commit(message, files, { parents: [parent] });
  }

  async merge(commit: string, files: Files): Promise<void> {
    this.main = await this.source.commit("Merge\n", files, { parents: [this.main, commit] });
  }

  async lands(message: string, files: Files): Promise<void> {
    this.main = await this.on(this.main, message, files);
  }

  /** What update-source-git makes of dist-git's own commits, on top of the main branch. */
  async bringHome(since?: string): Promise<BroughtHome> {
    await this.source.store.flush();
    await this.dist.store.flush();
    const stores = { source: this.source.store, dist: this.dist.store };
    const tips = { head: this.main, tip: this.dist.tip ?? "", since };
    const home = await layoutNamed(this.#layout).distToSource({ ...stores, ...tips, committer: bot });
    this.main = home.head;
    return home;
  }

  /** The mirror of a merge request, merged in dist-git as soon as it is there. */
  async mirror(head: string): Promise<Converted> {
    await this.source.store.flush();
    await this.dist.store.flush();
    const target = this.main;
    const landed = await landOnTarget(this.source.store, { head, target });
    const tip = this.dist.tip ?? "";
    const request = { source: this.source.store, head: landed, target, dist: this.dist.store, tip };
    const converted = await layoutNamed(this.#layout).sourceToDist(request);
    if (converted.changed) {
      const { tree } = converted;
      const commit = { tree, parent: tip, author: bot, committer: bot, message: "Update" };
      this.dist.tip = commitToDist(this.dist.store, { ...commit, sourceCommit: head });
    }
    return converted;
  }
}

/** A package of one patch, in step, by layout. */
export const begin = {
  rpm: async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n", { README: readme({ 1: "ONE" }) });
    await hello.convert();
    return new Branches(hello, "rpm");
  },
  quilt: async () => {
    const hello = await newQuilt();
    await hello.source.commit("Begin\n", {
      ...packaging,
      ".distro/source-git.yaml": "layout: quilt\nupstream_ref: v1.0\n",
    });
    await hello.source.commit("One\n", { README: readme({ 1: "ONE" }) });
    await hello.convert();
    return new Branches(hello, "quilt");
  },
  plain: async () => {
    const pair = await newPair({ README: readme({}) }, { README: readme({}) });
    await pair.start();
    await pair.source.commit("One\n", { README: readme({ 1: "ONE" }) });
    await pair.convert();
    return new Branches(pair, "plain");
  },
} as const;
