import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, spec } from "./package.js";

afterEach(removeRepositories);

const one = { README: readme({ 1: "ONE" }) };
const two = { README: readme({ 1: "ONE", 3: "THREE" }) };

/** The spec with other lines in place of its source line. */
function withSources(lines: string): string {
  return spec.replace(/^Source0:.*\n/m, lines);
}

/** The spec after one commit, "One", was converted. */
async function afterOne(text: string, dist: Record<string, string> = {}): Promise<string | undefined> {
  const hello = await newPackage({ spec: text, dist });
  await hello.source.commit("One\n", one);
  await hello.convert();
  const after = await hello.dist.file("hello.spec");
  expect((await hello.convert()).changed).toBe(false);
  return after;
}

/** The spec after two commits, of which the first is `first.patch` that dist-git has. */
async function afterSecond(text: string): Promise<string | undefined> {
  const hello = await newPackage({ spec: text });
  await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
  await hello.source.commit("Second\n\nPatch-name: second.patch\n", two);
  await hello.convert();
  expect((await hello.convert()).changed).toBe(false);
  return hello.dist.file("hello.spec");
}

describe("a new patch tag", () => {
  it.each([
    ["an aligned one", "Patch1:         first.patch\n", "Patch2:         second.patch\n"],
    ["a single blank", "Patch1: first.patch\n", "Patch2: second.patch\n"],
    ["a tab", "Patch1:\tfirst.patch\n", "Patch2:\tsecond.patch\n"],
    ["a digit more", "Patch9:    first.patch\n", "Patch10:   second.patch\n"],
    ["capitals", "PATCH1: first.patch\n", "PATCH2: second.patch\n"],
    ["an address", "Patch1: https://example.org/x/first.patch\n", "Patch2: second.patch\n"],
    ["a macro", "Patch1: %{?nothing}f%{!?nothing:irst}.patch\n", "Patch2: second.patch\n"],
  ])("looks like its neighbour: %s", async (_, neighbour, line) => {
    const text = withSources(`Source0: a.tar.gz\n${neighbour}`);
    expect(await afterSecond(text)).toBe(text.replace(neighbour, neighbour + line));
  });

  it("follows the last source where there is no patch, in its column", async () => {
    const text = withSources("Source0:  a.tar.gz\nSource10: b.conf\n");
    expect(await afterOne(text)).toBe(text.replace("b.conf\n", "b.conf\nPatch1:   0001-One.patch\n"));
  });

  it("is put in between and pushes the others on only as far as it must", async () => {
    const hello = await newPackage({
      spec: withSources("Source0: a.tar.gz\nPatch1: first.patch\nPatch2: third.patch\nPatch5: fifth.patch\n"),
    });
    await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
    await hello.source.commit("Second\n\nPatch-name: second.patch\n", two);
    await hello.source.commit("Third\n\nPatch-name: third.patch\n", { Makefile: "all:\n" });
    await hello.source.commit("Fifth\n\nPatch-name: fifth.patch\n", { Makefile: "all: x\n" });
    await hello.convert();
    expect(await hello.patchLines()).toEqual([
      "Patch1: first.patch",
      "Patch2: second.patch",
      "Patch3: third.patch",
      "Patch5: fifth.patch",
    ]);
  });

  it("moves with its comment when commits changed their order", async () => {
    const hello = await newPackage({
      spec: withSources("Source0: a.tar.gz\n# First\nPatch1: first.patch\n# Second\nPatch2: second.patch\n"),
    });
    await hello.source.commit("Second\n\nPatch-name: second.patch\n", { Makefile: "all:\n" });
    await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toMatch(
      /# Second\nPatch1: second.patch\n# First\nPatch2: first.patch\n|# Second\nPatch2: second.patch\n# First\nPatch3: first.patch\n/,
    );
  });
});

describe("%patchlist", () => {
  const list =
    "Name: hello\nVersion: 1\n\n%patchlist\n# Kept\nfirst.patch\n\n%description\nX\n\n%prep\n%autosetup -p1\n";

  it("loses the line of a patch that is gone", async () => {
    const text = list.replace("first.patch\n", "first.patch\n0001-One.patch\n");
    expect(await afterOne(text)).toBe(list.replace("# Kept\nfirst.patch\n", "0001-One.patch\n"));
  });

  it("may be empty before", async () => {
    const text = list.replace("# Kept\nfirst.patch\n", "");
    expect(await afterOne(text)).toBe(text.replace("%patchlist\n", "%patchlist\n0001-One.patch\n"));
  });
});

