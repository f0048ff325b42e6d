import { describe, expect, it } from "@jest/globals";
import { describeForges } from "./contract.js";

describeForges((world) => {
  describe("our comment", () => {
    it("is written once and edited in place", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository());
      const say = (text: string) => world().forge.ensureComment(mergeRequest.ref, { topic: "mirror", text });
      await say("Waiting.");
      await say("Waiting.");
      await say("**Mirrored.**");
      const comments = world().comments(mergeRequest);
      expect(comments).toHaveLength(1);
      expect(comments[0]).toMatchObject({ login: world().ourselves.login });
      expect(comments[0]?.body).toContain("**Mirrored.**");
    });

    it("is not touched when it says so already", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository());
      const say = () =>
        world().forge.ensureComment(mergeRequest.ref, { topic: "mirror", text: "Mirrored.\n" });
      await say();
      const before = world()
        .box.store.comments(world().stored(mergeRequest))
        .map(({ updatedAt }) => updatedAt);
      world().clock.pass(60);
      await say();
      expect(
        world()
          .box.store.comments(world().stored(mergeRequest))
          .map(({ updatedAt }) => updatedAt),
      ).toEqual(before);
    });

    it("is one a topic, and one by two at the same time", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository());
      const say = (topic: string, text: string) =>
        world().forge.ensureComment(mergeRequest.ref, { topic, text });
      await Promise.all([say("mirror", "One."), say("mirror", "Two."), say("conflict", "Three.")]);
      expect(world().comments(mergeRequest)).toHaveLength(2);
    });

    it("is not mistaken for somebody else's with our marker", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository());
      world().comment(mergeRequest, "<!-- sluice:mirror -->\nMirrored, honestly.");
      await world().forge.ensureComment(mergeRequest.ref, { topic: "mirror", text: "Waiting." });
      const comments = world().comments(mergeRequest);
      expect(comments.map(({ login }) => login)).toEqual(["contributor", world().ourselves.login]);
      expect(comments[0]?.body).toContain("Mirrored, honestly.");
    });

    it("is found behind a hundred others", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository());
      for (let index = 0; index < 105; index++) world().comment(mergeRequest, `Me too ${index}.`);
      for (const text of ["Waiting.", "Mirrored."]) {
        await world().forge.ensureComment(mergeRequest.ref, { topic: "mirror", text });
      }
      expect(world().comments(mergeRequest)).toHaveLength(106);
    });
  });
});
