import { describe, expect, it } from "@jest/globals";
import { describeForges } from "./contract.js";

describeForges((world) => {
  describe("somebody's comment", () => {
    async function commented(body: string) {
      const mergeRequest = await world().mergeRequest(await world().repository());
      world().comment(mergeRequest, body);
      const [comment] = world().box.store.comments(world().stored(mergeRequest));
      if (!comment) throw new Error("there is no comment");
      return { comment, ref: { mergeRequest: mergeRequest.ref, id: comment.id } };
    }

    it("is found as it is, and known to be edited later", async () => {
      const { comment, ref } = await commented("/sluice retry");
      expect(await world().forge.findComment(ref)).toEqual({
        ref,
        author: { id: world().contributor.id, login: "contributor" },
        byBot: false,
        byMail: false,
        body: "/sluice retry",
        edited: false,
        createdAt: expect.any(Date),
      });

      world().clock.pass(60);
      world().box.store.editComment(comment, "/sluice rerun", world().contributor);
      expect(await world().forge.findComment(ref)).toMatchObject({ body: "/sluice rerun", edited: true });
    });

    it("that was sent by mail is known where the forge tells", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository());
      const { id } = world().box.store.mailComment(
        world().stored(mergeRequest),
        "/sluice retry",
        world().contributor,
      );
      const found = await world().forge.findComment({ mergeRequest: mergeRequest.ref, id });
      expect(found).toMatchObject({ byMail: world().account !== "GitLab", body: "/sluice retry" });
    });

    it("of a program is known by its account, whatever it is called", async () => {
      const { user } = world().box.addAccount({ login: `helper-${world().account.length}`, bot: true });
      const mergeRequest = await world().mergeRequest(await world().repository());
      const { id } = world().box.store.addComment(world().stored(mergeRequest), "/sluice trust", user);
      const found = await world().forge.findComment({ mergeRequest: mergeRequest.ref, id });
      expect(found).toMatchObject({ byBot: true, author: { login: user.login } });
    });

    it("that an app wrote in somebody's name is a program's where the forge tells", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository());
      const stored = world().stored(mergeRequest);
      const { id } = world().box.store.appComment(stored, "/sluice trust", world().maintainer);
      const found = await world().forge.findComment({ mergeRequest: mergeRequest.ref, id });
      expect(found).toMatchObject({
        byBot: world().account !== "GitLab",
        author: { login: "maintainer" },
      });
    });

    it("is not found where there is none, nor on another merge request than its own", async () => {
      const { ref } = await commented("/sluice retry");
      expect(await world().forge.findComment({ ...ref, id: 4711 })).toBeUndefined();
      const elsewhere = { ...ref.mergeRequest, number: ref.mergeRequest.number + 1 };
      expect(await world().forge.findComment({ ...ref, mergeRequest: elsewhere })).toBeUndefined();
    });

    it("is listed since a moment, where it may hold an order", async () => {
      const mergeRequest = await world().mergeRequest(await world().repository(), { branch: "orders" });
      const stored = world().stored(mergeRequest);
      const say = (body: string) => world().box.store.addComment(stored, body, world().contributor);
      say("/sluice status");
      world().clock.pass(60);
      const since = world().clock.now();
      world().clock.pass(60);
      say("fine with me");
      const { id } = say("please\n/sluice retry");

      const listed = [];
      for await (const ref of world().forge.listOrders(mergeRequest.ref, since)) listed.push(ref);
      expect(listed).toEqual([{ mergeRequest: mergeRequest.ref, id }]);
    });

    it("gets our reaction, once however often it is wanted", async () => {
      const { ref } = await commented("/sluice retry");
      await world().forge.ensureReaction(ref, "done");
      await world().forge.ensureReaction(ref, "done");
      await world().forge.ensureReaction(ref, "refused");
      expect(await world().reactions(ref)).toEqual(
        world().account === "GitLab" ? ["thumbsup", "thumbsdown"] : ["+1", "-1"],
      );
    });
  });

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
