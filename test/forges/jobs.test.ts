import { describe, expect, it } from "@jest/globals";
import { describeForges } from "./contract.js";
import { all } from "./outcomes.js";

describeForges((world) => {
  describe("the CI jobs of a commit", () => {
    async function tested() {
      const repository = await world().repository();
      world().box.ci.script(repository.repository, {
        jobs: [
          { name: "build", states: ["success"] },
          { name: "rpmlint", states: ["failure"] },
        ],
        stepMilliseconds: 1,
      });
      const mergeRequest = await world().mergeRequest(repository);
      await world().box.settled();
      const of = { mergeRequest, commit: mergeRequest.head };
      const jobs = () =>
        world()
          .box.store.pipelines(repository.repository, mergeRequest.head)
          .flatMap((pipeline) => pipeline.jobs);
      const before = new Set(jobs().map(({ id }) => id));
      /** The names of the jobs that ran since. */
      const ranAgain = async () => {
        await world().box.settled();
        const fresh = jobs().filter(({ id }) => !before.has(id));
        return fresh.map(({ name }) => name).sort();
      };
      return { repository, of, ranAgain };
    }

    it("that ran in a fork of ours are run again there", async () => {
      const target = await world().repository();
      const jobs = [{ name: "rpmlint", states: ["failure" as const] }];
      world().box.ci.script(target.repository, { jobs, stepMilliseconds: 1 });
      const mergeRequest = await world().mergeRequest(target, { fork: true });
      const { store } = world().box;
      const places = [target.ref, mergeRequest.source.repository].map((ref) =>
        store.repositoryByPath(ref?.path ?? ""),
      );
      for (const place of places) if (place) store.setMember(place, world().ourselves, "write");
      await world().box.settled();
      const jobsRun = () =>
        places
          .flatMap((place) => (place ? store.pipelines(place, mergeRequest.head) : []))
          .flatMap((one) => one.jobs);
      const before = new Set(jobsRun().map(({ id }) => id));

      const of = { mergeRequest, commit: mergeRequest.head };
      expect(await world().forge.rerunJobs(of, { which: "failed" })).toEqual(["rpmlint"]);
      await world().box.settled();
      expect(jobsRun().filter(({ id }) => !before.has(id))).toHaveLength(1);
    });

    it("that failed are run again, and named", async () => {
      const { of, ranAgain } = await tested();
      expect(await world().forge.rerunJobs(of, { which: "failed" })).toEqual(["rpmlint"]);
      expect(await ranAgain()).toEqual(["rpmlint"]);
    });

    it("are run again by name, whatever came of them", async () => {
      const { of, ranAgain } = await tested();
      expect(await world().forge.rerunJobs(of, { which: "job", name: "build" })).toEqual(["build"]);
      expect(await world().forge.rerunJobs(of, { which: "job", name: "no such job" })).toEqual([]);
      expect(await ranAgain()).toEqual(["build"]);
    });

    it("are all run again", async () => {
      const { of, ranAgain } = await tested();
      const again = await world().forge.rerunJobs(of, { which: "all" });
      expect([...again].sort()).toEqual(["build", "rpmlint"]);
      expect(await ranAgain()).toEqual(["build", "rpmlint"]);
    });

    it("are run again as the group that their results name", async () => {
      const { repository, of, ranAgain } = await tested();
      const [result] = await all(
        world().forge.listCommitStatuses({ repository: repository.ref, commit: of.commit }),
      );
      expect(await world().forge.rerunJobs(of, { which: "group", id: "4711" })).toEqual([]);
      const again = await world().forge.rerunJobs(of, { which: "group", id: result?.group?.id ?? "" });
      expect([...again].sort()).toEqual(["build", "rpmlint"]);
      expect(await ranAgain()).toEqual(["build", "rpmlint"]);
    });

    it("that one of them started are run again by its name, and as their group", async () => {
      if (world().account !== "GitLab") return;
      const repository = await world().repository();
      const child = [{ name: "push", states: ["failure" as const] }];
      const jobs = [
        { name: "build", states: ["success" as const] },
        { name: "deploy", states: ["success" as const], child },
      ];
      world().box.ci.script(repository.repository, { jobs, stepMilliseconds: 1 });
      const mergeRequest = await world().mergeRequest(repository);
      await world().box.settled();
      const of = { mergeRequest, commit: mergeRequest.head };
      expect(await world().forge.rerunJobs(of, { which: "job", name: "deploy" })).toContain("deploy: push");
      await world().box.settled();
      const results = await all(
        world().forge.listCommitStatuses({ repository: repository.ref, commit: of.commit }),
      );
      const { id = "" } = results.find(({ context }) => context === "deploy: pipeline")?.group ?? {};
      expect(await world().forge.rerunJobs(of, { which: "group", id })).toEqual(["deploy: push"]);
    });

    it("that is not the head any more are run again as well, and those of the head are not", async () => {
      const { repository, of, ranAgain } = await tested();
      await world().branch(repository, "change");
      await world().box.settled();
      const mergeRequest = await world().forge.findMergeRequest(of.mergeRequest.ref);
      if (!mergeRequest) throw new Error("the merge request is not found");
      expect(mergeRequest.head).not.toBe(of.commit);
      const onHead = () =>
        world()
          .box.store.pipelines(repository.repository, mergeRequest.head)
          .flatMap((pipeline) => pipeline.jobs.map(({ id }) => id));
      const before = onHead();

      const again = await world().forge.rerunJobs({ ...of, mergeRequest }, { which: "all" });
      expect([...again].sort()).toEqual(["build", "rpmlint"]);
      expect(await ranAgain()).toEqual(["build", "rpmlint"]);
      expect(onHead()).toEqual(before);
    });

    it("that nothing ran on are none", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const of = { mergeRequest, commit: mergeRequest.head };
      expect(await world().forge.rerunJobs(of, { which: "failed" })).toEqual([]);
      expect(
        await all(
          world().forge.listCommitStatuses({ repository: repository.ref, commit: mergeRequest.head }),
        ),
      ).toEqual([]);
    });
  });
});
