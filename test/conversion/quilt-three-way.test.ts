import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories } from "./package.js";
import { dep3, readmePatch, startedQuilt, upstream, type QuiltPackage } from "./quilt-package.js";

afterEach(removeRepositories);

const patches = { "louder.patch": readmePatch(2, "TWO", dep3), "ten.patch": readmePatch(10, "TEN") };
const seriesPath = "debian/patches/series";
const changelog = "debian/changelog";

/** In step once by init, once more by a conversion. */
async function inStep(how: "by init" | "by a conversion"): Promise<QuiltPackage> {
  const hello = await startedQuilt({ patches });
  if (how === "by init") return hello;
  await hello.source.commit("Fix\n\nPatch-name: fix.patch\n", { "hello.c": "int main;\n" });
  await hello.convert();
  return hello;
}

describe.each(["by init", "by a conversion"] as const)("what happened since both were in step %s:", (how) => {
  it("dist-git's own files, patches, headers and comments stay", async () => {
    const hello = await inStep(how);
    const own = readmePatch(6, "SIX").replaceAll("README", "Makefile");
    const before = (await hello.dist.file(seriesPath)) ?? "";
    await hello.dist.commit("Release\n", {
      [changelog]: "hello (1:1.0-3) unstable; urgency=low\n",
      "debian/new": "new\n",
      "debian/patches/own.patch": own,
      "debian/patches/ten.patch": patches["ten.patch"].replace("+TEN", "+Ten"),
      [seriesPath]: `# theirs\n${before}own.patch\n`,
    });
    await hello.source.commit("More\n\nPatch-name: more.patch\n", { Makefile: "all:\n" });
    const changes = await hello.changes();
    expect(Object.keys(changes)).toEqual(["debian/patches/more.patch", seriesPath]);
    expect(changes[seriesPath]).toBe(`# theirs\n${before}more.patch\nown.patch\n`);
    expect(hello.last?.warnings).toEqual(
      expect.arrayContaining([
        "ten.patch was changed in dist-git alone and stays so",
        "own.patch is dist-git's own and stays",
      ]),
    );
    expect((await hello.convert()).changed).toBe(false);
  });

  it("a patch that dist-git removed stays away", async () => {
    const hello = await inStep(how);
    const before = (await hello.dist.file(seriesPath)) ?? "";
    await hello.dist.commit("Drop\n", {
      "debian/patches/ten.patch": null,
      [seriesPath]: before.replace("ten.patch\n", ""),
    });
    await hello.source.commit("More\n\nPatch-name: more.patch\n", { Makefile: "all:\n" });
    expect(Object.keys(await hello.changes())).toEqual(["debian/patches/more.patch", seriesPath]);
    expect(hello.last?.warnings).toEqual(["ten.patch was removed in dist-git alone and stays away"]);
  });

  it("a patch that dist-git only disabled stays so, its file included", async () => {
    const hello = await inStep(how);
    const before = (await hello.dist.file(seriesPath)) ?? "";
    await hello.dist.commit("Disable\n", { [seriesPath]: before.replace("ten.patch", "#ten.patch") });
    await hello.source.commit("More\n\nPatch-name: more.patch\n", { Makefile: "all:\n" });
    const changes = await hello.changes();
    expect(Object.keys(changes)).toEqual(["debian/patches/more.patch", seriesPath]);
    expect(changes[seriesPath]).toContain("\n#ten.patch\n");
  });

  it("a commit that was dropped takes its patch and its line", async () => {
    const hello = await inStep(how);
    const before = (await hello.dist.file(seriesPath)) ?? "";
    await hello.rewrite(({ subject }) => (subject === "ten" ? "drop" : {}));
    expect(await hello.changes()).toEqual({
      "debian/patches/ten.patch": undefined,
      [seriesPath]: before.replace("ten.patch\n", ""),
    });
  });

  it("a commit that was changed changes its patch", async () => {
    const hello = await inStep(how);
    await hello.rewrite(({ subject }) =>
      subject === "ten" ? { files: { README: readme({ 2: "TWO", 10: "X" }) } } : {},
    );
    expect(await hello.changes()).toEqual({
      "debian/patches/ten.patch": patches["ten.patch"].replace("+TEN", "+X"),
    });
  });

  it("packaging that both changed is merged line by line", async () => {
    const hello = await inStep(how);
    const rules = "#!/usr/bin/make -f\n%:\n\tdh $@\n";
    await hello.dist.commit("Rules\n", { "debian/rules": { program: rules.replace("dh $@", "dh $@ --x") } });
    await hello.source.commit("Rules\n", { "debian/rules": { program: `# why\n${rules}` } });
    expect(await hello.changes()).toEqual({
      "debian/rules": `# why\n${rules.replace("dh $@", "dh $@ --x")}`,
    });
  });

  it("packaging that was changed in a rewritten commit is carried", async () => {
    const hello = await inStep(how);
    await hello.rewrite(({ subject }) =>
      subject === "Add Debian's packaging" ? { files: { "debian/control": "Source: hello\n" } } : {},
    );
    expect(await hello.changes()).toEqual({ "debian/control": "Source: hello\n" });
  });

  it("the same lines changed on both sides are a conflict that names file and commit", async () => {
    const hello = await inStep(how);
    const commit = await hello.dist.commit("Control\n", { "debian/control": "Source: bonjour\n" });
    const ours = await hello.source.commit("Control\n", { "debian/control": "Source: salut\n" });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `debian/control (line 1) was changed in dist-git by commit ${commit.slice(0, 12)} and in source-git by commit ${ours.slice(0, 12)}`,
      where: "debian/control",
    });
  });

  it("a patch that both changed is a conflict that names file and commit", async () => {
    const hello = await inStep(how);
    const commit = await hello.dist.commit("Ten\n", {
      "debian/patches/ten.patch": patches["ten.patch"].replace("+TEN", "+Ten"),
    });
    await hello.rewrite(({ subject }) =>
      subject === "ten" ? { files: { README: readme({ 2: "TWO", 10: "X" }) } } : {},
    );
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `debian/patches/ten.patch was changed in dist-git by commit ${commit.slice(0, 12)} while its commits changed in source-git`,
    });
  });
});

