import { afterEach, describe, expect, it } from "@jest/globals";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import {
  type HomePlan,
  type HomeWork,
  ownCommits,
  planHome,
} from "../../src/linking/homecoming/homecoming-plan.js";
import { removeRepositories, spec, type TestPackage } from "../conversion/package.js";
import { startedPackage } from "../conversion/round-trip.js";

afterEach(removeRepositories);

const committer = { name: "Sluice", email: "sluice@example.org", date: "1700000900 +0000" };

describe("what dist-git changed by itself", () => {
  it("is nothing where squashes on both sides lost their trailers", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    await hello.source.commit("Greet the world (#1)\n", { "main.c": "hello, world\n" });
    const squashed = await squashInDist(hello);

    expect(await planned(hello, { fromSource: new Set([squashed]) })).toMatchObject({ outcome: "in-step" });
  });

  it("is nothing where all of it only says what source-git has by commits of its own", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec, "gating.yaml": "a\n" } });
    await hello.source.commit("Gate\n", { ".distro/gating.yaml": "b\n" });
    await hello.dist.commit("Gate\n", { "gating.yaml": "b\n" });
    await hello.dist.commit("Rebuild\n");

    expect(await planned(hello)).toMatchObject({ outcome: "in-step" });
  });

  it("comes up to the commit that conflicts, which is named", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec, "gating.yaml": "a\n" } });
    await hello.source.commit("Gate\n", { ".distro/gating.yaml": "b\n" });
    const first = await hello.dist.commit("Plan\n", { "plan.fmf": "discover:\n" });
    const conflicting = await hello.dist.commit("Gate\n", { "gating.yaml": "c\n" });
    await hello.dist.commit("Lint\n", { "lint.toml": "\n" });

    expect(await planned(hello)).toMatchObject({
      outcome: "conflict",
      commit: conflicting,
      complaint: { where: ".distro/gating.yaml" },
      brought: { commits: [{ from: first }] },
    });
  });

  it("goes on from what a merge request brought home, when its trailers were lost", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec, "gating.yaml": "a\n" } });
    await hello.source.commit("Gate\n", { ".distro/gating.yaml": "b\n" });
    const settled = await hello.dist.commit("Gate\n", { "gating.yaml": "c\n" });
    await hello.source.commit("Resolved by hand (#1)\n", { ".distro/gating.yaml": "b\nc\n" });
    expect(await planned(hello)).toMatchObject({ outcome: "conflict" });
    expect(await planned(hello, { settled })).toMatchObject({ outcome: "in-step" });

    const later = await hello.dist.commit("Lint\n", { "lint.toml": "\n" });
    expect(await planned(hello, { settled })).toMatchObject({ outcome: "home", commits: [{ from: later }] });
  });

  it("is unknown where the two were never in step", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    const other = await startedPackage({ dist: { "hello.spec": spec, other: "\n" } });

    expect(await ownCommits(workOf({ source: hello.source, dist: other.dist }))).toBeUndefined();
  });
});

describe("what takes too long to bring home", () => {
  it("is given up, and is for people to see to", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    await hello.dist.commit("Add a file\n", { more: "x\n" });
    const work = workOf(hello);

    expect(await planHome(work, (await ownCommits(work)) ?? [], 0)).toMatchObject({
      outcome: "conflict",
      complaint: {
        message: "bringing dist-git's changes home took longer than 0 minutes, so Sluice gave up",
      },
      commit: hello.dist.tip,
      brought: { head: hello.source.tip, commits: [] },
    });
    expect(await planHome(work, (await ownCommits(work)) ?? [])).toMatchObject({ outcome: "home" });
  });
});

/** dist-git gets what source-git converts to, in a commit that does not tell of it. */
async function squashInDist({ source, dist }: TestPackage): Promise<string> {
  const { store, tip = "" } = dist;
  const sides = { source: source.store, head: source.tip ?? "", dist: store, tip };
  const { tree } = await rpmLayout.sourceToDist(sides);
  const message = "Greet (#1)\n";
  dist.tip = store.writeCommit({ tree, parents: [tip], author: committer, committer, message });
  return dist.tip;
}

type Sides = Pick<TestPackage, "source" | "dist">;

function workOf({ source, dist }: Sides, known: Partial<HomeWork> = {}): HomeWork {
  const sides = { source: source.store, head: source.tip ?? "", dist: dist.store, tip: dist.tip ?? "" };
  return { ...sides, committer, layout: rpmLayout, settled: undefined, ...known };
}

async function planned(sides: Sides, known: Partial<HomeWork> = {}): Promise<HomePlan> {
  const work = workOf(sides, known);
  return planHome(work, (await ownCommits(work)) ?? []);
}
