import { afterEach, describe, expect, it } from "@jest/globals";
import { begin, type Branches } from "./branches.js";
import { readme, removeRepositories, type Files } from "./package.js";

afterEach(removeRepositories);

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

    it("it comes home once that is closed, and is then source-git's to undo", async () => {
      const { hello } = await merged();
      await hello.mirror(await hello.on(hello.main, "Six\n", { Makefile: "six:\n" }));
      await hello.bringHome();
      expect(await hello.mirror(hello.main)).toMatchObject({ changed: false });
      await hello.lands("Not so\n", { [own]: null });
      await hello.mirror(hello.main);
      expect(await hello.dist.file(there)).toBeUndefined();
      expect([await count(hello, "FIVE"), await count(hello, "six:")]).toEqual([1, 1]);
    });

    it("what dist-git did between two mirrors comes home", async () => {
      const hello = await start();
      await hello.dist.commit("Own\n", { [there]: "own\n" });
      await hello.lands("Five\n", { README: line({ 5: "FIVE" }) });
      await hello.mirror(hello.main);
      await hello.bringHome();
      await hello.source.store.flush();
      hello.source.tip = hello.main;
      expect(await hello.source.file(own)).toBe("own\n");
      expect(await hello.mirror(hello.main)).toMatchObject({ changed: false });
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
      it("it is there once, and what is built upon it or takes it back is carried", async () => {
        const { hello, request } = await merged();
        await land(hello, request);
        await hello.lands("Nine\n", { ...both, [own]: "b\n" });
        await hello.mirror(hello.main);
        expect([await count(hello, "FIVE"), await count(hello, "NINE")]).toEqual([1, 1]);
        expect(await hello.dist.file(there)).toBe("b\n");
        await hello.lands("Not so\n\nAmends-patch: 0002-Five.patch\n", { ...nine, [own]: null });
        await hello.mirror(hello.main);
        expect(await hello.dist.file(there)).toBeUndefined();
        expect(await count(hello, "NINE")).toBe(1);
      });
    });

    it("a squash that is taken back at once is carried", async () => {
      const { hello } = await merged();
      await hello.lands("Squashed (!1)\n", five);
      await hello.lands("Not so\n", { [own]: null });
      await hello.mirror(hello.main);
      expect(await hello.dist.file(there)).toBeUndefined();
    });
  },
);
