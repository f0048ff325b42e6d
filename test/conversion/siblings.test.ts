import { afterEach, describe, expect, it } from "@jest/globals";
import { begin, type Branches } from "./branches.js";
import { readme, removeRepositories, spec } from "./package.js";

afterEach(removeRepositories);

const path = ".distro/hello.spec";
const needs = (...names: readonly string[]) =>
  spec.replace(
    "BuildRequires:  gcc\n",
    (line) => line + names.map((name) => `BuildRequires:  ${name}\n`).join(""),
  );
const line = (changes: Readonly<Record<number, string>>) => readme({ 1: "ONE", ...changes });

/** What dist-git's spec asks for. */
async function asked(hello: Branches): Promise<readonly string[]> {
  const text = (await hello.dist.file("hello.spec")) ?? "";
  return text.split("\n").flatMap((each) => /^BuildRequires:\s*(\S+)/.exec(each)?.[1] ?? []);
}

/** Two merge requests that change the spec in the same place, merged in dist-git one after the other. */
async function siblings() {
  const hello = await begin.rpm();
  const first = await hello.on(hello.main, "Bison\n", {
    [path]: needs("bison"),
    README: line({ 5: "FIVE" }),
  });
  const second = await hello.on(hello.main, "Flex\n", { [path]: needs("flex"), README: line({ 9: "NINE" }) });
  await hello.mirror(first);
  return { hello, first, second };
}

describe("two merge requests that add a line in the same place of the spec", () => {
  it("conflict only where people have to say what comes first", async () => {
    const { hello, second } = await siblings();
    await expect(hello.mirror(second)).rejects.toMatchObject({ kind: "conflict", where: "hello.spec" });
  });

  it.each([["rebased"], ["merged"]])(
    "are both there once the second is %s onto the first, and merged first in dist-git",
    async (how) => {
      const { hello, first, second } = await siblings();
      await hello.merge(first, { [path]: needs("bison"), README: line({ 5: "FIVE" }) });
      const both = { [path]: needs("bison", "flex"), README: line({ 5: "FIVE", 9: "NINE" }) };
      const request =
        how === "rebased"
          ? await hello.on(hello.main, "Flex\n", both)
          : await hello.source.commit("Merge main\n", both, { parents: [second, hello.main] });
      await hello.mirror(request);
      expect(await asked(hello)).toEqual(["gcc", "bison", "flex"]);
      await hello.merge(request, both);
      await hello.lands("Make\n", { [path]: needs("bison", "flex", "make") });
      await hello.mirror(hello.main);
      expect(await asked(hello)).toEqual(["gcc", "bison", "flex", "make"]);
    },
  );

  it.each([["with no trailer"], ["as the mirror that it was"]])(
    "do not conflict once source-git has both, merged in dist-git by hand %s",
    async (how) => {
      const hello = await begin.rpm();
      const first = await hello.on(hello.main, "Bison\n", { [path]: needs("bison") });
      const second = await hello.on(hello.main, "Flex\n", { [path]: needs("flex") });
      await hello.mirror(first);
      const text = (await hello.dist.file("hello.spec")) ?? "";
      const trailer = how.startsWith("as") ? `\nFrom-source-git-commit: ${second}\n` : "";
      await hello.dist.commit(`Flex\n${trailer}`, {
        "hello.spec": text.replace("bison\n", "bison\nBuildRequires:  flex\n"),
      });
      await hello.merge(first, { [path]: needs("bison") });
      await hello.merge(second, { [path]: needs("bison", "flex") });
      await hello.mirror(hello.main);
      expect(await asked(hello)).toEqual(["gcc", "bison", "flex"]);
      await hello.lands("Make\n", { [path]: needs("bison", "flex", "make") });
      await hello.mirror(hello.main);
      expect(await asked(hello)).toEqual(["gcc", "bison", "flex", "make"]);
    },
  );

  it.each([
    ["a merge request of its own", false],
    ["one that is open while it is merged", true],
  ])("conflict in nothing with %s that adds a line behind them", async (_, isOpen) => {
    const hello = await begin.rpm();
    const first = await hello.on(hello.main, "Bison\n", { [path]: needs("bison") });
    await hello.mirror(first);
    const second = await hello.on(hello.main, "Make\n", { README: line({ 5: "FIVE" }) });
    await hello.mirror(second);
    await hello.merge(first, { [path]: needs("bison") });
    if (!isOpen) await hello.merge(second, { README: line({ 5: "FIVE" }) });
    await hello.mirror(await hello.on(hello.main, "Flex\n", { [path]: needs("bison", "flex") }));
    expect(await asked(hello)).toEqual(["gcc", "bison", "flex"]);
  });
});

