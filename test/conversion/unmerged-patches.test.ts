import { afterEach, describe, expect, it } from "@jest/globals";
import { begin } from "./branches.js";
import { newPackage, readme, removeRepositories, spec } from "./package.js";

afterEach(removeRepositories);

const line = (changes: Readonly<Record<number, string>>) => readme({ 1: "ONE", ...changes });
const five = { README: line({ 5: "FIVE" }) };

describe("a patch that dist-git merged before source-git did", () => {
  async function merged() {
    const hello = await begin.rpm();
    const request = await hello.on(hello.main, "Five\n", five);
    await hello.mirror(request);
    return hello;
  }

  it("is changed in place when its commit was amended before it was merged by a rebase", async () => {
    const hello = await merged();
    await hello.lands("Five\n", { README: line({ 5: "CINQ" }) });
    await hello.mirror(hello.main);
    expect(Object.keys(await hello.dist.files()).filter((path) => path.endsWith(".patch"))).toEqual([
      "0001-One.patch",
      "0002-Five.patch",
    ]);
    expect(await hello.dist.file("0002-Five.patch")).toContain("+CINQ\n");
  });

  it("is not overwritten by another of the same subject: that is told", async () => {
    const hello = await merged();
    const other = await hello.on(hello.main, "Five\n", { README: line({ 9: "NINE" }) });
    await expect(hello.mirror(other)).rejects.toMatchObject({ kind: "conflict" });
  });

  it("is not overwritten where both amend the same patch: that is told", async () => {
    const hello = await begin.rpm();
    const amend = (text: string) =>
      hello.on(hello.main, `${text}\n\nAmends-patch: 0001-One.patch\n`, { README: readme({ 1: text }) });
    await hello.mirror(await amend("Uno"));
    await expect(hello.mirror(await amend("Eins"))).rejects.toMatchObject({ kind: "conflict" });
  });

  it("gives way to the squash that source-git made of it and another", async () => {
    const hello = await begin.rpm();
    const first = await hello.on(hello.main, "Five\n", five);
    const both = { README: line({ 5: "FIVE", 9: "NINE" }) };
    await hello.mirror(await hello.on(first, "Nine\n", both));
    await hello.lands("Five and nine (!1)\n", both);
    await hello.mirror(await hello.on(hello.main, "Make\n", { Makefile: "all:\n" }));
    const files = Object.keys(await hello.dist.files()).filter((path) => path.endsWith(".patch"));
    expect(files).toEqual(["0001-One.patch", "0002-Five-and-nine-1.patch", "0003-Make.patch"]);
  });

  it("comes home when its merge request is closed, and is then source-git's", async () => {
    const hello = await merged();
    await hello.bringHome();
    expect(await hello.mirror(hello.main)).toMatchObject({ changed: false });
    await hello.lands("Not so\n\nAmends-patch: 0002-Five.patch\n", { README: line({}) });
    await hello.mirror(hello.main);
    expect(await hello.dist.file("0002-Five.patch")).toBeUndefined();
  });

  it("comes home with the patch below it, beside which source-git wrote more since", async () => {
    const hello = await begin.rpm();
    await hello.lands("Below\n", { README: `${line({})}below\n` });
    await hello.mirror(await hello.on(hello.main, "Make\n", { Makefile: "all:\n" }));
    const more = `${line({})}below\nmore\n`;
    await hello.lands("More\n", { README: more });
    await hello.bringHome();
    hello.source.tip = hello.main;
    expect(await hello.source.file("README")).toBe(more);
    expect(await hello.source.file("Makefile")).toBe("all:\n");
  });

  it("conflicts on the way home where source-git wrote something else: that is told", async () => {
    const hello = await begin.rpm();
    const request = await hello.on(hello.main, "Below\n", { README: `${line({})}below\n` });
    await hello.mirror(request);
    await hello.lands("Other\n", { README: `${line({})}other\n` });
    await expect(hello.bringHome()).rejects.toMatchObject({ kind: "conflict" });
  });

  it("stays when only later commits of dist-git come home", async () => {
    const hello = await merged();
    const mirrored = hello.dist.tip ?? "";
    await hello.dist.commit("Own\n", { "own.conf": "own\n" });
    await hello.bringHome(mirrored);
    await hello.mirror(await hello.on(hello.main, "Nine\n", { README: line({ 9: "NINE" }) }));
    expect(await hello.dist.file("0002-Five.patch")).toContain("+FIVE\n");
  });

  it("keeps its changes of the spec, upon which others build once it is merged", async () => {
    const hello = await begin.rpm();
    const path = ".distro/hello.spec";
    const release = (number: number) => spec.replace("Release:        1", `Release:        ${number}`);
    const request = await hello.on(hello.main, "Five\n", { ...five, [path]: release(2) });
    await hello.mirror(request);
    await hello.mirror(await hello.on(hello.main, "Nine\n", { README: line({ 9: "NINE" }) }));
    expect(await hello.dist.file("hello.spec")).toContain("Release:        2");
    await hello.lands("Squashed (!1)\n", { ...five, [path]: release(2) });
    await hello.lands("Rebuild\n", { [path]: release(3) });
    await hello.mirror(hello.main);
    expect(await hello.dist.file("hello.spec")).toContain("Release:        3");
  });
});

