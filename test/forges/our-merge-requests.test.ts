import { describe, expect, it } from "@jest/globals";
import { UserError } from "../../src/domain/errors.js";
import { describeForges } from "./contract.js";
import { all, failure } from "./outcomes.js";

describeForges((world) => {
  describe("a merge request of ours", () => {
    const wanted = {
      sourceBranch: "sluice/hello-7",
      targetBranch: "main",
      title: "Fix the greeting",
      draft: false,
    };

    async function withBranch() {
      const repository = await world().repository();
      await world().branch(repository, wanted.sourceBranch);
      return { ...wanted, repository: repository.ref, description: "Mirrored." };
    }

    it("is opened once, however often it is ensured", async () => {
      const ours = await withBranch();
      const first = await world().forge.ensureMergeRequest(ours);
      const second = await world().forge.ensureMergeRequest({ ...ours, title: "Another title" });
      expect(second.ref).toEqual(first.ref);
      expect(second.title).toBe("Fix the greeting");
      expect(first.author.id).toBe(world().ourselves.id);
      expect(await all(world().forge.listMergeRequests(ours.repository, {}))).toHaveLength(1);
    });

    it("is another one than that of a fork whose branch has the same name", async () => {
      const repository = await world().repository();
      await world().branch(repository, wanted.sourceBranch);
      const theirs = await world().mergeRequest(repository, { fork: true, branch: wanted.sourceBranch });
      const ours = await world().forge.ensureMergeRequest({
        ...wanted,
        repository: repository.ref,
        description: "",
      });
      expect(ours.ref).not.toEqual(theirs.ref);
      expect(ours.source.repository).toEqual(repository.ref);
    });

    it("is opened anew after the earlier one was closed", async () => {
      const ours = await withBranch();
      const first = await world().forge.ensureMergeRequest(ours);
      await world().forge.updateMergeRequest(first.ref, { state: "closed" });
      const second = await world().forge.ensureMergeRequest(ours);
      expect(second.ref).not.toEqual(first.ref);
    });

    it("is a draft, whatever way the forge keeps that", async () => {
      const ours = await withBranch();
      const opened = await world().forge.ensureMergeRequest({ ...ours, draft: true });
      expect(opened).toMatchObject({ title: "Fix the greeting", draft: true });
      const renamed = await world().forge.updateMergeRequest(opened.ref, { title: "Greet" });
      expect(renamed).toMatchObject({ title: "Greet", draft: true });
    });

    it("becomes a draft and ready again, and keeps its texts", async () => {
      const { forge } = world();
      const { ref } = await forge.ensureMergeRequest(await withBranch());
      for (const draft of [true, true, false]) {
        const changed = await forge.updateMergeRequest(ref, { draft });
        expect(changed).toMatchObject({ title: "Fix the greeting", description: "Mirrored.", draft });
        expect(await forge.findMergeRequest(ref)).toMatchObject({ draft });
      }
      const renamed = await forge.updateMergeRequest(ref, { title: "Greet", draft: true });
      expect(renamed).toMatchObject({ title: "Greet", draft: true });
    });

    it("is no draft because of how its title begins", async () => {
      const ours = await withBranch();
      const opened = await world().forge.ensureMergeRequest({
        ...ours,
        title: "[draft] Draft: Greet",
        draft: false,
      });
      expect(opened.draft).toBe(false);
      const renamed = await world().forge.updateMergeRequest(opened.ref, { title: "(DRAFT) Greet twice" });
      expect(renamed.draft).toBe(false);
      expect(renamed.title).toContain("Greet twice");
    });

    it("has its texts cut to what the forge takes", async () => {
      const ours = await withBranch();
      const { titleLength } = world().forge.capabilities;
      const opened = await world().forge.ensureMergeRequest({
        ...ours,
        title: "😀".repeat(titleLength),
        draft: true,
      });
      expect(opened.title).toMatch(/^(😀)+…$/u);
      expect(world().stored(opened).title.length).toBeLessThanOrEqual(titleLength);
    });

    it("from a branch that does not exist is refused with the forge's reason", async () => {
      const { ref } = await world().repository();
      const error = await failure(
        world().forge.ensureMergeRequest({ ...wanted, repository: ref, description: "" }),
      );
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ kind: "refused" });
    });

    it("changes what is named and nothing else", async () => {
      const ours = await withBranch();
      const { ref } = await world().forge.ensureMergeRequest(ours);
      const described = await world().forge.updateMergeRequest(ref, { description: "New words." });
      expect(described).toMatchObject({
        title: "Fix the greeting",
        description: "New words.",
        state: "open",
      });
      expect(await world().forge.updateMergeRequest(ref, { state: "closed" })).toMatchObject({
        state: "closed",
      });
      expect(await world().forge.updateMergeRequest(ref, { state: "open" })).toMatchObject({
        state: "open",
        description: "New words.",
      });
    });

    it("that was merged can be neither closed nor reopened", async () => {
      const ours = await withBranch();
      const opened = await world().forge.ensureMergeRequest(ours);
      await world().box.settled();
      await world().box.store.merge(world().stored(opened), { squash: false }, world().maintainer);
      for (const change of [{ state: "closed" }, { state: "open" }] as const) {
        const error = await failure(world().forge.updateMergeRequest(opened.ref, change));
        expect(error).toBeInstanceOf(UserError);
      }
    });
  });
});
