import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/domain/clock.js";
import { installExample } from "../../src/sandbox/example.js";
import { startSandbox } from "../../src/sandbox/start.js";
import { type Combination, outbound } from "../world/combinations.js";
import { DistGit } from "../world/dist-git.js";
import { type Effect, Mortal } from "../world/mortal.js";
import { pictureOf } from "../world/picture.js";
import { checkout } from "../world/program.js";
import { distSide, sourceSide } from "../world/side.js";
import { SourceGit } from "../world/source-git.js";
import { StatusLog } from "../world/status-log.js";

let end: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const act of end.reverse()) await act();
  end = [];
});

describe("Sluice, killed after everything that it does to the outside, each in turn", () => {
  it.each(outbound)(
    "leads pairs through the same life, and nothing is doubled (source-git on $from, dist-git on $to)",
    async (forges) => {
      const unharmed = await live({ forges, diesOf: () => false });
      const known = new Set<Effect>();
      // The same effect once more is a repetition: it would be killed for ever.
      const killed = await live({
        forges,
        diesOf: (effect) => !known.has(effect) && known.add(effect).size > 0,
      });

      expect(killed.picture).toEqual(unharmed.picture);
      expect(killed.deaths.length).toBeGreaterThan(25);
    },
    1_200_000,
  );
});

interface Life {
  readonly forges: Combination;
  readonly diesOf: (effect: Effect) => boolean;
}

/** Two merge requests, from their opening to their end, with all that people do to them. */
async function live({ forges, diesOf }: Life): Promise<{ picture: object; deaths: readonly Effect[] }> {
  const { sluice, sourceGit, distGit, sandbox } = await beginLife({ forges, diesOf });
  const until = (what: string, happened: () => unknown) => wait(sluice, what, happened);
  const mirrors = () => distGit.mergeRequests();

  const first = await sourceGit.openMergeRequest();
  await until("its CI fails", () => stateOf("dist-git/build", first) === "failure");
  await until("it is mirrored", () => stateOf("sluice", first) === "success");

  distGit.script([{ name: "build", states: ["pending", "running", "success"] }]);
  sourceGit.comment(first, "/sluice retry", "maintainer");
  await until("its CI succeeds", () => stateOf("dist-git/build", first) === "success");

  await sourceGit.edit(first, { title: "Refuse large sums", draft: true });
  await until("its texts are carried", () => mirrors()[0]?.title.includes("Refuse large sums"));

  const pushed = await sourceGit.push(first, { "src/more.c": "int more;\n" });
  await until("the push is mirrored", () => stateOf("sluice", pushed) === "success");

  const fork = await sourceGit.openMergeRequest({
    from: "fork",
    title: "From a fork",
    change: { "src/fork.c": "int fork;\n" },
  });
  await until("a maintainer is waited for", () => sourceGit.comments(fork).length > 0);
  sourceGit.comment(fork, `/sluice trust ${fork.head}`, "maintainer");
  await until("the fork is mirrored", () => stateOf("sluice", fork) === "success");

  const says = (mergeRequest: typeof first, words: string) =>
    sourceGit.comments(mergeRequest).some((text) => text.startsWith(words));
  for (const words of ["**Closed.**", "**Mirrored**", "**Closed.**"]) {
    if (words === "**Mirrored**") await sourceGit.reopen(fork);
    else await sourceGit.close(fork);
    await until(`the fork's merge request says ${words}`, () => says(fork, words));
  }

  await distGit.write("main", { "gating.yaml": "policy: strict\n" });
  await until("dist-git's change comes home", () => {
    const home = sourceGit.mergeRequests().at(-1);
    return home?.title.startsWith("Bring home") === true && stateOf("sluice", home) === "success";
  });
  const home = sourceGit.mergeRequests().at(-1);
  if (home) await sourceGit.merge(home);
  await until("its branch is gone", async () => !(await sourceGit.hasBranch("sluice/from-dist-main")));

  await sourceGit.edit(first, { draft: false });
  await until("it is ready", () => mirrors()[0]?.draft === false);
  await sourceGit.merge(pushed);
  await until("both are merged", () => says(first, "**Merged on both sides"));

  const picture = await stillPicture(sandbox, sluice);
  return { picture, deaths: sluice.deaths };

  function stateOf(context: string, mergeRequest: { readonly head: string }): string | undefined {
    return sourceGit.statuses(mergeRequest)[context]?.state;
  }
}

async function beginLife({ forges: { from, to }, diesOf }: Life) {
  const directory = await mkdtemp(join(tmpdir(), "sluice-killed-"));
  end.push(() => rm(directory, { recursive: true, force: true }));
  const sandbox = await startSandbox({
    forges: [from, to].map((kind) => ({ name: `${kind}.example`, kind })),
    directory,
    clock: systemClock,
  });
  end.push(() => sandbox.close());
  const example = await installExample({
    sourceForge: sandbox.forge(`${from}.example`),
    distForge: sandbox.forge(`${to}.example`),
    folder: join(checkout, "test/fixtures/packages/tally"),
    directory,
  });
  const log = new StatusLog();
  const distGit = new DistGit(distSide(example, log));
  distGit.script([{ name: "build", states: ["pending", "failure"] }]);
  const link = { "after-source-merge": "merge" };
  const sluice = await Mortal.start({ sandbox, example, directory, link, diesOf });
  end.push(() => sluice.end());
  return { sandbox, sluice, distGit, sourceGit: new SourceGit(sourceSide(example, log), example.local) };
}

/** Milliseconds: whoever is killed takes some time to come back, on a busy machine a multiple of the usual. */
const patience = 180_000;

async function wait(sluice: Mortal, what: string, happened: () => unknown): Promise<void> {
  const begun = Date.now();
  while ((await happened()) !== true) {
    if (Date.now() > Math.max(begun, sluice.lastDeathAt) + patience)
      throw new Error(`in vain: ${what}\n${sluice.lastWords}\n${sluice.undelivered}`);
    await sluice.redeliverLost();
    await pause(5);
  }
}

/** How it looks once nothing is left to be done, and nobody was killed meanwhile. */
async function stillPicture(sandbox: Parameters<typeof pictureOf>[0], sluice: Mortal): Promise<object> {
  let before = "";
  for (;;) {
    await sluice.redeliverLost();
    await sandbox.settled();
    const isIdle = await sluice.isIdle();
    const picture = await pictureOf(sandbox);
    const now = JSON.stringify([picture, sluice.deaths]);
    if (isIdle && now === before && (await sluice.isIdle())) return picture;
    before = now;
    await pause(500);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
