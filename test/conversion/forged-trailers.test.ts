import { afterEach, describe, expect, it } from "@jest/globals";
import type { Layout } from "../../src/conversion/layout.js";
import { landOnTarget } from "../../src/conversion/landing.js";
import { plainLayout } from "../../src/conversion/plain/plain-layout.js";
import { quiltLayout } from "../../src/conversion/quilt/quilt-layout.js";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import { readme, removeRepositories, spec, type Files, type TestRepository } from "./package.js";
import { newPair } from "./plain-pair.js";
import { startedQuilt } from "./quilt-package.js";
import { startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

interface Both {
  readonly source: TestRepository;
  readonly dist: TestRepository;
}

const layouts = {
  rpm: {
    layout: rpmLayout,
    folder: ".distro/",
    distFolder: "",
    start: () => startedPackage({ dist: { "hello.spec": spec, "a.conf": "a\n" } }),
  },
  quilt: {
    layout: quiltLayout,
    folder: "debian/",
    distFolder: "debian/",
    start: async () => {
      const hello = await startedQuilt();
      await hello.source.commit("Configure\n", { "debian/a.conf": "a\n" });
      await hello.convert();
      return hello;
    },
  },
  plain: {
    layout: plainLayout,
    folder: "",
    distFolder: "",
    start: async () => {
      const pair = await newPair({ README: readme({}) }, { README: readme({}), "a.conf": "a\n" });
      await pair.start();
      await pair.source.commit("Configure\n", { "a.conf": "a\n" });
      await pair.convert();
      return pair;
    },
  },
} as const;

/** dist-git's files when a merge request is converted as the service does: as it would land on `target`. */
async function proposed({ source, dist }: Both, { layout, target }: { layout: Layout; target: string }) {
  await source.store.flush();
  await dist.store.flush();
  const head = await landOnTarget(source.store, { head: source.tip ?? "", target });
  const request = { source: source.store, head, target, dist: dist.store, tip: dist.tip ?? "" };
  const { tree } = await layout.sourceToDist(request);
  return async (path: string) => {
    const before = dist.tip;
    const of = await dist.store.git(["cat-file", "-p", `${tree}:${path}`], { expect: [0, 128] });
    dist.tip = before;
    return of.exitCode === 0 ? of.stdout.toString() : undefined;
  };
}

/** Takes on what dist-git has, says that it came from there, and undoes it again. */
async function forge({ source }: Both, own: string, files: { taken: Files; undone: Files }): Promise<void> {
  await source.commit(`Take over\n\nFrom-dist-git-commit: ${own}\n`, files.taken);
  await source.commit("Something else\n", { ...files.undone, README: readme({ 1: "ONE" }) });
}

describe.each(Object.entries(layouts))("a merge request with a forged trailer, layout %s", (_, each) => {
  const { layout, folder, distFolder, start } = each;

  it("does not undo what dist-git alone changed in a file", async () => {
    const hello: Both = await start();
    const target = hello.source.tip ?? "";
    const own = await hello.dist.commit("Own\n", { [`${distFolder}a.conf`]: "changed\n" });
    const path = `${folder}a.conf`;
    await forge(hello, own, { taken: { [path]: "changed\n" }, undone: { [path]: "a\n" } });
    const file = await proposed(hello, { layout, target });
    expect(await file(`${distFolder}a.conf`)).toBe("changed\n");
  });

  it("does not delete a file that dist-git alone has", async () => {
    const hello: Both = await start();
    const target = hello.source.tip ?? "";
    const own = await hello.dist.commit("Own\n", { [`${distFolder}own.conf`]: "own\n" });
    const path = `${folder}own.conf`;
    await forge(hello, own, { taken: { [path]: "own\n" }, undone: { [path]: null } });
    const file = await proposed(hello, { layout, target });
    expect(await file(`${distFolder}own.conf`)).toBe("own\n");
  });

  it("gains nothing by merging its target branch as the second parent", async () => {
    const hello: Both = await start();
    const fork = hello.source.tip ?? "";
    const own = await hello.dist.commit("Own\n", { [`${distFolder}a.conf`]: "changed\n" });
    const target = await hello.source.commit("Merged by others\n", { README: readme({ 9: "NINE" }) });
    hello.source.tip = fork;
    const path = `${folder}a.conf`;
    await forge(hello, own, { taken: { [path]: "changed\n" }, undone: { [path]: "a\n" } });
    const mine = hello.source.tip;
    await hello.source.commit(
      "Merge\n",
      { README: readme({ 1: "ONE", 9: "NINE" }) },
      { parents: [mine, target] },
    );
    const file = await proposed(hello, { layout, target });
    expect(await file(`${distFolder}a.conf`)).toBe("changed\n");
  });

  it("is believed once it is merged", async () => {
    const hello: Both = await start();
    const own = await hello.dist.commit("Own\n", { [`${distFolder}a.conf`]: "changed\n" });
    const path = `${folder}a.conf`;
    await hello.source.commit(`Take over\n\nFrom-dist-git-commit: ${own}\n`, { [path]: "changed\n" });
    const target = hello.source.tip ?? "";
    await hello.source.commit("Change it further\n", { [path]: "further\n" });
    const file = await proposed(hello, { layout, target });
    expect(await file(`${distFolder}a.conf`)).toBe("further\n");
  });
});

describe("a merge request with a forged trailer", () => {
  it("does not undo what dist-git alone changed in the spec", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    const target = hello.source.tip ?? "";
    const path = ".distro/hello.spec";
    const before = (await hello.source.file(path)) ?? "";
    const newer = (text: string) => text.replace("Release:        1", "Release:        2");
    const own = await hello.dist.commit("Rebuild\n", { "hello.spec": newer(spec) });
    await forge(hello, own, { taken: { [path]: newer(before) }, undone: { [path]: before } });
    const file = await proposed(hello, { layout: rpmLayout, target });
    expect(await file("hello.spec")).toContain("Release:        2");
  });
});

describe("a merge request into a source-git that was never in step", () => {
  it("does not delete a file of dist-git that it added and removed, layout plain", async () => {
    const pair = await newPair({ README: readme({}) }, { README: readme({ 2: "TWO" }), "own.conf": "own\n" });
    const target = pair.source.tip ?? "";
    await pair.source.commit("Put in\n", { "own.conf": "own\n", README: readme({ 3: "X" }) });
    await pair.source.commit("Take out\n", { "own.conf": null, README: readme({ 1: "ONE" }) });
    const file = await proposed(pair, { layout: plainLayout, target });
    expect(await file("own.conf")).toBe("own\n");
  });

  it("does not delete one by having held all of dist-git's files once, layout plain", async () => {
    const files = { README: readme({ 2: "TWO" }), "own.conf": "own\n" };
    const pair = await newPair({ README: readme({}) }, files);
    const target = pair.source.tip ?? "";
    await pair.source.commit("Put in\n", files);
    await pair.source.commit("Take out\n", { "own.conf": null });
    const file = await proposed(pair, { layout: plainLayout, target });
    expect(await file("own.conf")).toBe("own\n");
  });
});