describe("on the command line, a patch of a commit that HEAD does not have", () => {
  async function converted() {
    const hello = await newPackage();
    const start = hello.source.tip;
    const other = await hello.source.commit("Five\n", { README: readme({ 5: "FIVE" }) });
    await hello.convert();
    hello.source.tip = start;
    await hello.source.commit("Nine\n", { README: readme({ 9: "NINE" }) });
    return { hello, other };
  }

  it.each(["heads/other", "heads/topic/HEAD", "remotes/origin/other"])(
    "stays while %s has that",
    async (name) => {
      const { hello, other } = await converted();
      await hello.source.store.git(["update-ref", `refs/${name}`, other]);
      const { warnings } = await hello.convert();
      expect(warnings).toEqual(["0001-Five.patch is dist-git's own and stays"]);
      expect(await hello.patchFiles()).toEqual(["0001-Five.patch", "0001-Nine.patch"]);
    },
  );

  it("goes when no other has it, but for the one that is checked out: that was rewritten", async () => {
    const { hello, other } = await converted();
    const { store } = hello.source;
    const { stdout } = await store.git(["symbolic-ref", "HEAD"]);
    await store.git(["update-ref", stdout.toString().trim(), other]);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Nine.patch"]);
  });
});

describe("dist-git's own change of a patch", () => {
  it("is still a conflict when another conversion came before source-git changed that patch", async () => {
    const hello = await begin.rpm();
    const start = hello.main;
    const changed = ((await hello.dist.file("0001-One.patch")) ?? "").replace("+ONE\n", "+EINS\n");
    await hello.dist.commit("Own way\n", { "0001-One.patch": changed });
    await hello.lands("Nine\n", { README: line({ 9: "NINE" }) });
    await hello.mirror(hello.main);
    await hello.lands("Uno\n\nAmends-patch: 0001-One.patch\n", { README: readme({ 1: "UNO", 9: "NINE" }) });
    await expect(hello.mirror(hello.main)).rejects.toMatchObject({ kind: "conflict" });
    expect(start).not.toBe(hello.main);
  });
});

describe("a patch of source-git", () => {
  it("goes when a later commit takes it back", async () => {
    const hello = await begin.rpm();
    await hello.lands("Nine\n", { README: line({ 9: "NINE" }) });
    await hello.mirror(hello.main);
    await hello.lands("Not so\n\nAmends-patch: 0001-One.patch\n", { README: readme({ 9: "NINE" }) });
    await hello.mirror(hello.main);
    expect(await hello.dist.file("0001-One.patch")).toBeUndefined();
    expect(await hello.dist.file("0002-Nine.patch")).toContain("+NINE\n");
  });

  it.each(["at once", "after another conversion"])(
    "that dist-git changed does not go silently with its commit, %s",
    async (when) => {
      const hello = await begin.rpm();
      const changed = ((await hello.dist.file("0001-One.patch")) ?? "").replace("+ONE\n", "+EINS\n");
      await hello.dist.commit("Own way\n", { "0001-One.patch": changed });
      await hello.lands("Nine\n", { README: line({ 9: "NINE" }) });
      if (when !== "at once") await hello.mirror(hello.main);
      await hello.lands("Not so\n\nAmends-patch: 0001-One.patch\n", { README: readme({ 9: "NINE" }) });
      await expect(hello.mirror(hello.main)).rejects.toMatchObject({ kind: "conflict" });
    },
  );

  it.each(["at once", "after another conversion"])(
    "that dist-git removed does not come back with a change of its commit, %s",
    async (when) => {
      const hello = await begin.rpm();
      const text = (await hello.dist.file("hello.spec")) ?? "";
      await hello.dist.commit("Remove\n", {
        "0001-One.patch": null,
        "hello.spec": text.replace(/^Patch.*\n/m, ""),
      });
      await hello.lands("Nine\n", { README: line({ 9: "NINE" }) });
      if (when !== "at once") await hello.mirror(hello.main);
      await hello.lands("Uno\n\nAmends-patch: 0001-One.patch\n", { README: readme({ 1: "UNO", 9: "NINE" }) });
      await expect(hello.mirror(hello.main)).rejects.toMatchObject({ kind: "conflict" });
    },
  );
});
