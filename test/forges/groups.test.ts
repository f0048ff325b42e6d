import { describe, expect, it } from "@jest/globals";
import type { RepositoryRef } from "../../src/domain/refs.js";
import type { ForgeUnderTest, TestRepository } from "./forge-under-test.js";
import { describeForges } from "./contract.js";

/** A repository of a group, or of an organisation, where we may write. */
async function inGroup(world: ForgeUnderTest, path: string): Promise<TestRepository> {
  const { store } = world.box;
  const repository = await store.createRepository({ path, owner: world.maintainer, private: false });
  store.setMember(repository, world.ourselves, "write");
  const made = { repository, ref: { forge: "forge.example", path } };
  await world.branch(made, "main");
  return made;
}

async function paths(listed: AsyncIterable<RepositoryRef>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { path } of listed) found.push(path);
  return found.sort();
}

describeForges((world) => {
  describe("a group or an organisation", () => {
    it("tells its repositories, and what does not exist has none", async () => {
      await inGroup(world(), "rpms/tally");
      await inGroup(world(), "rpms/hello");

      expect(await paths(world().forge.listRepositories("rpms"))).toEqual(["rpms/hello", "rpms/tally"]);
      expect(await paths(world().forge.listRepositories("debs"))).toEqual([]);
    });

    it("tells in one list what changed in it, where the forge has such lists", async () => {
      const { groups } = world().forge;
      expect(groups !== undefined).toBe(world().account === "GitLab");
      if (!groups) return;
      const mergeRequest = await world().mergeRequest(await inGroup(world(), "src/tally"));
      const before = new Date(world().clock.now().getTime() - 60_000);

      const found = [];
      for await (const one of (await groups.listChanged("src", before)) ?? []) found.push(one);
      expect(found.map(({ ref }) => ref)).toEqual([mergeRequest.ref]);
      expect(await found[0]?.read()).toEqual(mergeRequest);
      expect(await groups.listChanged("debs", before)).toBeUndefined();
      world().clock.pass(3600);
      const later = (await groups.listChanged("src", world().clock.now())) ?? [];
      for await (const one of later) expect(one).toBeUndefined();
    });
  });
});
