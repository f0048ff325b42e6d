import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories, spec, type TestPackage } from "./package.js";
import { expectInStep, startedPackage } from "./round-trip.js";
import { lineChange } from "./starting.js";

afterEach(removeRepositories);

/** A package whose `%prep` applies patches 1 and 2 by name. */
async function applying(uses: string): Promise<TestPackage> {
  const tags = "Patch1: a.patch\nPatch2: b.patch\n";
  const prep = spec.replace("%autosetup -p1", `%setup -q\n${uses}`);
  return startedPackage({
    dist: {
      "hello.spec": prep.replace(/^Source0:.*\n/m, (line) => line + tags),
      "a.patch": lineChange(2, "TWO"),
      "b.patch": lineChange(9, "NINE"),
    },
  });
}

/** The lines of `%prep` that apply patches. */
async function uses({ dist }: TestPackage): Promise<string> {
  const text = (await dist.file("hello.spec")) ?? "";
  return text
    .split("\n")
    .filter((line) => /%\{?patch/.test(line))
    .join("\n");
}

describe("a %patch that names its patches without -P", () => {
  it.each([
    ["%patch 1 -p1\n%patch 2 -p1", "%patch 1 -p1\n%patch 2 -p1\n%patch 3 -p1"],
    ["%patch 1 -p1 -b .2 -F 2\n%patch -p 1 2", "%patch 1 -p1 -b .2 -F 2\n%patch 2 -p1\n%patch -p 1 3"],
    ["%patch -P1 -p1\n%patch -P 2 -p1 # 2", "%patch -P1 -p1\n%patch -P2 -p1\n%patch -P 3 -p1 # 2"],
    ["%{patch 1 -p1}\n%{patch 2 -p1}", "%{patch 1 -p1}\n%patch 2 -p1\n%{patch 3 -p1}"],
  ])("follows the number that a patch gets: %j", async (before, after) => {
    const hello = await applying(before);
    await hello.source.commit("New\n\nPatch-id: 2\nPatch-before: b.patch\n", {
      README: readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }),
    });
    await hello.convert();
    expect(await uses(hello)).toBe(after);
    await expectInStep(hello);
  });

  it.each([
    ["%patch 1 2 -p1", "%patch 1 -p1"],
    ["%patch -p 1 -P 1 -P2 -d .", "%patch -p 1 -P 1 -d ."],
    ["%patch 1 -p1\n%patch 2 -p1", "%patch 1 -p1"],
  ])("loses the one that is gone: %j", async (before, after) => {
    const hello = await applying(before);
    await hello.source.commit("Gone\n\nAmends-patch: b.patch\n", { README: readme({ 2: "TWO" }) });
    await hello.convert();
    expect(await uses(hello)).toBe(after);
    await expectInStep(hello);
  });
});
