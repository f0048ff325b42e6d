import { afterEach, describe, expect, it } from "@jest/globals";
import { landOnTarget, type Landing } from "../../src/conversion/landing.js";
import { createBareStore } from "../../src/git/local-store.js";
import { Memory } from "../../src/git/memory.js";
import type { ObjectStore } from "../../src/git/object-store.js";
import { newPackage, readme, removeRepositories } from "./package.js";

afterEach(removeRepositories);

const one = readme({ 1: "ONE" });
const nine = readme({ 9: "NINE" });
const both = readme({ 1: "ONE", 9: "NINE" });

async function landAnew(store: ObjectStore, landing: Landing): Promise<string> {
  const fresh = await createBareStore(store.directory);
  try {
    return await landOnTarget(fresh, landing);
  } finally {
    await fresh.close();
  }
}

async function openTwice({ directory }: ObjectStore, memory: Memory) {
  return [await createBareStore(directory, memory), await createBareStore(directory, memory)] as const;
}

describe("a merge request's head as it would land", () => {
  it("has the patches that were merged since it branched", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const target = await hello.source.commit("One\n", { README: one });
    const head = await hello.source.commit("Nine\n", { README: nine }, { parents: [start] });
    const landed = await landOnTarget(hello.source.store, { head, target });
    await hello.convert(landed);
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "0002-Nine.patch"]);
    expect(await landOnTarget(hello.source.store, { head, target })).toBe(landed);
  });

  it("is the head itself on top of its target, and the target when it is merged already", async () => {
    const hello = await newPackage();
    const target = hello.source.tip ?? "";
    const head = await hello.source.commit("One\n", { README: one });
    expect(await landOnTarget(hello.source.store, { head, target })).toBe(head);
    expect(await landOnTarget(hello.source.store, { head: target, target: head })).toBe(head);
  });

  it("lands after further pushes as if nothing were remembered of those before", async () => {
    const { source } = await newPackage();
    const start = source.tip ?? "";
    const target = await source.commit("One\n", { README: one });
    const head = await source.commit("Nine\n", { README: nine }, { parents: [start] });
    const grown = await source.commit("New\n", { "new.c": "int x;\n" }, { parents: [head] });
    const amended = await source.commit("New again\n", { "new.c": "int y;\n" }, { parents: [head] });
    const merged = await source.commit("Merge\n", {}, { parents: [amended, grown] });
    await source.store.flush();

    for (const each of [head, grown, amended, merged]) {
      const landed = await landOnTarget(source.store, { head: each, target });
      expect(landed).toBe(await landAnew(source.store, { head: each, target }));
    }
  });

  it("lands again when what was remembered was never stored", async () => {
    const { source } = await newPackage();
    const start = source.tip ?? "";
    const target = await source.commit("One\n", { README: one });
    const head = await source.commit("Nine\n", { README: nine }, { parents: [start] });
    await source.store.flush();
    const [first, second] = await openTwice(source.store, new Memory());

    const landed = await landOnTarget(first, { head, target });
    const again = await landOnTarget(second, { head, target });

    expect(again).toBe(landed);
    expect(await second.has(again)).toBe(true);
    await Promise.all([first.close(), second.close()]);
  });

  it("lands where single commits conflict but the whole does not", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const target = await hello.source.commit("One\n", { README: one });
    const first = await hello.source.commit("Uno\n", { README: readme({ 1: "UNO" }) }, { parents: [start] });
    const head = await hello.source.commit("Back and nine\n", { README: nine }, { parents: [first] });
    const landed = await landOnTarget(hello.source.store, { head, target });
    const entry = (await hello.source.store.readTree(landed)).find(({ name }) => name === "README");
    expect((await hello.source.store.readBlob(entry?.id ?? "")).toString()).toBe(both);
  });

  it("is a conflict that names commit, file and line when the whole conflicts", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const target = await hello.source.commit("One\n", { README: one });
    const head = await hello.source.commit("Uno\n", { README: readme({ 1: "UNO" }) }, { parents: [start] });
    await expect(landOnTarget(hello.source.store, { head, target })).rejects.toMatchObject({
      kind: "conflict",
      message: `the change conflicts with its target branch in README (line 1), from commit ${head.slice(0, 12)} on`,
    });
  });
});
