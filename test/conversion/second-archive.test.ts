import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories, spec, type Files, type TestPackage } from "./package.js";
import { bringHome, sourceTree, startedPackage } from "./round-trip.js";
import { lineChange, start } from "./starting.js";

afterEach(removeRepositories);

/** A second program beside upstream's, with patches of its own in between those of upstream. */
function specOf(patches: readonly string[], uses: readonly string[]): string {
  const named = patches.map((tag) => `${tag}\n`).join("");
  const sources = `Source3: https://example.org/second-0.9.tar.bz2\n${named}`;
  return spec
    .replace(/^Source0:.*\n/m, (line) => `${line}${sources}`)
    .replace("%autosetup -p1", uses.join("\n"));
}

const tags = [
  "Patch100: a.patch",
  "# Of second",
  "Patch300: s.patch",
  "Patch301: t.patch",
  "Patch400: b.patch",
];
const uses = [
  "%setup -q -a 3",
  "%patch -P 100 -p1",
  "pushd second-0.9",
  "%patch -P 300 -p2 -b .build",
  "%patch -P 301 -p1",
  "autoreconf",
  "popd",
  "%patch -P 400 -p1",
];

const second = lineChange(1, "ONE").replaceAll("/README", "/second-0.9/configure.ac");
const packaged: Files = {
  "hello.spec": specOf(tags, uses),
  "a.patch": lineChange(2, "TWO"),
  "s.patch": second,
  // Would apply at the top as well, and has no business there.
  "t.patch": lineChange(9, "NINE"),
  "b.patch": lineChange(5, "FIVE"),
};

const untouched = { "s.patch": packaged["s.patch"], "t.patch": packaged["t.patch"] };

async function convert(hello: TestPackage): Promise<Record<string, string>> {
  await hello.convert();
  const present = await hello.dist.files();
  expect(present).toMatchObject(untouched);
  // What was converted is in step.
  expect((await hello.convert()).changed).toBe(false);
  return present;
}

describe("patches of a second archive, whose folder upstream does not have", () => {
  it("stay files, each with a warning that names it and the folder, and the others become commits", async () => {
    const { hello, started } = await start({ dist: packaged });
    expect(started.patches.map(({ file }) => file)).toEqual(["a.patch", "b.patch"]);
    expect(started.warnings).toEqual([
      "s.patch is applied in second-0.9 (hello.spec:24), which upstream does not have: it stays a file, and its change is left out",
      "t.patch is applied in second-0.9 (hello.spec:25), which upstream does not have: it stays a file, and its change is left out",
    ]);
    const files = await hello.source.files();
    expect(files["README"]).toBe(readme({ 2: "TWO", 5: "FIVE" }));
    expect(files).toMatchObject({ ".distro/s.patch": second, ".distro/t.patch": packaged["t.patch"] });
    expect((await hello.convert()).changed).toBe(false);
    expect(await hello.dist.files()).toEqual(packaged);
  });

  it("stay as they are beside a commit that is added, one that changes, and one that goes", async () => {
    const hello = await startedPackage({ dist: packaged });
    await hello.source.commit("New\n", { README: readme({ 2: "TWO", 5: "FIVE", 9: "nine!" }) });
    const added = await convert(hello);
    expect(added["hello.spec"]).toBe(
      specOf([...tags, "Patch401: 0003-New.patch"], [...uses, "%patch -P 401 -p1"]),
    );
    await hello.source.commit("Otherwise\n\nAmends-patch: a.patch\n", {
      README: readme({ 2: "two!", 5: "FIVE", 9: "nine!" }),
    });
    const changed = await convert(hello);
    expect(changed["a.patch"]).toBe(lineChange(2, "two!"));
    expect(changed["hello.spec"]).toBe(added["hello.spec"]);
    await hello.source.commit("Not\n\nAmends-patch: b.patch\n", {
      README: readme({ 2: "two!", 9: "nine!" }),
    });
    const dropped = await convert(hello);
    expect(dropped["hello.spec"]).toBe(
      specOf([...tags.slice(0, -1), "Patch401: 0003-New.patch"], [...uses.slice(0, -1), "%patch -P 401 -p1"]),
    );
    expect(Object.keys(dropped)).not.toContain("b.patch");
  });

  it("come home as files where dist-git changes one, adds one and takes one away", async () => {
    const hello = await startedPackage({ dist: packaged });
    const before = await sourceTree(hello);
    const other = second.replace("+ONE", "+First");
    const more = specOf([...tags, "Patch500: u.patch"], uses.toSpliced(5, 0, "%patch -P 500 -p2"));
    await hello.dist.commit("Change one, add one\n", {
      "hello.spec": more,
      "s.patch": other,
      "u.patch": second.replace("configure.ac", "Makefile.am"),
    });
    await hello.dist.commit("Take one away\n", {
      "hello.spec": more.replace(/^.*(?:300|Of second).*\n/gm, ""),
      "s.patch": null,
    });
    const { commits } = await bringHome(hello);
    expect(commits.map(({ to }) => to.length)).toEqual([1, 1]);
    const files = await hello.source.files();
    expect(files).toMatchObject({ ".distro/u.patch": expect.stringContaining("Makefile.am") });
    expect(files).not.toHaveProperty([".distro/s.patch"]);
    expect(await sourceTree(hello)).toBe(before);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("come home beside a patch of upstream's that changes in the same commit", async () => {
    const hello = await startedPackage({ dist: packaged });
    await hello.dist.commit("Change two\n", {
      "s.patch": second.replace("+ONE", "+First"),
      "b.patch": lineChange(5, "fifth"),
    });
    await bringHome(hello);
    expect(await hello.source.files()).toMatchObject({
      README: readme({ 2: "TWO", 5: "fifth" }),
      ".distro/s.patch": expect.stringContaining("+First"),
    });
    expect((await hello.convert()).changed).toBe(false);
  });

  it("are those of one patch alone, too, in a dist-git of SPECS and SOURCES", async () => {
    const dist: Files = {
      "SPECS/hello.spec": specOf(["Patch300: s.patch"], ["%setup -q -a 3", "%patch 300 -p2 -d second-0.9"]),
      "SOURCES/s.patch": second,
    };
    const hello = await startedPackage({ dist });
    await hello.source.commit("New\n", { README: readme({ 9: "nine!" }) });
    await hello.convert();
    expect(await hello.dist.files()).toMatchObject({
      "SPECS/hello.spec": specOf(
        ["Patch300: s.patch", "Patch301: 0001-New.patch"],
        ["%setup -q -a 3", "%patch 300 -p2 -d second-0.9", "%patch 301 -p1"],
      ),
      "SOURCES/s.patch": second,
    });
  });
});