describe("merge requests that change neighbouring lines of the spec", () => {
  const changed = (licence: string, url = "https://example.org/hello") => ({
    [path]: spec.replace("MIT", licence).replace("https://example.org/hello", url),
  });

  /** One that changes the licence and one of the code, merged on both sides. */
  async function merged() {
    const hello = await begin.rpm();
    const first = await hello.on(hello.main, "Licence\n", changed("GPL-2.0-only"));
    const second = await hello.on(hello.main, "Five\n", { README: line({ 5: "FIVE" }) });
    await hello.mirror(first);
    await hello.mirror(second);
    await hello.merge(first, changed("GPL-2.0-only"));
    await hello.merge(second, { README: line({ 5: "FIVE" }) });
    return hello;
  }

  it("do not conflict with what was merged on both sides", async () => {
    const hello = await merged();
    await hello.mirror(
      await hello.on(hello.main, "Address\n", changed("GPL-2.0-only", "https://example.net/hello")),
    );
    expect(await hello.dist.file("hello.spec")).toContain(
      "License:        GPL-2.0-only\nURL:            https://example.net/hello\n",
    );
  });

  it("do with what dist-git made of it since", async () => {
    const hello = await merged();
    const text = (await hello.dist.file("hello.spec")) ?? "";
    await hello.dist.commit("Own\n", { "hello.spec": text.replace("GPL-2.0-only", "GPL-2.0-or-later") });
    const request = await hello.on(
      hello.main,
      "Address\n",
      changed("GPL-2.0-only", "https://example.net/hello"),
    );
    await expect(hello.mirror(request)).rejects.toMatchObject({ kind: "conflict", where: "hello.spec" });
  });

  it("do with a line that dist-git took away", async () => {
    const hello = await begin.rpm();
    const text = (await hello.dist.file("hello.spec")) ?? "";
    await hello.dist.commit("Own\n", { "hello.spec": text.replace(/^URL:.*\n/m, "") });
    const request = await hello.on(hello.main, "Address\n", changed("MIT", "https://example.net/hello"));
    await expect(hello.mirror(request)).rejects.toMatchObject({ kind: "conflict", where: "hello.spec" });
  });
});

describe("what dist-git takes back of the first of two merge requests that were merged on both sides", () => {
  const five = "five\none\ntwo\nthree\n";

  async function both() {
    const hello = await begin.rpm();
    const first = await hello.on(hello.main, "Five\n", {
      [path]: needs("bison"),
      ".distro/five.conf": five,
      README: line({ 5: "FIVE" }),
    });
    const second = await hello.on(hello.main, "Nine\n", { README: line({ 9: "NINE" }) });
    await hello.mirror(first);
    await hello.mirror(second);
    await hello.merge(first, {
      [path]: needs("bison"),
      ".distro/five.conf": five,
      README: line({ 5: "FIVE" }),
    });
    await hello.merge(second, { README: line({ 5: "FIVE", 9: "NINE" }) });
    return hello;
  }

  it("stays away: a line of the spec, a file, a patch", async () => {
    const hello = await both();
    const text = (await hello.dist.file("hello.spec")) ?? "";
    await hello.dist.commit("Own\n", {
      "hello.spec": text.replace(/^BuildRequires: *bison\n/m, "").replace(/^Patch.*Five.patch\n/m, ""),
      "five.conf": null,
      "0002-Five.patch": null,
    });
    const { warnings } = await hello.mirror(await hello.on(hello.main, "Make\n", { Makefile: "all: it\n" }));
    expect(warnings).toEqual(["0002-Five.patch was removed in dist-git alone and stays away"]);
    expect(await asked(hello)).toEqual(["gcc"]);
    const files = Object.keys(await hello.dist.files());
    expect(files.filter((file) => /\.(?:patch|conf)$/.test(file)).toSorted()).toEqual([
      "0001-One.patch",
      "0002-Nine.patch",
      "0004-Make.patch",
    ]);
  });

  it("stays away: of a file that source-git has changed further, too, and deletion of it is a conflict", async () => {
    const hello = await both();
    await hello.dist.commit("Own\n", { "five.conf": five.replace("five\n", "") });
    const further = { ".distro/five.conf": `${five}six\n` };
    await hello.mirror(await hello.on(hello.main, "Six\n", further));
    expect(await hello.dist.file("five.conf")).toBe("one\ntwo\nthree\nsix\n");
    const other = await both();
    await other.dist.commit("Own\n", { "five.conf": null });
    const request = await other.on(other.main, "Six\n", further);
    await expect(other.mirror(request)).rejects.toMatchObject({ kind: "conflict", where: "five.conf" });
  });
});
