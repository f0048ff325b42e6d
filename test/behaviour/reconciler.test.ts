import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type Combination, inbound, outbound, twoForges } from "../world/combinations.js";
import { useDatabases } from "../world/databases.js";
import { checkout } from "../world/program.js";
import type { Opened } from "../world/source-git.js";
import { endWorld, linkedPackage, type Wanted, type World } from "../world/world.js";

afterEach(endWorld);

const reconcile = "10 minutes";
const eightHours = 8 * 3600;
const anHour = 3600;
/** Half a minute of a processor, and many others may want it. */
const muchTime = 900_000;

/** Five merge requests, each of which has a night of its own before it. */
async function beforeTheNight({ sourceGit, distGit, clock, settle, waitOut }: World) {
  const open = (name: string) =>
    sourceGit.openMergeRequest({ change: { [`src/${name}.c`]: `int ${name};\n` } });
  await distGit.createBranch("c10s");
  await sourceGit.createBranch("c10s");
  // On a branch where nothing else happens: what is converted anew is tested anew.
  const tested = await sourceGit.openMergeRequest({ targetBranch: "c10s" });
  await settle();
  await distGit.setStatus({ context: "build", state: "failure", description: "no" });
  const opened = { tested, pushedTo: await sourceGit.openMergeRequest() };
  const [closed, merged, retargeted] = [await open("closed"), await open("merged"), await open("retargeted")];
  await settle();
  // Orders from before the very first sweep are not looked for.
  clock.pass(anHour);
  await waitOut();
  return { ...opened, closed, merged, retargeted };
}

