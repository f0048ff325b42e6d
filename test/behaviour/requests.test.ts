import { afterEach, describe, expect, it } from "@jest/globals";
import { RequestLog } from "../world/request-log.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

const sides = [
  { from: "gitlab", to: "github" },
  { from: "github", to: "gitlab" },
] as const;

describe.each(sides)("requests to the forges, source-git on $from, dist-git on $to", (forges) => {
  it("are few for all that happens to a merge request", async () => {
    const { sourceGit, distGit, sandbox, waitOut } = await linkedPackage("tally", forges);
    const log = new RequestLog(sandbox.forges);
    // Who we are, and the tokens of an hour.
    await sourceGit.openMergeRequest();
    await waitOut();

    let second = await sourceGit.openMergeRequest();
    const opening = await log.during(waitOut);
    second = await sourceGit.push(second, { NEWS: "1.5.0\n" });
    const updating = await log.during(waitOut);
    const status = await log.during(async () => {
      await distGit.setStatus({ context: "osci", state: "success", description: "all gates open" });
      await waitOut();
    });
    const idle = await log.during(async () => {
      await sourceGit.redeliverWebhooks();
      await waitOut();
    });

    console.log({ opening, updating, status, idle });
  });
});
