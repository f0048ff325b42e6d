import { afterEach, describe, expect, it } from "@jest/globals";
import { landOnTarget } from "../../src/conversion/landing.js";
import { newPackage, readme, removeRepositories } from "./package.js";

afterEach(removeRepositories);

const one = readme({ 1: "ONE" });
const nine = readme({ 9: "NINE" });
const both = readme({ 1: "ONE", 9: "NINE" });

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

  it("is a conflict that names the file when the whole conflicts", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const target = await hello.source.commit("One\n", { README: one });
    const head = await hello.source.commit("Uno\n", { README: readme({ 1: "UNO" }) }, { parents: [start] });
    await expect(landOnTarget(hello.source.store, { head, target })).rejects.toMatchObject({
      kind: "conflict",
      message: "the change conflicts with its target branch in README",
    });
  });
});
