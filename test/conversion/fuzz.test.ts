import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories, spec } from "./package.js";
import { readmePatch, startedQuilt } from "./quilt-package.js";
import { expectInStep, startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

/** Changes line 4 of README, and has line 6 as context; its hunk is headed as other tools do. */
const onTop = (six: string) =>
  `Four is large.\n\n--- a/README\n+++ b/README\n@@ -1,7 +1,7 @@ numbers\n one\n two\n three\n-four\n+FOUR\n five\n ${six}\n seven\n`;

const six = readmePatch(6, "SIX");
const ten = readmePatch(10, "TEN");

async function twoPatches(lines = "%autosetup -p1\n") {
  const named = spec
    .replace("tar.gz\n", "tar.gz\nPatch1: six.patch\nPatch2: four.patch\n")
    .replace("%autosetup -p1\n", lines);
  return startedPackage({
    dist: { "hello.spec": named, "six.patch": six, "four.patch": onTop("SIX") },
  });
}

/** Leaves the commit of the first patch out. */
async function dropFirst({ source }: Awaited<ReturnType<typeof twoPatches>>): Promise<void> {
  const second = await source.store.readCommit(source.tip ?? "");
  const first = await source.store.readCommit(second.parents[0] ?? "");
  await source.commit(second.message, { README: readme({ 4: "FOUR" }) }, { parents: first.parents });
}

describe("a patch of dist-git that would need fuzz, which rpmbuild and dpkg-source refuse", () => {
  it("gets the context that is there when the one before it goes, and keeps all other lines", async () => {
    const hello = await twoPatches();
    await expectInStep(hello);
    await dropFirst(hello);
    const { patches } = await hello.convert();
    expect(await hello.dist.file("four.patch")).toBe(onTop("six"));
    expect(patches.map(({ file, change }) => `${file} ${change}`)).toEqual(["four.patch changed"]);
  });

  it("gets it when the one before it changes", async () => {
    const hello = await twoPatches();
    await hello.source.commit("Six\n\nAmends-patch: six.patch\n", {
      README: readme({ 4: "FOUR", 6: "Six" }),
    });
    await hello.convert();
    expect(await hello.dist.file("four.patch")).toBe(onTop("Six"));
  });

  it("is left in peace where nothing before it changed", async () => {
    const named = spec.replace("tar.gz\n", "tar.gz\nPatch1: four.patch\nPatch2: ten.patch\n");
    const files = { "hello.spec": named, "four.patch": onTop("sixth"), "ten.patch": ten };
    const hello = await startedPackage({ dist: files });
    expect((await hello.convert()).changed).toBe(false);
    await hello.source.commit("Eleven\n", { README: `${readme({ 4: "FOUR", 10: "TEN" })}eleven\n` });
    await hello.convert();
    expect(await hello.dist.file("four.patch")).toBe(onTop("sixth"));
  });

  it("is left in peace where the spec itself allows as much", async () => {
    const hello = await twoPatches("%setup -q\n%patch1 -p1\n%patch2 -p1 -F2\n");
    await dropFirst(hello);
    await hello.convert();
    expect(await hello.dist.file("four.patch")).toBe(onTop("SIX"));
  });

  it("gets its context in a series of quilt, too", async () => {
    const hello = await startedQuilt({ patches: { "six.patch": six, "four.patch": onTop("SIX") } });
    await hello.rewrite(({ message }) =>
      message.includes("Patch-name: six.patch")
        ? "drop"
        : message.includes("Patch-name: four.patch")
          ? { files: { README: readme({ 4: "FOUR" }) } }
          : {},
    );
    expect(await hello.changes()).toEqual({
      "debian/patches/series": "four.patch\n",
      "debian/patches/six.patch": undefined,
      "debian/patches/four.patch": onTop("six"),
    });
  });
});
