import { describe, expect, it } from "@jest/globals";
import { git } from "../../src/git/run.js";
import { describeForges } from "./contract.js";
import { all } from "./outcomes.js";

describeForges((world) => {
  describe("a merge request", () => {
    it("is found as it is", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      expect(mergeRequest).toMatchObject({
        state: "open",
        title: "Fix the greeting",
        description: "It said *hullo*.",
        draft: false,
        author: { id: world().maintainer.id, login: "maintainer" },
        source: { repository: repository.ref, branch: "change" },
        targetBranch: "main",
        head: await world().forge.findBranch(repository.ref, "change"),
      });
      expect(mergeRequest.webUrl).toMatch(new RegExp(`^${world().box.url}/${repository.ref.path}/.*1$`));
    });

    it("is known by the address of its page, and by no other", async () => {
      const { forge, box } = world();
      const { ref, webUrl } = await world().mergeRequest(await world().repository());
      for (const address of [webUrl, `${webUrl}/commits?tab=1#top`])
        expect(forge.mergeRequestAt(address)).toEqual(ref);
      for (const address of [
        box.url,
        `${box.url}/${ref.repository.path}`,
        webUrl.replace("127.0.0.1", "example.org"),
      ]) {
        expect(forge.mergeRequestAt(address)).toBeUndefined();
      }
      expect(forge.mergeRequestAt("not an address")).toBeUndefined();
    });

    it("from a fork names the fork", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository, { fork: true });
      const fork = repository.ref.path.replace("maintainer/", "contributor/");
      expect(mergeRequest.source.repository).toEqual({ forge: "forge.example", path: fork });
      expect(mergeRequest.author.login).toBe("contributor");
    });

    it("has its head under a ref of the repository that it wants to change", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository, { fork: true });
      const headRef = world().forge.mergeRequestHeadRef(mergeRequest.ref.number);
      const { stdout } = await git(["ls-remote", world().box.cloneUrl(repository.repository), headRef], {
        directory: repository.repository.gitDirectory,
      });
      expect(stdout.toString("utf8")).toContain(mergeRequest.head);
    });

    it("that does not exist is not found", async () => {
      const { ref } = await world().repository();
      expect(await world().forge.findMergeRequest({ repository: ref, number: 4711 })).toBeUndefined();
    });

    it("is closed, or merged, and listed so", async () => {
      const repository = await world().repository();
      const merged = await world().mergeRequest(repository, { branch: "one" });
      const closed = await world().mergeRequest(repository, { branch: "two" });
      const open = await world().mergeRequest(repository, { branch: "three" });
      await world().box.settled();
      await world().box.store.merge(world().stored(merged), { squash: false }, world().maintainer);
      await world().box.store.closeMergeRequest(world().stored(closed), world().maintainer);

      const numbers = async (state: "open" | "closed" | "merged") =>
        (await all(world().forge.listMergeRequests(repository.ref, { state }))).map(({ ref }) => ref.number);
      expect(await numbers("merged")).toEqual([merged.ref.number]);
      expect(await numbers("closed")).toEqual([closed.ref.number]);
      expect(await numbers("open")).toEqual([open.ref.number]);
      expect(await world().forge.findMergeRequest(merged.ref)).toMatchObject({ state: "merged" });
    });

    it("is listed when it was changed since a moment, whatever became of it", async () => {
      const repository = await world().repository();
      const closed = await world().mergeRequest(repository, { branch: "one" });
      const pushedTo = await world().mergeRequest(repository, { branch: "two" });
      await world().mergeRequest(repository, { branch: "three" });
      world().clock.pass(60);
      const updatedSince = world().clock.now();
      world().clock.pass(60);
      await world().box.store.closeMergeRequest(world().stored(closed), world().maintainer);
      world().clock.pass(60);
      await world().branch(repository, "two");
      await world().box.settled();

      const listed = await all(world().forge.listMergeRequests(repository.ref, { updatedSince }));
      expect(listed.map(({ ref }) => ref.number)).toEqual([pushedTo.ref.number, closed.ref.number]);
    });

    it("is listed by its branches", async () => {
      const repository = await world().repository();
      const wanted = await world().mergeRequest(repository, { branch: "one" });
      await world().mergeRequest(repository, { branch: "two" });
      const found = await all(
        world().forge.listMergeRequests(repository.ref, { sourceBranch: "one", targetBranch: "main" }),
      );
      expect(found.map(({ ref }) => ref)).toEqual([wanted.ref]);
      const elsewhere = world().forge.listMergeRequests(repository.ref, { targetBranch: "other" });
      expect(await all(elsewhere)).toEqual([]);
    });
  });
});
