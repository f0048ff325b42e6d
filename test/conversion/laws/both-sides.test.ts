import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { removeRepositories, type TestPackage } from "../package.js";
import { bringHome, sourceTree } from "../round-trip.js";
import { startByItself, type Begun } from "./beginnings.js";
import { performInDist, distDeeds, type DistDeed } from "./dist-side.js";
import { makePackage, packagePlan, type PackagePlan } from "./generate.js";
import { commitsSince, deeds, perform, type Deed } from "./source-side.js";
import { expectEmptyChange } from "./sum.js";
import { readTree, writeTree } from "./trees.js";
import { runs } from "./bounds.js";

afterEach(removeRepositories);

/** Without edits of its own, each patch and each commit makes one file that nothing else has. */
const distOnly = distDeeds("new patch", "rebuild").map((all): readonly DistDeed[] =>
  all.map((deed) => ({ ...deed, patch: { ...deed.patch, parts: [[]] } })),
);
const sourceOnly = (...kinds: readonly Deed["kind"][]) =>
  deeds(...kinds).map((all): readonly Deed[] => all.map((deed) => ({ ...deed, edits: [] })));

interface Moved extends Begun {
  /** dist-git's plan after its own commits. */
  readonly now: PackagePlan;
  /** The tree that holds what both made. */
  readonly expected: string;
}

async function moveBoth(
  plan: PackagePlan,
  ours: readonly Deed[],
  theirs: readonly DistDeed[],
): Promise<Moved> {
  const begun = await startByItself(plan);
  const { source } = begun.hello;
  const before = await readTree(source, source.tip ?? "");
  const [beginning = ""] = await commitsSince(source, "v1.0", source.tip ?? "");
  await perform(source, beginning, ours);
  const now = await performInDist(begun, { plan, deeds: theirs, anywhere: false });
  const added = [...(await readTree(source, source.tip ?? ""))].filter(([path]) => !before.has(path));
  const expected = await writeTree(source, new Map([...makePackage(now).patched, ...added]));
  return { ...begun, now, expected };
}

/** Every patch, Release and file that either side made is on both. */
async function expectBoth({ hello, now, expected }: Moved, ours: readonly Deed[]): Promise<void> {
  expect(await sourceTree(hello)).toBe(expected);
  const made = makePackage(now);
  const present = await hello.dist.files();
  for (const [path, bytes] of Object.entries(made.files)) {
    const isOurs =
      path === made.specPath || (path === "gating.yaml" && ours.some(({ kind }) => kind === "mixed"));
    if (!isOurs) expect([path, present[path]]).toEqual([path, bytes]);
  }
  const spec = present[made.specPath] ?? "";
  expect(spec).toContain(`${now.release}%{?dist}`);
  for (const index of ours.keys()) expect(spec).toContain(`Change-${index}.patch`);
  if (ours.some(({ kind }) => kind === "mixed")) expect(present["gating.yaml"]).toMatch(/^mixed/);
  await expectEmptyChange({ hello, made });
  expect(await homeAgain(hello)).toEqual([]);
}

/** Between two ranges of `%autopatch` there may be no number left: that is refused. */
const withoutRanges = packagePlan.map((plan): PackagePlan =>
  plan.spec.prep === "ranges" ? { ...plan, spec: { ...plan.spec, prep: "%autosetup" } } : plan,
);

async function homeAgain(hello: TestPackage): Promise<readonly unknown[]> {
  return (await bringHome(hello)).commits.filter(({ to }) => to.length > 0);
}

describe("a generated package of which both sides moved", () => {
  it("loses nothing when source-git goes first", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, sourceOnly("add", "mixed"), distOnly, async (plan, ours, theirs) => {
        const moved = await moveBoth(plan, ours, theirs);
        await moved.hello.convert();
        await bringHome(moved.hello);
        await moved.hello.convert();
        await expectBoth(moved, ours);
        await removeRepositories();
      }),
      runs(10),
    );
  });

  it("loses nothing when dist-git goes first", async () => {
    await fc.assert(
      fc.asyncProperty(withoutRanges, sourceOnly("add", "mixed"), distOnly, async (plan, ours, theirs) => {
        const moved = await moveBoth(plan, ours, theirs);
        await bringHome(moved.hello);
        await moved.hello.convert();
        await expectBoth(moved, ours);
        await removeRepositories();
      }),
      runs(10),
    );
  });
});
