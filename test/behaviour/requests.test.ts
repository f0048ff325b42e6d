import { afterEach, describe, expect, it } from "@jest/globals";
import { RequestLog } from "../world/request-log.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

/** What docs/operations.md prints; where it is more than was aimed at, the page says why. */
const cases = [
  { from: "gitlab", to: "github", atMost: { opening: 9, updating: 5, status: 2, nothing: 0 } },
  { from: "github", to: "gitlab", atMost: { opening: 8, updating: 5, status: 2, nothing: 0 } },
  { from: "gitlab", to: "gitlab", atMost: { opening: 9, updating: 5, status: 2, nothing: 0 } },
  { from: "github", to: "github", atMost: { opening: 8, updating: 5, status: 2, nothing: 0 } },
] as const;

describe.each(cases)(
  "requests to the forges, source-git on $from, dist-git on $to",
  ({ atMost, ...sides }) => {
    it("are few for all that happens to a merge request", async () => {
      const { sourceGit, distGit, sandbox, settle, waitOut } = await linkedPackage("tally", sides);
      const log = new RequestLog(sandbox.forges);
      // The first one asks who we are and for the tokens of an hour, and has its CI under way.
      await sourceGit.openMergeRequest({ change: { NEWS: "1.4.9\n" } });
      await settle();
      await distGit.setStatus({ context: "gate", state: "pending", description: "waits" });
      // Its comment is edited some time later, which must not come in between however slow the machine is.
      await waitOut();

      const second = await sourceGit.openMergeRequest();
      const opening = await log.during(settle);
      await sourceGit.push(second, { NEWS: "1.5.0\n" });
      const updating = await log.during(settle);
      await distGit.setStatus({ context: "osci", state: "success", description: "all gates open" });
      const status = await log.during(settle);
      await sourceGit.edit(second, { title: "Do not overflow on large sums" });
      await sourceGit.redeliverWebhooks();
      const nothing = await log.during(settle);

      const asked = { opening, updating, status, nothing };
      for (const [what, requests] of Object.entries(asked)) {
        const most = atMost[what as keyof typeof atMost];
        // The list, not its length, is what helps who made it longer.
        expect(requests).toEqual(requests.slice(0, most));
      }
    });
  },
);
