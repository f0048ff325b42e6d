import { describe, expect, it } from "@jest/globals";
import { describeForges } from "./contract.js";

describeForges((world) => {
  describe("merging", () => {
    it("merges the head that is named, and no other", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      await world().box.settled();

      const earlier = await world().forge.findBranch(repository.ref, "main");
      expect(await world().forge.merge(mergeRequest.ref, earlier ?? "")).toEqual({
        outcome: "blocked",
        reason: expect.stringMatching(/modified|does not match/i),
      });
      expect(await world().forge.merge(mergeRequest.ref, mergeRequest.head)).toEqual({ outcome: "merged" });
      expect(await world().forge.findMergeRequest(mergeRequest.ref)).toMatchObject({ state: "merged" });
    });

    it("of a draft is refused with the forge's reason", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository(), { draft: true });
      await world().box.settled();
      expect(await world().forge.merge(mergeRequest.ref, mergeRequest.head)).toMatchObject({
        outcome: "blocked",
        reason: expect.stringMatching(/\w/),
      });
    });
  });

  describe("a branch", () => {
    it("is removed, however often that is wanted", async () => {
      const repository = await world().repository();
      await world().branch(repository, "sluice/tally-7");
      await world().forge.removeBranch(repository.ref, "sluice/tally-7");
      await world().forge.removeBranch(repository.ref, "sluice/tally-7");
      expect(await world().forge.findBranch(repository.ref, "sluice/tally-7")).toBeUndefined();
    });
  });
});
