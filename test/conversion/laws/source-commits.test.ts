import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { removeRepositories, type TestPackage } from "../package.js";
import { startByItself, type Begun } from "./beginnings.js";
import { packagePlan } from "./generate.js";
import { commitsSince, deeds, perform, type Deed } from "./source-side.js";
import { namesEach } from "./spec-writer.js";
import { expectEmptyChange, expectSum } from "./sum.js";
import { runs } from "./bounds.js";

afterEach(removeRepositories);

interface After extends Begun {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
  readonly amended: ReadonlySet<string>;
}

/** The commit with the distribution's files: the first after upstream's release. */
async function beginningOf({ source }: TestPackage): Promise<string> {
  return (await commitsSince(source, "v1.0", source.tip ?? ""))[0] ?? "";
}

async function convertAfter(begun: Begun, all: readonly Deed[]): Promise<After> {
  const { hello } = begun;
  const before = await hello.dist.files();
  const amended = await perform(hello.source, await beginningOf(hello), all);
  await hello.convert();
  const after = await hello.dist.files();
  await expectSum(begun);
  await expectEmptyChange(begun);
  return { ...begun, before, after, amended };
}

function specLines({ made }: Begun, files: Readonly<Record<string, string>>): readonly string[] {
  return (files[made.specPath] ?? "").split(/\r?\n/);
}

/** Whether all lines are among the others, in their order. */
function isPart(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const line of all) if (line === some[at]) at += 1;
  return at === some.length;
}

describe("a generated package, after commits in source-git,", () => {
  it("has patches that add up, and keeps lines and bytes when commits are added", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, deeds("add", "mixed", "amend"), async (plan, all) => {
        const converted = await convertAfter(await startByItself(plan), all);
        const { before, after, amended, made } = converted;
        const [old, fresh] = [specLines(converted, before), specLines(converted, after)];
        expect({ kept: isPart(old, fresh), fresh }).toEqual({ kept: true, fresh });
        const added = all.filter(({ kind }) => kind !== "amend").length;
        const each = namesEach(plan.spec) ? 2 : 1;
        expect(fresh.length - old.length).toBeLessThanOrEqual(
          added * (plan.spec.prep === "ranges" ? 2 : each),
        );
        const folder = plan.folders ? "SOURCES/" : "";
        for (const { file } of made.patches) {
          if ([...amended].some((message) => message.includes(file))) continue;
          expect(after[`${folder}${file}`]).toBe(before[`${folder}${file}`]);
        }
        await removeRepositories();
      }),
      runs(15),
    );
  });

  it("loses its own lines alone with the commits that are dropped", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, deeds("drop"), async (plan, all) => {
        const converted = await convertAfter(await startByItself(plan), all);
        const { before, after } = converted;
        const [old, fresh] = [specLines(converted, before), specLines(converted, after)];
        // Without numbers of their own, the patches behind a dropped one get others, and so do the lines that apply them.
        const keepsNumbers = plan.spec.tags === "numbered" || !namesEach(plan.spec);
        if (keepsNumbers) expect({ kept: isPart(fresh, old), fresh }).toEqual({ kept: true, fresh });
        expect(fresh.length).toBeLessThanOrEqual(old.length);
        await removeRepositories();
      }),
      runs(10),
    );
  });

  it("has patches that add up whatever is done", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, deeds("add", "mixed", "amend", "drop", "swap"), async (plan, all) => {
        await convertAfter(await startByItself(plan), all).catch((error: unknown) => {
          // An order that a spec cannot have is refused.
          expect(String(error)).toMatch(/would have to be renumbered, but %autopatch applies a range/);
        });
        await removeRepositories();
      }),
      runs(15),
    );
  });
});
