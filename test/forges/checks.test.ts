import { describe, expect, it } from "@jest/globals";
import type { Check } from "../../src/forges/forge.js";
import { type ForgeMemory, shortMemory } from "../../src/forges/memory.js";
import { describeForges } from "./contract.js";

/** Its process ends between what it made and the note of it. */
function losingIds(memory: ForgeMemory): ForgeMemory {
  return {
    recall: (key) => memory.recall(key),
    remember: (key, value) =>
      value.includes('"id"') ? Promise.reject(new Error("killed")) : memory.remember(key, value),
  };
}

describeForges((world) => {
  describe("our check run", () => {
    const check: Check = {
      context: "dist-git/build",
      state: "pending",
      description: "queued",
      key: "sluice 1 abc",
      summary: "`build` in dist-git",
    };

    async function place() {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const on = { mergeRequest, commit: mergeRequest.head };
      const runs = () => world().box.store.checkRuns(repository.repository, mergeRequest.head);
      return { repository, on, runs };
    }

    it("is there for an app on GitHub alone", () => {
      expect(world().forge.checkRuns !== undefined).toBe(world().account === "GitHub, as an app");
    });

    it("is made once, goes on in place, and keeps our key", async () => {
      const { checkRuns } = world().forge;
      if (!checkRuns) return;
      const { on, runs } = await place();
      await checkRuns.ensure(on, [check]);
      await checkRuns.ensure(on, [check]);
      expect(runs()).toMatchObject([{ name: check.context, status: "queued", externalId: check.key }]);

      const details = () => Promise.resolve("The end of its log");
      await checkRuns.ensure(on, [{ ...check, state: "failure", details }]);
      expect(runs()).toMatchObject([{ conclusion: "failure", text: "The end of its log" }]);
      await checkRuns.ensure(on, [{ ...check, state: "running" }]);
      expect(runs()).toMatchObject([{ status: "in_progress", conclusion: undefined }]);
    });

    it("is found by whoever was cut off when it was made, instead of made again", async () => {
      const { on, runs } = await place();
      const memory = shortMemory();
      const cutOff = world().adapter({ memory: losingIds(memory) });
      if (!cutOff.checkRuns) return;
      await expect(cutOff.checkRuns.ensure(on, [check])).rejects.toThrow("killed");
      await world()
        .adapter({ memory })
        .checkRuns?.ensure(on, [{ ...check, state: "success" }]);
      expect(runs()).toMatchObject([{ conclusion: "success" }]);
    });

    it.each([
      ["manual", undefined],
      ["allowed-failure", "neutral"],
      ["neutral", "neutral"],
      ["skipped", "skipped"],
      ["canceled", "cancelled"],
      ["error", "failure"],
    ] as const)("of state %s concludes %s", async (state, conclusion) => {
      const { checkRuns } = world().forge;
      if (!checkRuns) return;
      const { on, runs } = await place();
      await checkRuns.ensure(on, [{ ...check, state }]);
      expect(runs().map((run) => run.conclusion)).toEqual([conclusion]);
    });

    it("is known again by its button, alone and with its suite, and is written anew then", async () => {
      const { checkRuns } = world().forge;
      if (!checkRuns) return;
      const { repository, on, runs } = await place();
      await checkRuns.ensure(on, [check]);
      const id = runs()[0]?.id ?? 0;
      const found = { key: check.key, context: check.context, commit: on.commit };
      const ref = { repository: repository.ref, id } as const;
      expect(await checkRuns.rerequested({ ...ref, of: "run" })).toEqual(found);
      expect(await checkRuns.rerequested({ ...ref, of: "suite" })).toEqual(found);
      expect(await checkRuns.rerequested({ ...ref, id: 1, of: "run" })).toBeUndefined();

      const run = runs()[0];
      if (run) world().box.store.updateCheckRun(run, { status: "in_progress" });
      await checkRuns.ensure(on, [check]);
      expect(runs()).toMatchObject([{ status: "queued" }]);
    });
  });

  describe("the log of a job", () => {
    it("is read from its end", async () => {
      const repository = await world().repository();
      const log = "begin\n".repeat(100) + "ändé";
      const jobs = [{ name: "build", states: ["failure"], log }] as const;
      world().box.ci.script(repository.repository, { stepMilliseconds: "manual", jobs });
      const commit = await world().branch(repository, "change");
      const [pipeline] = world().box.store.pipelines(repository.repository, commit);
      const job = { repository: repository.ref, job: pipeline?.jobs[0]?.id ?? 0 };
      expect(await world().forge.findJobLog(job, 7)).toBe("\nändé");
      expect(await world().forge.findJobLog({ ...job, job: 1 }, 7)).toBeUndefined();
    });
  });
});
