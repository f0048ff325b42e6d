import { afterEach, describe, expect, it } from "@jest/globals";
import { begin } from "./branches.js";
import { readme, removeRepositories } from "./package.js";
afterEach(removeRepositories);
const line = (changes: Readonly<Record<number, string>>) => readme({ 1: "ONE", ...changes });

describe.each(["rpm", "quilt"] as const)(
  "a file that dist-git deleted, and that whoever brought it home by hand left alone, layout %s",
  (layout) => {
    const folder = layout === "rpm" ? ".distro/" : "debian/";
    const there = layout === "rpm" ? "a.conf" : "debian/a.conf";
    async function deleted() {
      const hello = await begin[layout]();
      const first = await hello.dist.commit("First\n", { [there.replace("a.", "d.")]: "d\n" });
      await hello.lands(`Home\n\nFrom-dist-git-commit: ${first}\n`, { [`${folder}d.conf`]: "d\n" });
      await hello.lands("Configure\n", { [`${folder}a.conf`]: "a\n" });
      await hello.mirror(hello.main);
      return { hello, own: await hello.dist.commit("Not here\n", { [there]: null }) };
    }
    it.each(["with", "without"])("stays deleted, %s commits of source-git's own before", async (how) => {
      const { hello, own } = await deleted();
      if (how === "with") await hello.lands("Five\n", { README: line({ 5: "FIVE" }) });
      await hello.lands(`By hand\n\nFrom-dist-git-commit: ${own}\n`, { [`${folder}b.conf`]: "b\n" });
      await hello.lands("Nine\n", { README: line({ ...(how === "with" ? { 5: "FIVE" } : {}), 9: "NINE" }) });
      await hello.mirror(hello.main);
      expect(await hello.dist.file(there)).toBeUndefined();
      if (how === "with") expect(await hello.dist.file(there.replace("a.", "b."))).toBe("b\n");
    });
    it("comes back when source-git deleted it, too, and made it anew", async () => {
      const { hello, own } = await deleted();
      await hello.lands(`Home\n\nFrom-dist-git-commit: ${own}\n`, { [`${folder}a.conf`]: null });
      await hello.lands("Again\n", { [`${folder}a.conf`]: "a\n" });
      const more = await hello.dist.commit("More\n", { [there.replace("a.", "c.")]: "c\n" });
      await hello.lands(`Home\n\nFrom-dist-git-commit: ${more}\n`, { [`${folder}c.conf`]: "c\n" });
      await hello.mirror(hello.main);
      expect(await hello.dist.file(there)).toBe("a\n");
    });
    it("is carried when it only has the name of one that dist-git had of its own long ago", async () => {
      const hello = await begin[layout]();
      const old = await hello.dist.commit("Old\n", { [there]: "old\n" });
      await hello.lands(`Not ours\n\nFrom-dist-git-commit: ${old}\n`, { [`${folder}d.conf`]: "d\n" });
      await hello.dist.commit("No more\n", { [there]: null });
      await hello.lands("Configure\n", { [`${folder}a.conf`]: "a\n" });
      const more = await hello.dist.commit("More\n", { [there.replace("a.", "c.")]: "c\n" });
      await hello.lands(`Home\n\nFrom-dist-git-commit: ${more}\n`, { [`${folder}c.conf`]: "c\n" });
      await hello.mirror(hello.main);
      expect(await hello.dist.file(there)).toBe("a\n");
    });
  },
);
