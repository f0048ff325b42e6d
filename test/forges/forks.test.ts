import { describe, expect, it } from "@jest/globals";
import { OperatorError, RetryLater } from "../../src/domain/errors.js";
import type { RepositoryRef } from "../../src/domain/refs.js";
import { describeForges } from "./contract.js";
import type { ForgeUnderTest } from "./forge-under-test.js";
import { failure } from "./outcomes.js";

/** An App has no forks; everybody else of our accounts may. */
describeForges((world) => {
  /** Waits as the queue would: forges copy after they have answered. */
  async function forkOf(repository: RepositoryRef): Promise<RepositoryRef> {
    try {
      return await world().forge.ensureFork(repository);
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      return world().forge.ensureFork(repository);
    }
  }

  const isApp = () => world().account === "GitHub, as an app";

  describe("our fork", () => {
    it("is made once, under our own account", async () => {
      const { ref } = await world().repository();
      if (isApp()) {
        expect(await failure(world().forge.ensureFork(ref))).toBeInstanceOf(OperatorError);
        return;
      }
      const fork = await forkOf(ref);

      expect(fork.path).toBe(`sluice-bot/${ref.path.split("/")[1] ?? ""}`);
      expect(await forkOf(ref)).toEqual(fork);
      expect(await world().forge.findBranch(fork, "main")).toBeDefined();
    });

    it("has another name where we have something else of its name", async () => {
      const { ref } = await world().repository();
      if (isApp()) return;
      const name = ref.path.split("/")[1] ?? "";
      await world().box.store.createRepository({
        path: `sluice-bot/${name}`,
        owner: world().ourselves,
        private: false,
      });
      const fork = await forkOf(ref);

      expect(fork.path).not.toBe(`sluice-bot/${name}`);
      expect(await forkOf(ref)).toEqual(fork);
    });

    it("cannot be of what is our own", async () => {
      if (isApp()) return;
      const path = `sluice-bot/own-${world().account.length}`;
      await world().box.store.createRepository({ path, owner: world().ourselves, private: false });

      const error = await failure(world().forge.ensureFork({ forge: "forge.example", path }));
      expect(error).toBeInstanceOf(OperatorError);
      expect(error).toHaveProperty("message", expect.stringContaining("via: branch"));
    });

    it("may ask for a merge request, once, however often it is ensured", async () => {
      const repository = await world().repository();
      if (isApp()) return;
      const fork = await forkOf(repository.ref);
      const wanted = await ours(world(), { repository: repository.ref, fork });

      const first = await world().forge.ensureMergeRequest(wanted);
      const second = await world().forge.ensureMergeRequest(wanted);

      expect(second.ref).toEqual(first.ref);
      expect(first.ref.repository).toEqual(repository.ref);
      expect(first.source).toEqual({ repository: fork, branch: wanted.sourceBranch });
    });

    it("asks by itself, whoever else's branch has the same name", async () => {
      const repository = await world().repository();
      if (isApp()) return;
      await world().mergeRequest(repository, { fork: true, branch: "sluice/hello-7" });
      const fork = await forkOf(repository.ref);
      const wanted = await ours(world(), { repository: repository.ref, fork });

      const opened = await world().forge.ensureMergeRequest(wanted);

      expect(opened.source.repository).toEqual(fork);
      expect(opened.author.id).toBe(world().ourselves.id);
    });
  });
});

/** A branch in the fork, and the merge request that is wanted of it. */
async function ours(
  world: ForgeUnderTest,
  { repository, fork }: { readonly repository: RepositoryRef; readonly fork: RepositoryRef },
) {
  const stored = world.box.store.repositoryByPath(fork.path);
  if (!stored) throw new Error(`no repository ${fork.path}`);
  await world.branch({ repository: stored, ref: fork }, "sluice/hello-7");
  return {
    ...{ repository, fork, sourceBranch: "sluice/hello-7", targetBranch: "main" },
    ...{ title: "Fix the greeting", description: "Mirrored.", draft: false },
  };
}
