import { afterEach, describe, expect, it } from "@jest/globals";
import { begin, type Branches } from "./branches.js";
import { type Files, readme, removeRepositories } from "./package.js";

afterEach(removeRepositories);

const five = { README: readme({ 1: "ONE", 5: "FIVE" }) };
const nine = { README: readme({ 1: "ONE", 9: "NINE" }) };

/** Somebody rebuilds in dist-git, in the line in which everybody does. */
async function rebuild({ dist }: Branches, release: number): Promise<string> {
  const text = (await dist.file("hello.spec")) ?? "";
  return dist.commit("Rebuild\n", { "hello.spec": text.replace(/^(Release:\s*)\S+/m, `$1${release}`) });
}

async function releaseOf({ dist }: Branches): Promise<string | undefined> {
  return /^Release:\s*(\S+)/m.exec((await dist.file("hello.spec")) ?? "")?.[1];
}

/** What dist-git did comes home on a branch of its own, which is merged beside what main did meanwhile. */
async function mergeHome(hello: Branches, { meanwhile = {} }: { readonly meanwhile?: Files } = {}) {
  const before = hello.main;
  const { head } = await hello.bringHome();
  hello.source.tip = head;
  const spec = await hello.source.file(".distro/hello.spec");
  hello.main = before;
  await hello.lands("Meanwhile\n", meanwhile);
  await hello.merge(head, { ".distro/hello.spec": spec ?? null });
}

/** dist-git rebuilds, that comes home, and source-git's gate, which went on its way before, arrives all the same. */
async function expectGateBesideRebuild(hello: Branches): Promise<void> {
  await rebuild(hello, 2);
  await hello.bringHome();

  await hello.mirror(hello.main);

  expect(await hello.dist.file("gating.yaml")).toBe("source\n");
  expect(await releaseOf(hello)).toBe("2");
}

describe("what came home by the merge of a branch", () => {
  it("is no conflict with what dist-git makes of the same line next", async () => {
    const hello = await begin.rpm();
    await rebuild(hello, 2);
    await mergeHome(hello, { meanwhile: five });
    await rebuild(hello, 3);

    await hello.mirror(
      await hello.on(hello.main, "Nine\n", { README: readme({ 1: "ONE", 5: "FIVE", 9: "NINE" }) }),
    );

    expect(await releaseOf(hello)).toBe("3");
    expect(Object.keys(await hello.dist.files()).filter((name) => name.endsWith(".patch"))).toHaveLength(3);
  });

  it("is what people made of it who resolved a conflict there", async () => {
    const hello = await begin.rpm();
    const theirs = await hello.dist.commit("Gate\n", { "gating.yaml": "dist\n" });
    await hello.lands("Gate\n", { ".distro/gating.yaml": "source\n" });
    const both = { ".distro/gating.yaml": "both\n" };
    await hello.merge(await hello.on(hello.main, `Gate\n\nFrom-dist-git-commit: ${theirs}\n`, both), both);

    await hello.mirror(await hello.on(hello.main, "Nine\n", nine));

    expect(await hello.dist.file("gating.yaml")).toBe("both\n");
  });

  it("hides nothing that source-git had of its own by then, or did meanwhile", async () => {
    const hello = await begin.rpm();
    await hello.lands("Gate\n", { ".distro/gating.yaml": "source\n" });
    await rebuild(hello, 2);
    await mergeHome(hello, { meanwhile: { ".distro/plan.fmf": "discover:\n", ...five } });

    await hello.mirror(hello.main);

    expect(await hello.dist.file("gating.yaml")).toBe("source\n");
    expect(await hello.dist.file("plan.fmf")).toBe("discover:\n");
    expect(await releaseOf(hello)).toBe("2");
  });

  it("hides nothing without a merge, either, in a source-git that never told of dist-git before", async () => {
    const hello = await begin.rpm();
    await hello.lands("Gate\n", { ".distro/gating.yaml": "source\n" });
    await expectGateBesideRebuild(hello);
  });

  it("hides nothing where a squash brought to source-git what dist-git tells of", async () => {
    const hello = await begin.rpm();
    await hello.mirror(await hello.on(hello.main, "Five\n", five));
    await hello.lands("Five (#1)\n", five);
    await hello.lands("Gate\n", { ".distro/gating.yaml": "source\n" });
    await expectGateBesideRebuild(hello);
  });

  it("hides nothing that source-git merged beside what dist-git tells of", async () => {
    const hello = await begin.rpm();
    const branch = await hello.on(hello.main, "Five\n", five);
    await hello.mirror(branch);
    await hello.lands("Gate\n", { ".distro/gating.yaml": "source\n" });
    await hello.merge(branch, five);
    await expectGateBesideRebuild(hello);
  });

  it("does not count where the branch brought other commits, too", async () => {
    const hello = await begin.rpm();
    const theirs = await hello.dist.commit("Gate\n", { "gating.yaml": "dist\n" });
    const began = await hello.on(hello.main, "Five\n", five);
    const tip = await hello.on(began, `Take over\n\nFrom-dist-git-commit: ${theirs}\n`, {});
    await hello.merge(tip, five);
    await hello.mirror(
      await hello.on(hello.main, "Gate\n", { README: readme({ 1: "ONE", 5: "FIVE", 9: "NINE" }) }),
    );
    expect(await hello.dist.file("gating.yaml")).toBe("dist\n");
  });
});
