import { describe, expect, it } from "@jest/globals";
import { git } from "../../src/git/run.js";
import { describeForges } from "./contract.js";

const nowhere = { forge: "forge.example", path: "nobody/nothing" };

describeForges((world) => {
  describe("our identity", () => {
    it("is the account that acts there, with an address to sign commits with", async () => {
      const identity = await world().forge.identity();
      expect(identity).toMatchObject({ id: world().ourselves.id, login: world().ourselves.login });
      expect(identity.name).not.toBe("");
      expect(identity.email).toMatch(/^\S+@\S+$/);
    });
  });

  describe("a repository", () => {
    it("is found with its default branch and page", async () => {
      const { ref, repository } = await world().repository();
      expect(await world().forge.findRepository(ref)).toEqual({
        ref,
        id: repository.id,
        defaultBranch: "main",
        webUrl: `${world().box.url}/${ref.path}`,
      });
    });

    it("that does not exist is not found, and neither is anything in it", async () => {
      expect(await world().forge.findRepository(nowhere)).toBeUndefined();
      expect(await world().forge.findBranch(nowhere, "main")).toBeUndefined();
      expect(await world().forge.findMergeRequest({ repository: nowhere, number: 1 })).toBeUndefined();
    });

    it("has branches, also with slashes and odd characters", async () => {
      const repository = await world().repository();
      const commit = await world().branch(repository, "fix/greeting#2+more");
      expect(await world().forge.findBranch(repository.ref, "fix/greeting#2+more")).toBe(commit);
      expect(await world().forge.findBranch(repository.ref, "fix/greeting")).toBeUndefined();
      expect(await world().forge.findBranch(repository.ref, "fix")).toBeUndefined();
    });

    it("can be fetched and pushed with what we are given", async () => {
      const { ref, repository } = await world().repository();
      const { url, credentials } = await world().forge.gitRemote(ref);
      const askpass = `!f() { echo username=${credentials?.username ?? ""}; echo password=${credentials?.password.reveal() ?? ""}; }; f`;
      const { gitDirectory: directory } = repository;
      const push = ["push", "--quiet", url, "main:refs/heads/pushed"];
      await git(["-c", `credential.helper=${askpass}`, ...push], { directory });
      expect(await world().forge.findBranch(ref, "pushed")).toBe(await world().forge.findBranch(ref, "main"));
      expect(url).not.toContain("@");
    });

    it("has a page for each commit", async () => {
      const { ref } = await world().repository();
      const commit = (await world().forge.findBranch(ref, "main")) ?? "";
      expect(world().forge.commitUrl({ repository: ref, commit })).toContain(`/${ref.path}/`);
      expect(world().forge.commitUrl({ repository: ref, commit })).toContain(commit);
    });
  });

  describe("access to a repository", () => {
    it.each([
      ["admin", "admin"],
      ["write", "write"],
      ["read", "read"],
    ] as const)("of a member with %s is %s", async (membership, level) => {
      const { ref, repository } = await world().repository();
      world().box.store.setMember(repository, world().contributor, membership);
      expect(await world().forge.findAccess(ref, world().contributor)).toBe(level);
    });

    it("of its owner is admin", async () => {
      const { ref } = await world().repository();
      expect(await world().forge.findAccess(ref, world().maintainer)).toBe("admin");
    });

    it("of a stranger is to read what is public, and none otherwise", async () => {
      const open = await world().repository();
      const closed = await world().repository({ isPrivate: true });
      expect(await world().forge.findAccess(open.ref, world().contributor)).toBe("read");
      expect(await world().forge.findAccess(closed.ref, world().contributor)).toBe("none");
    });
  });
});
