import { afterEach, describe, expect, it } from "@jest/globals";
import { commitToDist } from "../../src/conversion/commit.js";
import { landOnTarget } from "../../src/conversion/landing.js";
import type { Converted } from "../../src/conversion/layout.js";
import { layoutNamed } from "../../src/conversion/layouts.js";
import { newPackage, readme, removeRepositories, type Files, type TestRepository } from "./package.js";
import { newPair } from "./plain-pair.js";
import { newQuilt, packaging } from "./quilt-package.js";

afterEach(removeRepositories);

interface Both {
  readonly source: TestRepository;
  readonly dist: TestRepository;
}

const bot = { name: "Sluice", email: "sluice@example.org", date: "1700000100 +0000" };

/** dist-git and the branches of source-git, whose merge requests are converted as the service does it. */
class Branches {
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

const begin = {
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

const line = (changes: Readonly<Record<number, string>>) => readme({ 1: "ONE", ...changes });

describe.each(Object.entries(begin))(
  "dist-git merged first what source-git has open, layout %s",
  (layout, start) => {
    const folder = { rpm: ".distro/", quilt: "debian/", plain: "" }[layout] ?? "";
    const own = `${folder}a.conf`;
    const there = layout === "quilt" ? "debian/a.conf" : "a.conf";
    const five = { README: line({ 5: "FIVE" }), [own]: "a\n" };
    const nine = { README: line({ 9: "NINE" }) };
    const both = { ...five, README: line({ 5: "FIVE", 9: "NINE" }) };

    /** dist-git with the mirror of a merge request; and that. */
    async function merged(files: Files = five) {
      const hello = await start();
      const request = await hello.on(hello.main, "Five\n", files);
      await hello.mirror(request);
      return { hello, request };
    }

    /** How often dist-git changes, or holds, a line. */
    async function count(hello: Branches, text: string): Promise<number> {
      const all = Object.values(await hello.dist.files()).join("\n");
      return all.split("\n").filter((each) => each.replace(/^\+/, "") === text).length;
    }

    it("another merge request takes nothing of it away", async () => {
      const { hello } = await merged();
      const before = Object.keys(await hello.dist.files());
      await hello.mirror(await hello.on(hello.main, "Nine\n", nine));
      expect(Object.keys(await hello.dist.files())).toEqual(expect.arrayContaining(before));
      expect(await hello.dist.file(there)).toBe("a\n");
      expect(await count(hello, "FIVE")).toBe(1);
      await hello.mirror(await hello.on(hello.main, "Six\n", { Makefile: "six:\n" }));
      expect([await count(hello, "FIVE"), await count(hello, "NINE"), await count(hello, "six:")]).toEqual([
        1, 1, 1,
      ]);
    });

    it("nor is a file brought back that it deleted", async () => {
      const hello = await start();
      await hello.lands("Configure\n", { [own]: "a\n" });
      await hello.mirror(hello.main);
      await hello.mirror(await hello.on(hello.main, "No more\n", { [own]: null }));
      await hello.mirror(await hello.on(hello.main, "Nine\n", nine));
      expect(await hello.dist.file(there)).toBeUndefined();
      expect(await count(hello, "NINE")).toBe(1);
    });

    describe.each([
      ["a merge", async (hello: Branches, request: string) => hello.merge(request, five)],
      ["a squash under another title", async (hello: Branches) => hello.lands("Squashed (!1)\n", five)],
      [
        "a rebase onto more",
        async (hello: Branches) => {
          await hello.lands("Six\n", { Makefile: "six:\n" });
          await hello.lands("Five\n", five);
        },
      ],
    ] as const)("and source-git merges it by %s", (_, land) => {
      it("it is there once", async () => {
        const { hello, request } = await merged();
        await land(hello, request);
        await hello.mirror(await hello.on(hello.main, "Nine\n", both));
        expect([await count(hello, "FIVE"), await count(hello, "NINE")]).toEqual([1, 1]);
        expect(await hello.dist.file(there)).toBe("a\n");
      });

      it("what is built upon it, or takes it back, is carried", async () => {
        const { hello, request } = await merged();
        await land(hello, request);
        await hello.lands("Nine\n", { ...both, [own]: "b\n" });
        await hello.mirror(hello.main);
        expect(await hello.dist.file(there)).toBe("b\n");
        await hello.lands("Not so\n\nAmends-patch: Five.patch\n", { ...nine, [own]: null });
        await hello.mirror(hello.main);
        expect(await hello.dist.file(there)).toBeUndefined();
        expect(await count(hello, "NINE")).toBe(1);
      });

      it("what takes it back at once is carried", async () => {
        const { hello, request } = await merged();
        await land(hello, request);
        await hello.lands("Not so\n", { [own]: null });
        await hello.mirror(hello.main);
        expect(await hello.dist.file(there)).toBeUndefined();
      });
    });
  },
);