/** The operators' page describes each metric that there is, and no other. */
async function expectDescribed(metrics: string): Promise<void> {
  const page = await readFile(join(checkout, "docs/operations.md"), "utf8");
  const [section = ""] = /^## Metrics$[^]*?(?=^## )/m.exec(page) ?? [];
  const described = [...section.matchAll(/`(?:(sluice_)|…_)(\w+)/g)].map(
    ([, whole, rest = ""]) => `${whole === undefined ? "…" : "sluice"}_${rest}`,
  );
  const named = new Set([...metrics.matchAll(/^# TYPE (sluice_\w+) /gm)].map(([, name = ""]) => name));
  const isDescribed = (name: string) =>
    described.some((one) => one === name || (one.startsWith("…") && name.endsWith(one.slice(1))));

  expect(described.filter((name) => !name.startsWith("…") && !named.has(name))).toEqual([]);
  expect([...named].filter((name) => !isDescribed(name))).toEqual([]);
}

/** How often each webhook of GitHub's App that found nobody was sent again; GitLab sends none again. */
function redeliveries({ sandbox }: World): readonly number[] {
  const apps = sandbox.forges.filter(({ kind }) => kind === "github");
  const deliveries = apps.flatMap(({ webhooks }) => webhooks.deliveries());
  const lost = deliveries.filter(
    ({ redeliveryOf, outcome: { outcome } }) => redeliveryOf === undefined && outcome === "failed",
  );
  return lost.map(({ id }) => deliveries.filter(({ redeliveryOf }) => redeliveryOf === id).length);
}

async function retarget({ example: { sourceForge, sourceGit } }: World, { number }: Opened) {
  const mergeRequest = sourceForge.store.mergeRequest(sourceGit, number);
  if (!mergeRequest) throw new Error("there is no such merge request in source-git");
  const { user } = sourceForge.account("maintainer");
  await sourceForge.store.editMergeRequest(mergeRequest, { targetBranch: "c10s" }, user);
}

// The one scene on Postgres, since it has some of everything; all others are on SQLite.
describe("Sluice on Postgres, coming back after a night", () => {
  const databases = useDatabases("Postgres");

  it.each(outbound)("makes everything right again without anybody's doing", forAWholeNight, muchTime);

  async function forAWholeNight(sides: Combination): Promise<void> {
    const link = { "after-source-merge": "merge" };
    const wanted: Wanted = { ...sides, link, reconcile, database: await databases.url() };
    const world = await linkedPackage("tally", wanted);
    const { sourceGit, distGit, settle, waitOut } = world;
    const { tested, pushedTo, closed, merged, retargeted } = await beforeTheNight(world);
    expect(sourceGit.statuses(tested)["dist-git/build"]?.state).toBe("failure");

    await world.stopSluice();
    await distGit.setStatus({ context: "build", state: "success", description: "run again" });
    distGit.script([{ name: "build", states: ["pending", "failure"] }]);
    const opened = await sourceGit.openMergeRequest({ change: { "src/opened.c": "int opened;\n" } });
    const pushed = await sourceGit.push(pushedTo, { NEWS: "1.5.0\n" });
    await sourceGit.close(closed);
    await sourceGit.merge(merged);
    await retarget(world, retargeted);
    const firstOrder = sourceGit.comment(opened, "/sluice status", "maintainer");
    const order = sourceGit.comment(pushedTo, "/sluice status", "maintainer");
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();
    world.clock.pass(eightHours);
    await world.startSluice();
    await waitOut();

    expect(sourceGit.statuses(opened)["sluice"]?.state).toBe("success");
    expect(sourceGit.statuses(pushed)["dist-git/build"]?.state).toBe("failure");
    expect(sourceGit.statuses(tested)["dist-git/build"]?.state).toBe("success");
    const seen = distGit.mergeRequests().map(({ state, targetBranch }) => `${state} ${targetBranch}`);
    expect(seen.sort()).toEqual([
      "closed main",
      "merged main",
      "open c10s",
      "open c10s",
      "open main",
      "open main",
    ]);
    expect(await sourceGit.reactions(pushedTo, order)).toEqual(["thumbsup"]);
    expect(await sourceGit.reactions(opened, firstOrder)).toEqual(["thumbsup"]);
    expect(sourceGit.mergeRequests().at(-1)?.title).toMatch(/^Bring home/);
    const sentAgain = redeliveries(world);
    const hasApp = Object.values(sides).includes("github");
    expect(new Set(sentAgain)).toEqual(new Set(hasApp ? [1] : []));
  }
});

describe("Sluice, whose webhooks do not come", () => {
  it("finds repositories that nobody ever told of, and says whose webhook is disabled", async () => {
    const world = await linkedPackage("tally", { ...twoForges, reconcile });
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
    await expectDescribed(metrics);
  });

  it("closes what people pushed to as well, when it was not heard that its source-git side was closed", async () => {
    const { sourceGit, distGit, settle, stopSluice, startSluice, waitOut, clock } = await linkedPackage(
      "tally",
      { ...twoForges, reconcile },
    );
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await distGit.write(`sluice/tally-${mergeRequest.number}`, { "gating.yaml": "policy: strict\n" });
    await settle();
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Stopped.**")]);

    await stopSluice();
    await sourceGit.close(mergeRequest);
    await settle();
    clock.pass(anHour / 6);
    await startSluice();
    await waitOut();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }]);
  });
});

// From where nobody sends lost webhooks again.
describe.each(inbound)("Sluice, source-git on $from, dist-git on $to", (sides) => {
  it("shows how CI ended for an earlier head of which nothing was heard any more", async () => {
    const world = await linkedPackage("tally", { ...sides, reconcile });
    const { sourceGit, settle } = world;
    const { distForge, distGit } = world.example;
    const script = (end: "failure" | "success") =>
      distForge.ci.script(distGit, {
        jobs: [{ name: "build", states: ["pending", end] }],
        stepMilliseconds: "manual",
      });
    script("failure");
    const first = await sourceGit.openMergeRequest();
    await settle();
    script("success");
    const second = await sourceGit.push(first, { NEWS: "1.5.0\n" });
    await settle();
    // After a while each commit is looked at once more by itself.
    world.clock.pass(anHour / 2);
    await world.waitOut();
    await world.stopSluice();
    distForge.ci.step(distGit);
    await settle();
    expect(sourceGit.statuses(first)["dist-git/build"]?.state).toBe("pending");
    world.clock.pass(anHour / 2);
    await world.startSluice();
    await world.waitOut();

    expect(sourceGit.statuses(first)["dist-git/build"]?.state).toBe("failure");
    expect(sourceGit.statuses(first)["dist-git"]?.state).toBe("failure");
    expect(sourceGit.statuses(second)["dist-git/build"]?.state).toBe("success");
  });
});