/** The message of a conversion that named a commit which is lost. */
const converted = `Update\n\nFrom-source-git-commit: ${"1".repeat(40)}\n`;

describe("%prep without %autosetup", () => {
  const prepared = (lines: string, prep: string) => withSources(lines).replace("%autosetup -p1\n", prep);
  const tag = "Source0: a.tar.gz\nPatch1: first.patch\n";

  it.each([
    ["%patch1 -p1 -b .first\n", "%patch2 -p1\n"],
    ["%patch01 -p1\n", "%patch02 -p1\n"],
    ["%patch -P 1 -p1\n", "%patch -P 2 -p1\n"],
    ["%patch -P1 -p1 -b .x\n", "%patch -P2 -p1\n"],
    ["%patch 1 -p1\n", "%patch 2 -p1\n"],
    ["  %patch1 -p0\n", "  %patch2 -p1\n"],
  ])("gets a line like its neighbour %j", async (neighbour, line) => {
    const text = prepared(tag, `%setup -q\n${neighbour}touch x\n`);
    expect(await afterSecond(text)).toBe(
      text
        .replace(neighbour, neighbour + line)
        .replace("first.patch\n", "first.patch\nPatch2: second.patch\n"),
    );
  });

  it("gets its first line behind %setup", async () => {
    const text = prepared("Source0: a.tar.gz\n", "%setup -q\ntouch x\n");
    expect(await afterOne(text)).toBe(
      text
        .replace("%setup -q\n", "%setup -q\n%patch -P 1 -p1\n")
        .replace("tar.gz\n", "tar.gz\nPatch1: 0001-One.patch\n"),
    );
  });

  it("gets a line behind the %endif when its neighbour is conditional", async () => {
    const text = prepared(tag, "%setup -q\n%if 1\n%patch1 -p1\n%endif\n");
    expect(await afterSecond(text)).toContain("%endif\n%patch2 -p1\n");
  });

  it("loses the line of a patch that is gone", async () => {
    const text = prepared(`${tag}Patch2: gone.patch\n`, "%setup -q\n%patch1 -p1\n%patch2 -p1\n");
    const hello = await newPackage({ spec: text });
    await hello.dist.commit(converted, { "gone.patch": "x\n" });
    await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toBe(prepared(tag, "%setup -q\n%patch1 -p1\n"));
  });

  it("is refused when nothing in it can apply a patch", async () => {
    const hello = await newPackage({ spec: prepared("Source0: a.tar.gz\n", "tar xf %{SOURCE0}\n") });
    await hello.source.commit("One\n", one);
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "unsupported",
      where: expect.stringMatching(/^hello.spec:\d+$/),
    });
  });

  it("is refused when another command still uses a patch that is gone", async () => {
    const text = prepared(tag, "%setup -q\ncat %{PATCH1} | patch -p1\n%patch -P 1 -p1\n");
    const hello = await newPackage({ spec: text });
    await hello.dist.commit(converted, { "first.patch": "x\n" });
    await expect(hello.convert()).rejects.toThrow(/still uses patch 1, which is gone/);
  });
});

describe("a spec that is not understood", () => {
  it.each([
    ["an unknown macro", "Patch1: %{unknown}.patch\n", "the macro %{unknown} is not known"],
    ["a shell", "Patch1: %(echo a).patch\n", "would run a shell"],
    ["Lua", "Patch1: %{lua: print(1)}.patch\n", "would run Lua"],
    ["a circle", "%global a %{b}\n%global b %{a}\nPatch1: %{a}.patch\n", "goes in circles"],
  ])("is told with file and line, and stays: %s", async (_, lines, message) => {
    const hello = await newPackage({ spec: withSources(lines) });
    await hello.source.commit("One\n", one);
    const { warnings } = await hello.convert();
    expect(warnings[0]).toMatch(/^hello\.spec:\d+ stays as it is/);
    expect(warnings[0]).toContain(message);
    expect(await hello.dist.file("hello.spec")).toContain(lines);
  });
});
