import { describe, expect, it } from "@jest/globals";
import { type CommitState, type CommitStatus, isFinal, isGreen } from "../../src/domain/commit-status.js";
import { UserError } from "../../src/domain/errors.js";
import { describeForges } from "./contract.js";
import { all, failure } from "./outcomes.js";

/** What is said of a state that the forge may not have. */
const words: Readonly<Partial<Record<CommitState, RegExp>>> = {
  manual: /manual/,
  "allowed-failure": /failed, which is allowed/,
  neutral: /neutral/,
  canceled: /canceled/,
  skipped: /skipped/,
  error: /error|failure/,
};

describeForges((world) => {
  describe("our commit status", () => {
    const pending: CommitStatus = { context: "sluice", state: "pending", description: "mirroring…" };
    const success: CommitStatus = { context: "sluice", state: "success", description: "mirrored" };

    it("is set, once however often it is wanted", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const on = { mergeRequest, commit: mergeRequest.head };
      const status = { ...success, targetUrl: `${world().box.url}/elsewhere` };
      expect(await world().forge.ensureCommitStatuses(on, [status])).toBe("set");
      expect(await world().forge.ensureCommitStatuses(on, [status])).toBe("set");
      expect(world().statuses(repository.ref, mergeRequest.head)).toHaveLength(1);
      const listed = await all(
        world().forge.listCommitStatuses({ repository: repository.ref, commit: mergeRequest.head }),
      );
      expect(listed).toContainEqual(expect.objectContaining(status));
    });

    it("may go back and forth, as when a job is run again", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const on = { mergeRequest, commit: mergeRequest.head };
      const commit = { repository: repository.ref, commit: mergeRequest.head };
      const states: readonly CommitState[] = [
        "pending",
        "pending",
        "running",
        "pending",
        "success",
        "pending",
        "failure",
      ];
      for (const state of states) {
        expect(await world().forge.ensureCommitStatuses(on, [{ ...pending, state }])).toBe("set");
        const [shown] = await all(world().forge.listCommitStatuses(commit));
        const asItIs = state === "running" ? /pending|running/ : new RegExp(state);
        expect(shown?.state).toMatch(asItIs);
      }
    });

    it.each([
      "pending",
      "running",
      "manual",
      "success",
      "allowed-failure",
      "neutral",
      "skipped",
      "failure",
      "error",
      "canceled",
    ] as const)("has the nearest state that the forge knows for %s", async (state) => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      await world().forge.ensureCommitStatuses({ mergeRequest, commit: mergeRequest.head }, [
        { ...pending, state },
      ]);
      const listed = await all(
        world().forge.listCommitStatuses({ repository: repository.ref, commit: mergeRequest.head }),
      );
      const shown = listed.find(({ context }) => context === "sluice");
      const isGood = isGreen(state);
      const isOpen = !isFinal(state);
      expect(["success", "skipped"].includes(shown?.state ?? "")).toBe(isGood);
      expect(["pending", "running"].includes(shown?.state ?? "")).toBe(isOpen);
      expect(`${shown?.state ?? ""} ${shown?.description ?? ""}`).toMatch(words[state] ?? /mirroring/);
    });

    it("is one of several, of which one that the forge does not take keeps no other back", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const named = (context: string) => ({ ...success, context });
      const odd = { ...named("odd".repeat(500)), targetUrl: "ftp://example.org" };
      const wanted = [named("build"), odd, named("lint")];
      const on = { mergeRequest, commit: mergeRequest.head };

      const error = await failure(world().forge.ensureCommitStatuses(on, wanted));
      expect(error).toBeInstanceOf(UserError);
      const set = world().statuses(repository.ref, mergeRequest.head);
      expect(set.map(({ context }) => context)).toEqual(["build", "lint"]);
    });

    it("may be named and described with pictures, and stays apart from those of another name", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const on = { mergeRequest, commit: mergeRequest.head };
      const statuses = ["\u{1f528} build", "\u{1f9ea} build", "build"].map((context) => {
        return { context, state: "success", description: "done \u{1f389}" } as const;
      });
      expect(await world().forge.ensureCommitStatuses(on, statuses)).toBe("set");
      const set = world().statuses(repository.ref, mergeRequest.head);
      expect(new Set(set.map(({ context }) => context)).size).toBe(3);
      expect(set.map(({ context }) => context)).toContain("build");
    });

    it("has its description cut to what the forge takes", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const on = { mergeRequest, commit: mergeRequest.head };
      const long = { ...success, description: "word ".repeat(100) };
      await world().forge.ensureCommitStatuses(on, [long]);
      await world().forge.ensureCommitStatuses(on, [long]);
      const [status, ...others] = world().statuses(repository.ref, mergeRequest.head);
      expect(status?.description).toMatch(/^word .*…$/);
      expect(others).toEqual([]);
    });

    it("is set for many contexts of one commit at the same time", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository);
      const contexts = Array.from({ length: 12 }, (_, index) => `dist-git/job ${index}`);
      await Promise.all(
        contexts.map((context) =>
          world().forge.ensureCommitStatuses({ mergeRequest, commit: mergeRequest.head }, [
            { ...success, context },
          ]),
        ),
      );
      const listed = await all(
        world().forge.listCommitStatuses({ repository: repository.ref, commit: mergeRequest.head }),
      );
      expect(listed.map(({ context }) => context)).toEqual(expect.arrayContaining(contexts));
    });

    it("on a fork's commit is set where people see it, if anywhere we may", async () => {
      const repository = await world().repository();
      const mergeRequest = await world().mergeRequest(repository, { fork: true });
      const set = await world().forge.ensureCommitStatuses({ mergeRequest, commit: mergeRequest.head }, [
        success,
      ]);
      expect(set).toBe("set");
      const listed = await all(
        world().forge.listCommitStatuses({ repository: repository.ref, commit: mergeRequest.head }),
      );
      expect(listed).toContainEqual(expect.objectContaining(success));
    });
  });

  describe("the results of a commit", () => {
    it("are its jobs as the CI goes on, and nothing of commits that are not there", async () => {
      const repository = await world().repository();
      world().box.ci.script(repository.repository, {
        stepMilliseconds: "manual",
        jobs: [
          { name: "build", states: ["pending", "running", "success"] },
          { name: "test", states: ["pending", "running", "failure"] },
        ],
      });
      const commit = await world().branch(repository, "change");
      const seen = async () => {
        const listed = await all(world().forge.listCommitStatuses({ repository: repository.ref, commit }));
        return Object.fromEntries(listed.map(({ context, state }) => [context, state]));
      };
      expect(await seen()).toMatchObject({ build: "pending", test: "pending" });
      world().box.ci.step(repository.repository);
      expect(await seen()).toMatchObject({ build: "running", test: "running" });
      world().box.ci.step(repository.repository);
      expect(await seen()).toMatchObject({ build: "success", test: "failure" });

      const unknown = { repository: repository.ref, commit: "0123456789abcdef0123456789abcdef01234567" };
      expect(await all(world().forge.listCommitStatuses(unknown))).toEqual([]);
    });

    it("have addresses that people can open", async () => {
      const repository = await world().repository();
      world().box.ci.script(repository.repository, {
        stepMilliseconds: "manual",
        jobs: [{ name: "build", states: ["success"] }],
      });
      const commit = await world().branch(repository, "change");
      for await (const { targetUrl } of world().forge.listCommitStatuses({
        repository: repository.ref,
        commit,
      })) {
        expect(targetUrl).toMatch(/^http/);
      }
    });
  });
});
