import { afterEach, describe, expect, it } from "@jest/globals";
import { begin, type Branches } from "./branches.js";
import { readme, removeRepositories, type Files } from "./package.js";

afterEach(removeRepositories);

const nine = { README: readme({ 1: "ONE", 9: "NINE" }) };
const uno = { README: readme({ 1: "UNO", 9: "NINE" }) };

type Layout = "rpm" | "quilt";
const file = { rpm: "0001-One.patch", quilt: "debian/patches/0001-One.patch" };
const list = { rpm: "hello.spec", quilt: "debian/patches/series" };
const name = "0001-One.patch";

/** dist-git changes its patch, or the line that names it. */
async function changeThere(
  layout: Layout,
  change: (patch: string, listed: string) => Files,
): Promise<Branches> {
  const hello = await begin[layout]();
  const files = await hello.dist.files();
  await hello.dist.commit("Our way\n", change(files[file[layout]] ?? "", files[list[layout]] ?? ""));
  return hello;
}

/** Other things come from source-git first, then a change of the very patch. */
async function amendLater(hello: Branches): Promise<void> {
  await hello.lands("Nine\n", nine);
  await hello.mirror(hello.main);
  await hello.lands(`Uno\n\nAmends-patch: ${name}\n`, uno);
  await hello.mirror(hello.main);
}

describe.each(["rpm", "quilt"] as const)("a patch that dist-git renamed, layout %s", (layout) => {
  const renamed = file[layout].replace(name, "uno.patch");
  const rename = () =>
    changeThere(layout, (patch, listed) => ({
      [file[layout]]: null,
      [renamed]: patch,
      [list[layout]]: listed.replace(name, "uno.patch"),
    }));

  it("keeps its name when its commit changes", async () => {
    const hello = await rename();
    await amendLater(hello);
    expect(await hello.dist.file(renamed)).toContain("+UNO\n");
    expect(await hello.dist.file(file[layout])).toBeUndefined();
    expect(await hello.dist.file(list[layout])).toMatch(/uno\.patch\n(?:Patch2: +)?(?:0002-)?Nine\.patch\n/);
  });

  it("keeps it when that is the very next change", async () => {
    const hello = await rename();
    await hello.lands(`Uno\n\nAmends-patch: ${name}\n`, { README: readme({ 1: "UNO" }) });
    await hello.mirror(hello.main);
    expect(await hello.dist.file(renamed)).toContain("+UNO\n");
    expect(await hello.dist.file(file[layout])).toBeUndefined();
  });

  it("goes when its commit is taken back", async () => {
    const hello = await rename();
    await hello.lands(`No\n\nAmends-patch: ${name}\n`, { README: readme({}) });
    await hello.mirror(hello.main);
    expect(await hello.dist.file(renamed)).toBeUndefined();
    expect((await hello.dist.file(list[layout])) ?? "").not.toContain("uno.patch");
  });
});

describe("a patch of which dist-git has its own", () => {
  it("header keeps that when its code changes in source-git", async () => {
    const hello = await changeThere("rpm", (patch) => ({
      [file.rpm]: patch.replace("\n---\n", "\nBug: 77\n---\n"),
    }));
    await amendLater(hello);
    expect(await hello.dist.file(file.rpm)).toMatch(/\nBug: 77\n---\n[^]*\n\+UNO\n/);
  });

  it("name, which source-git gave another one by Patch-name, keeps it", async () => {
    const hello = await begin.rpm();
    await hello.lands("Nine\n\nPatch-name: nine.patch\n", nine);
    await hello.mirror(hello.main);
    const files = await hello.dist.files();
    await hello.dist.commit("Rename\n", {
      "nine.patch": null,
      "neun.patch": files["nine.patch"] ?? "",
      "hello.spec": (files["hello.spec"] ?? "").replace("nine.patch", "neun.patch"),
    });
    for (const text of ["all:\n", "all: x\n"]) {
      await hello.lands("Make\n", { Makefile: text });
      await hello.mirror(hello.main);
      expect(await hello.dist.file("nine.patch")).toBeUndefined();
      expect(await hello.dist.file("neun.patch")).toBe(files["nine.patch"]);
    }
  });
});

describe("a patch that dist-git's spec names no more, though its file is there", () => {
  const disable = () =>
    changeThere("rpm", (_, listed) => ({ [list.rpm]: listed.replace("Patch1:", "#Patch1:") }));

  it("is not named again by later conversions", async () => {
    const hello = await disable();
    for (const text of ["all:\n", "all: x\n"]) {
      await hello.lands("Make\n", { Makefile: text });
      const { warnings } = await hello.mirror(hello.main);
      expect(warnings).toEqual(["0001-One.patch was removed in dist-git alone and stays away"]);
      expect(await hello.dist.file(list.rpm)).not.toMatch(/^Patch\d+: +0001-One/m);
      expect(await hello.dist.file(file.rpm)).toContain("+ONE\n");
    }
  });

  it("is told when its commit changes", async () => {
    await expect(amendLater(await disable())).rejects.toMatchObject({ kind: "conflict" });
  });
});
