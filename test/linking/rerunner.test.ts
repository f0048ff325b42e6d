import { describe, expect, it } from "@jest/globals";
import type { CommitState, ResultGroup } from "../../src/domain/commit-status.js";
import type { RerunChoice } from "../../src/forges/forge.js";
import { type Press, Rerunner, type RerunnerServices } from "../../src/linking/results/rerunner.js";
import { relayedContext } from "../../src/linking/wording/wording.js";

const repository = { forge: "github.com", path: "src/tally" };
const distCommit = "c".repeat(40);
const pressedAt = new Date("2026-11-21T12:00:00.501Z");
const before = "2026-11-21T11:59:00Z";
const after = "2026-11-21T12:01:00Z";
/** Forges tell of seconds. */
const sameSecond = "2026-11-21T12:00:00Z";

type Result = readonly [CommitState, (string | undefined)?, ResultGroup?];

interface Pressing extends Pick<Press, "triedSince" | "action"> {
  readonly context?: string;
  /** What dist-git's CI runs again, whatever it is asked for. */
  readonly runs?: readonly string[];
  readonly notes?: (string | undefined)[];
}

/** What runs again where somebody pressed the button of a check run: of that for `build` unless told. */
async function press(
  ci: Readonly<Record<string, Result>>,
  { triedSince, action, context = "dist-git/build", runs = ["some"], notes = [] }: Pressing = {},
): Promise<readonly RerunChoice[]> {
  const asked: RerunChoice[] = [];
  const forge = {
    checkRuns: {
      rerequested: () => Promise.resolve({ key: `sluice 7 ${distCommit}`, context, commit: "d" }),
    },
    listCommitStatuses: () =>
      Object.entries(ci).map(([name, [state, finishedAt, group]]) => ({
        ...{ context: name, state, finishedAt },
        ...(group && { group }),
      })),
    rerunJobs: (_: unknown, choice: RerunChoice) => Promise.resolve(asked.push(choice) ? runs : []),
  };
  const services = {
    forges: { for: () => forge },
    pairs: {
      withSourceGit: () => Promise.resolve({ distGit: { repository, number: 1 } }),
      isMirrored: () => Promise.resolve(true),
    },
    counterparts: { find: () => Promise.resolve({}) },
    report: { note: (_: unknown, __: string, text?: string) => Promise.resolve(void notes.push(text)) },
  } as unknown as RerunnerServices;
  await new Rerunner(services).press({ check: { repository, id: 1, of: "run" }, triedSince, action });
  return asked;
}

describe("the button of a check run", () => {
  it("runs its job again, whatever came of it", async () => {
    const build = { which: "job", name: "build" };
    expect(await press({ build: ["failure", after] })).toEqual([build]);
    expect(await press({ build: ["success", before] })).toEqual([build]);
  });

  it("runs nothing twice where somebody was cut off who had it run already", async () => {
    const again = { triedSince: pressedAt };
    expect(await press({ build: ["success", after] }, again)).toEqual([]);
    expect(await press({ build: ["success", sameSecond] }, again)).toEqual([]);
    expect(await press({ build: ["running"] }, again)).toEqual([]);
    expect(await press({ build: ["success", after] }, { ...again, action: "rerun" })).toEqual([]);
  });

  it("runs what whoever was cut off had not come to", async () => {
    const again = { triedSince: pressedAt };
    const ci = { build: ["failure", before], lint: ["failure", after] } as const;
    expect(await press(ci, again)).toEqual([{ which: "job", name: "build" }]);
    expect(await press(ci, { ...again, action: "retry" })).toEqual([{ which: "job", name: "build" }]);
  });
});

/** A job of a group, or the group's own result. */
function part(of: Partial<ResultGroup>): ResultGroup {
  return { id: "31", name: "pipeline", part: "job", ...of };
}

describe("the button of a check run that is no job's", () => {
  const child = { id: "32", name: "deploy" };
  const jobs = {
    build: ["failure", before, part({})],
    "deploy: push": ["failure", before, part(child)],
  } as const;
  const wholes = {
    pipeline: ["failure", undefined, part({ part: "whole" })],
    "deploy: pipeline": ["failure", undefined, part({ ...child, part: "whole" })],
  } as const;

  it.each([
    ["a pipeline's", "dist-git/pipeline", "31"],
    ["that of a pipeline that a job started, shown among jobs", "dist-git/deploy: pipeline", "32"],
    ["that of a pipeline that a job started, shown by itself", "dist-git/deploy", "32"],
    ["marked with a number", "dist-git !12/pipeline", "31"],
  ])("runs all of it again: %s", async (_, context, id) => {
    expect(await press({ ...jobs, ...wholes }, { context })).toEqual([{ which: "group", id }]);
  });

  it("runs what an app reports again, and tells two groups of one name apart", async () => {
    const actions = { name: "GitHub Actions" };
    const ci = {
      build: ["failure", before, part(actions)],
      lint: ["failure", before, part({ ...actions, id: "33" })],
    } as const;
    const pressed = (context: string) => press(ci, { context });
    expect(await pressed("dist-git/GitHub Actions")).toEqual([{ which: "group", id: "31" }]);
    expect(await pressed("dist-git/GitHub Actions (2)")).toEqual([{ which: "group", id: "33" }]);
  });

  it("runs nothing twice where somebody was cut off who had it run already", async () => {
    const ended = { ...jobs, ...wholes, "deploy: push": ["success", after, part(child)] } as const;
    const again = { context: "dist-git/deploy: pipeline", triedSince: pressedAt };
    expect(await press(ended, again)).toEqual([]);
    expect(await press({ ...jobs, ...wholes }, again)).toEqual([{ which: "group", id: "32" }]);
  });
});

describe("the button of a check run whose job has another name in dist-git", () => {
  it.each([
    ["cut", `build ${"x".repeat(300)}`],
    ["made harmless", "build \u202ereversed"],
  ])("finds it: %s", async (_, name) => {
    const context = relayedContext(name);
    expect(context).not.toContain(name);
    expect(await press({ [name]: ["failure", before] }, { context })).toEqual([{ which: "job", name }]);
  });
});

describe("a press that nothing comes of", () => {
  it("is said, until one does something", async () => {
    const notes: (string | undefined)[] = [];
    const ci = { build: ["failure", before] } as const;
    await press(ci, { runs: [], notes });
    await press({ build: ["running"] }, { runs: [], notes });
    await press(ci, { notes });
    expect(notes).toEqual([
      expect.stringMatching(/^\*\*Nothing was run again\*\* for `dist-git\/build`: Sluice can only run/),
      expect.stringMatching(/^\*\*Nothing was run again\*\* for `dist-git\/build`: it has not ended yet\.$/),
      undefined,
    ]);
  });

  it("is not said by somebody who comes after one that had it run", async () => {
    const notes: (string | undefined)[] = [];
    await press({ build: ["running"] }, { runs: [], notes, triedSince: pressedAt });
    expect(notes).toEqual([]);
  });
});