describe("a new upstream release in source-git", () => {
  const release = { ...upstream, "hello.c": "int main;\n", NEWS: "2.0\n" };

  /** source-git on release 2.0, its commits as they were. */
  async function rebased(hello: QuiltPackage): Promise<void> {
    await hello.source.commit("Release 2.0\n", release, { parents: [hello.base] });
    const base = hello.source.tip ?? "";
    await hello.source.store.flush();
    await hello.source.tag("v2.0");
    await hello.source.commit(
      "Add Debian's packaging\n",
      {
        ...Object.fromEntries(
          Object.entries(await hello.dist.files()).filter(
            ([path]) => path.startsWith("debian/") && !path.startsWith("debian/patches/"),
          ),
        ),
        ".distro/source-git.yaml": "layout: quilt\nupstream_ref: v2.0\n",
      },
      { parents: [base] },
    );
    await hello.source.commit(
      "Say it louder\n\nNobody hears it.\n\nBug-Debian: https://bugs.debian.org/1\nForwarded: no\nPatch-name: louder.patch\n",
      { README: readme({ 2: "TWO" }) },
      { author: { name: "Grace Hopper", email: "grace@example.org", date: "1682899200 +0000" } },
    );
    await hello.source.commit(
      "ten\n\nPatch-name: ten.patch\n",
      { README: readme({ 2: "TWO", 10: "TEN" }) },
      { author: { name: "Maintainer", email: "m@example.org", date: "1690000000 +0200" } },
    );
  }

  it("becomes dist-git's own where its upstream files were the old release's", async () => {
    const hello = await inStep("by a conversion");
    await rebased(hello);
    const changes = await hello.changes();
    expect(changes).toMatchObject({ "hello.c": "int main;\n", NEWS: "2.0\n" });
    expect(Object.keys(changes)).toEqual(["NEWS", "debian/patches/fix.patch", seriesPath, "hello.c"]);
  });

  it("has to be imported first where they were a tarball's", async () => {
    const hello = await startedQuilt({ patches, dist: { configure: "generated\n" } });
    await hello.source.commit("Fix\n\nPatch-name: fix.patch\n", { "hello.c": "int main;\n" });
    await hello.convert();
    await rebased(hello);
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "refused",
      message: "upstream_ref changed, and dist-git's upstream files are not those of the release before",
      remedy: expect.stringContaining("gbp import-orig") as unknown,
    });

    await hello.dist.commit("Import 2.0\n", { ...release, configure: "new\n" });
    expect(Object.keys(await hello.changes())).not.toContain("configure");
    expect(await hello.dist.file("NEWS")).toBe("2.0\n");
  });

  it("changes nothing beside debian/ where there is nothing", async () => {
    const hello = await startedQuilt({ patches, shape: "alone" });
    await hello.source.commit("Fix\n\nPatch-name: fix.patch\n", { "hello.c": "int main;\n" });
    await hello.convert();
    await rebased(hello);
    await hello.convert();
    expect(Object.keys(await hello.dist.files()).every((path) => path.startsWith("debian/"))).toBe(true);
  });
});
