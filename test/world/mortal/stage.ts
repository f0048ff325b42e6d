import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installExample, type Example } from "../../../src/sandbox/example.js";
import type { SandboxMergeRequest } from "../../../src/sandbox/model.js";
import type { Sandbox } from "../../../src/sandbox/sandbox.js";
import { startSandbox } from "../../../src/sandbox/start.js";
import { MovableClock } from "../clock.js";
import type { Combination } from "../combinations.js";
import { DistGit } from "../dist-git.js";
import { Mortal, type Wishes } from "../mortal.js";
import { copyPackage } from "../package.js";
import { pictureOf } from "../picture.js";
import { checkout } from "../program.js";
import { distSide, sourceSide } from "../side.js";
import { type Opened, SourceGit } from "../source-git.js";
import { StatusLog } from "../status-log.js";
import type { Bundle } from "./bundle.js";
import type { Effect } from "./effect.js";
import type { LifeName } from "./verbs.js";

/** Where a life is lived. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly example: Example;
  readonly sluice: Mortal;
  readonly sourceGit: SourceGit;
  readonly distGit: DistGit;
  /** The life goes on only from what was said to be so. */
  readonly until: (what: string, isSo: () => unknown) => Promise<void>;
}

/** What people do to merge requests from their opening to their end, on one combination of forges. */
export interface Life extends Combination {
  readonly name: LifeName;
  /** Of `sluice.yml`, at the beginning. */
  readonly wishes: Wishes;
  readonly chapters: readonly ((stage: Stage) => Promise<void>)[];
}

export interface Lived {
  /** What people see on the forges at its end. */
  readonly picture: object;
  readonly effects: readonly Effect[];
  readonly parked: readonly string[];
  /** What CI was asked to run again, each time. */
  readonly runAgain: readonly string[];
}

export async function live(
  life: Life,
  how: { readonly bundle: Bundle; readonly dies: boolean },
): Promise<Lived> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-life-"));
  const clock = new MovableClock();
  const forges = [life.from, life.to].map((kind) => ({ name: `${kind}.example`, kind }));
  const sandbox = await startSandbox({ forges, directory, clock, mergeabilityMilliseconds: 5 });
  const example = await installExample({
    sourceForge: sandbox.forge(`${life.from}.example`),
    distForge: sandbox.forge(`${life.to}.example`),
    folder: join(checkout, "test/fixtures/packages/tally"),
    directory,
    build: copyPackage,
  });
  const runAgain = watchReruns(sandbox);
  const sluice = new Mortal({ sandbox, example, directory, clock, ...how });
  try {
    await sluice.start(life.wishes);
    const stage = stageOf({ sandbox, example, sluice });
    for (const chapter of life.chapters) await chapter(stage);
    // What it leaves for the starts of the others comes at its end.
    if (!how.dies) await sluice.stop();
    const picture = await pictureOf(sandbox);
    return { picture, effects: sluice.effects, parked: await sluice.parked(), runAgain };
  } finally {
    await sluice.end();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function watchReruns({ forges }: Sandbox): readonly string[] {
  const seen: string[] = [];
  for (const forge of forges) {
    forge.afterRequest(({ method, path }, { status }) => {
      const isRerun = method === "POST" && /\/(retry|pipeline|rerun(-failed-jobs)?|rerequest)$/.test(path);
      if (isRerun && status < 300) seen.push(`${forge.name} ${path.replace(/\d+/g, "N")}`);
    });
  }
  return seen;
}

function stageOf(things: Pick<Stage, "sandbox" | "example" | "sluice">): Stage {
  const { example, sluice } = things;
  const log = new StatusLog();
  const until: Stage["until"] = async (what, isSo) => {
    await sluice.settle();
    if ((await isSo()) !== true) throw new Error(`not so: ${what}\n${sluice.words}`);
  };
  const sourceGit = new SourceGit(sourceSide(example, log), example.local);
  return { ...things, sourceGit, distGit: new DistGit(distSide(example, log)), until };
}

/** The dist-git merge request that was made last. */
export function lastMirror({ distGit }: Stage) {
  return distGit.mergeRequests().at(-1);
}

export function stateOf(
  { sourceGit }: Stage,
  context: string,
  { head }: Pick<Opened, "head">,
): string | undefined {
  return sourceGit.statuses({ head })[context]?.state;
}

/** Whether one comment on it begins so. */
export function says({ sourceGit }: Stage, mergeRequest: Pick<Opened, "number">, words: string): boolean {
  return sourceGit.comments(mergeRequest).some((text) => text.startsWith(words));
}

/** The merge request of source-git as its forge keeps it. */
export function found(
  { example: { sourceForge, sourceGit } }: Stage,
  { number }: Opened,
): SandboxMergeRequest {
  const mergeRequest = sourceForge.store.mergeRequest(sourceGit, number);
  if (!mergeRequest) throw new Error("there is no such merge request in source-git");
  return mergeRequest;
}

/** A merge request that adds a file of this name, mirrored. */
export async function open(stage: Stage, name: string): Promise<Opened> {
  const change = { [`src/${name}.c`]: `int ${name};\n` };
  const mergeRequest = await stage.sourceGit.openMergeRequest({
    title: `Add to the program: ${name}`,
    change,
  });
  await stage.until(`${name} is mirrored`, () => lastMirror(stage)?.title.includes(`program: ${name}`));
  return mergeRequest;
}
