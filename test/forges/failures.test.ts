import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { OperatorError, RetryLater } from "../../src/domain/errors.js";
import { describeForges } from "./contract.js";
import { failure } from "./outcomes.js";

describeForges((world) => {
  describe("when the forge does not serve us", () => {
    it("because it is down, time helps", async () => {
      const { ref } = await world().repository();
      world().box.faults.goDown();
      const error = await failure(world().forge.findBranch(ref, "main"));
      world().box.faults.comeBack();
      expect(error).toBeInstanceOf(RetryLater);
      expect(await world().forge.findBranch(ref, "main")).toBeDefined();
    });

    it("because nobody listens there, time helps", async () => {
      const gone = world().adapter({ url: "http://127.0.0.1:9" });
      const error = await failure(gone.findRepository({ forge: "forge.example", path: "maintainer/hello" }));
      expect(error).toBeInstanceOf(RetryLater);
      expect(String(error)).toContain("forge.example does not answer");
    });

    it("because of a server error, it is not asked again by itself", async () => {
      const { ref } = await world().repository();
      await world().forge.findBranch(ref, "main");
      world().box.faults.failNextRequest({ path: /hello/, status: 500 });
      expect(await failure(world().forge.findBranch(ref, "main"))).toBeInstanceOf(RetryLater);
    });

    it("because our budget is spent, it says when to come back", async () => {
      const { ref } = await world().repository();
      const now = world().clock.now().getTime();
      world().box.faults.rateLimitFor(90);
      const error = await failure(world().forge.findBranch(ref, "main"));
      expect(error).toBeInstanceOf(RetryLater);
      const notBefore = error instanceof RetryLater ? (error.notBefore?.getTime() ?? 0) : 0;
      expect(notBefore - now).toBeGreaterThan(80_000);
      expect(notBefore - now).toBeLessThan(100_000);
      world().clock.passUntil(new Date(notBefore + 1000));
      expect(await world().forge.findBranch(ref, "main")).toBeDefined();
    });

    it("because it does not know us, the operator is called, and the token is not told", async () => {
      const credential = world().unknownCredential();
      const error = await failure(world().adapter({ credential }).identity());
      expect(error).toBeInstanceOf(OperatorError);
      expect(String(error)).toMatch(/forge\.example refuses our credentials/);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(credential.slice(0, 200));
    });

    it("because we lack a right, the operator is called", async () => {
      if (world().account === "GitHub, as an app") return;
      const { ref, repository } = await world().repository();
      const mergeRequest = await world().mergeRequest({ ref, repository });
      world().box.store.setMember(repository, world().ourselves, "read");
      const error = await failure(world().forge.updateMergeRequest(mergeRequest.ref, { title: "Another" }));
      expect(error).toBeInstanceOf(OperatorError);
    });

    it("an hour later it is asked with a token that is still good", async () => {
      const { ref } = await world().repository();
      await world().forge.findBranch(ref, "main");
      world().clock.pass(3700);
      expect(await world().forge.findBranch(ref, "main")).toBeDefined();
    });
  });
});
