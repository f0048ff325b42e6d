import { afterEach, describe, expect, it } from "@jest/globals";
import { outbound } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

const reconcile = "10 minutes";

describe.each(outbound)(
  "Sluice, coming back after a night, source-git on $from, dist-git on $to",
  (sides) => {
    it("makes everything right again without anybody's doing", async () => {
      const { sourceGit, distGit, settle, waitOut, stopSluice, startSluice } = await linkedPackage("tally", {
        ...sides,
        reconcile,
      });
      const pushedTo = await sourceGit.openMergeRequest();
      const closed = await sourceGit.openMergeRequest({ change: { "src/closed.c": "int closed;\n" } });
      await settle();

      await stopSluice();
      distGit.script([{ name: "build", states: ["pending", "failure"] }]);
      const opened = await sourceGit.openMergeRequest({ change: { "src/opened.c": "int opened;\n" } });
      const pushed = await sourceGit.push(pushedTo, { NEWS: "1.5.0\n" });
      await sourceGit.close(closed);
      const firstOrder = sourceGit.comment(opened, "/sluice status", "maintainer");
      const order = sourceGit.comment(pushedTo, "/sluice status", "maintainer");
      await distGit.write("main", { "gating.yaml": "policy: strict\n" });
      await settle();
      await startSluice();
      await waitOut();

      expect(sourceGit.statuses(opened)["sluice"]?.state).toBe("success");
      expect(sourceGit.statuses(pushed)["dist-git/build"]?.state).toBe("failure");
      // Pairs are worked on side by side, so either of the first two may come first.
      expect(
        distGit
          .mergeRequests()
          .map(({ state }) => state)
          .sort(),
      ).toEqual(["closed", "open", "open"]);
      expect(await sourceGit.reactions(pushedTo, order)).toEqual(["thumbsup"]);
      expect(await sourceGit.reactions(opened, firstOrder)).toEqual(["thumbsup"]);
      expect(sourceGit.mergeRequests().at(-1)?.title).toMatch(/^Bring home/);
    });

    it("finds repositories that nobody ever told of, and says whose webhook is disabled", async () => {
      const world = await linkedPackage("tally", { ...sides, reconcile });
      await world.stopSluice();
      const { sourceForge, sourceGit } = world.example;
      sourceGit.members.set(sourceForge.account("sluice-bot").user.id, "admin");
      for (const hook of sourceGit.hooks) hook.disabledUntil = "further notice";
      const opened = await world.sourceGit.openMergeRequest();
      await world.startSluice();
      await world.waitOut();
      world.clock.pass(3600);
      await world.waitOut();

      expect(world.sourceGit.statuses(opened)["sluice"]?.state).toBe("success");
      const metrics = await (await fetch(`${world.service.url}/metrics`)).text();
      expect(metrics).toMatch(/^sluice_webhooks_in_trouble 1$/m);
    });
  },
);
