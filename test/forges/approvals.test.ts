import { describe, expect, it } from "@jest/globals";
import { describeForges } from "./contract.js";
import { all } from "./outcomes.js";

describeForges((world) => {
  describe("the approvals of a merge request", () => {
    const approvals = (mergeRequest: Awaited<ReturnType<typeof opened>>) =>
      all(world().forge.listApprovals(mergeRequest.ref));

    async function opened() {
      return world().mergeRequest(await world().repository(), { fork: true });
    }

    it("name who approved and when, and the commit where the forge knows it", async () => {
      const mergeRequest = await opened();
      expect(await approvals(mergeRequest)).toEqual([]);
      world().approve(mergeRequest);
      expect(await approvals(mergeRequest)).toEqual([
        {
          user: { id: world().maintainer.id, login: "maintainer" },
          commit: world().account === "GitLab" ? undefined : mergeRequest.head,
          at: expect.any(Date),
          byBot: false,
        },
      ]);
    });

    it("say which are a program's", async () => {
      const { user } = world().box.addAccount({ login: `approver-${world().account.length}`, bot: true });
      const mergeRequest = await opened();
      world().approve(mergeRequest, user);
      expect(await approvals(mergeRequest)).toMatchObject([{ user: { login: user.login }, byBot: true }]);
    });

    it("are gone when they are taken back", async () => {
      const mergeRequest = await opened();
      world().approve(mergeRequest);
      world().withdraw(mergeRequest);
      expect(await approvals(mergeRequest)).toEqual([]);
    });

    it("are one a person, the last that was decided", async () => {
      if (world().account === "GitLab") return;
      const mergeRequest = await opened();
      const { store } = world().box;
      const stored = world().stored(mergeRequest);
      world().approve(mergeRequest);
      store.addReview(stored, { verdict: "commented", body: "Still fine." }, world().maintainer);
      expect(await approvals(mergeRequest)).toHaveLength(1);
      store.addReview(stored, { verdict: "changes-requested", body: "Not fine." }, world().maintainer);
      expect(await approvals(mergeRequest)).toEqual([]);
    });
  });

  describe("the labels of a merge request", () => {
    it("are added and removed, whatever others are there, however often that is wanted", async () => {
      const { forge } = world();
      const { ref } = await world().mergeRequest(await world().repository());
      for (const addLabels of [["backport::c9s"], ["backport::c9s", "area: docs, more"]]) {
        await forge.updateMergeRequest(ref, { addLabels });
      }
      const comma = world().account === "GitLab" ? "area: docs  more" : "area: docs, more";
      expect((await forge.findMergeRequest(ref))?.labels).toEqual(["backport::c9s", comma]);

      for (let times = 0; times < 2; times++) {
        const changed = await forge.updateMergeRequest(ref, { removeLabels: [comma, "never there"] });
        expect(changed.labels).toEqual(["backport::c9s"]);
      }
    });
  });
});
