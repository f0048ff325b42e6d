import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories } from "../package.js";
import { comesFromDist, expectInStep, startedPackage } from "../round-trip.js";
import { readmePatch, withTags } from "./shapes.js";

afterEach(removeRepositories);

const one = { README: readme({ 2: "TWO" }) };
const two = { README: readme({ 2: "TWO", 9: "NINE" }) };
const git = [readmePatch(2, "TWO"), readmePatch(9, "NINE")] as const;
const plain = [
  readmePatch(2, "TWO", ["README.orig", "README"]),
  readmePatch(9, "NINE", ["README.orig", "README"]),
] as const;

const firstTag = "Source0: a.tar.gz\nPatch0: first.patch\n";
const tags = `${firstTag}Patch1: second.patch\n`;

/** dist-git whose `%prep` applies one patch, and one whose `%prep` applies two. */
function twoPreps(before: string, after: string, [first, second]: readonly [string, string] = git) {
  return {
    before: { "hello.spec": withTags(firstTag, before), "first.patch": first },
    change: { "hello.spec": withTags(tags, after), "second.patch": second },
    patched: two,
  };
}

/** `%prep` after a commit more was converted. */
async function convertSecond(prep: string): Promise<string | undefined> {
  const hello = await newPackage({ spec: withTags(firstTag, prep) });
  await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
  await hello.source.commit("Second\n\nPatch-name: second.patch\n", two);
  await hello.convert();
  const after = await hello.dist.file("hello.spec");
  expect((await hello.convert()).changed).toBe(false);
  return after;
}

describe("`%autopatch -m/-M` ranges", () => {
  it("source to dist: a patch beyond the range gets a line of its own", async () => {
    const range = "%setup -q\n%autopatch -p1 -m 0 -M 0\n";
    expect(await convertSecond(range)).toBe(withTags(tags, `${range}%patch -P 1 -p1\n`));
  });

  it("source to dist: a patch inside an open range gets none", async () => {
    const range = "%setup -q\n%autopatch -p1 -m 0\n";
    expect(await convertSecond(range)).toBe(withTags(tags, range));
  });

  comesFromDist(twoPreps("%setup -q\n%autopatch -p1 -m 0 -M 0\n", "%setup -q\n%autopatch -p1 -m 0 -M 1\n"));
});

describe("`%autopatch -m/-M` ranges that apply later numbers first", () => {
  comesFromDist(
    twoPreps("%setup -q\n%autopatch -p1 -M 0\n", "%setup -q\n%autopatch -p1 -m 1\n%autopatch -p1 -M 0\n"),
  );
});

describe("`%patch0 -p0 -b .x`", () => {
  const first = "%setup -q\n%patch0 -p0 -b .x\n";

  it("source to dist: a new patch gets a line like its neighbour, with its own strip level", async () => {
    expect(await convertSecond(first)).toBe(withTags(tags, `${first}%patch1 -p1\n`));
  });

  comesFromDist(twoPreps(first, `${first}%patch1 -p0 -b .y\n`, plain));
});

describe("`%patch -P N -pM`", () => {
  comesFromDist(
    twoPreps("%setup -q\n%patch -P 0 -p1\n", "%setup -q\n%patch -P 0 -p1\n%patch -P1 -p0\n", [
      git[0],
      plain[1],
    ]),
  );
});

describe("`%patch` lines in another order than the tags", () => {
  comesFromDist(twoPreps("%setup -q\n%patch -P 0 -p1\n", "%setup -q\n%patch -P 1 -p1\n%patch -P 0 -p1\n"));
});

describe("`-S git_am`", () => {
  const prep = "%autosetup -p1 -S git_am\n";

  it("source to dist: a new patch needs no line", async () => {
    expect(await convertSecond(prep)).toBe(withTags(tags, prep));
  });

  comesFromDist(twoPreps(prep, prep));
});

describe("`%autosetup -p0`", () => {
  comesFromDist(twoPreps("%autosetup -p0\n", "%autosetup -p0\n", plain));
});

describe("`%autosetup -N` with `%autopatch`", () => {
  const prep = "%autosetup -N\ntouch x\n%autopatch -p1\n";
  comesFromDist(twoPreps(prep, prep));
});

describe("a patch that nothing applies", () => {
  it("dist to source: makes no commit, and stays", async () => {
    const prep = "%setup -q\n%patch -P 0 -p1\n";
    const dist = {
      "hello.spec": withTags(tags, prep),
      "first.patch": git[0],
      "second.patch": git[1],
    };
    const hello = await startedPackage({ dist });
    expect(await hello.source.file("README")).toBe(one.README);
    await expectInStep(hello);
  });
});
