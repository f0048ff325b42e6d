import { afterEach, describe, expect, it } from "@jest/globals";
import { begin, type Branches } from "./branches.js";
import { readme, removeRepositories } from "./package.js";

afterEach(removeRepositories);

const five = { README: readme({ 1: "ONE", 5: "FIVE" }) };
const nine = { README: readme({ 1: "ONE", 5: "FIVE", 9: "NINE" }) };

/** A merge request that began before another one was merged, and lands beside it. */
async function landBeside(hello: Branches, how: "merged" | "squashed"): Promise<void> {
  const before = hello.main;
  await hello.lands("Gate\n", { "gating.yaml": "source\n" });
  await hello.mirror(hello.main);
  const branch = await hello.on(before, "Five\n", five);
  await hello.mirror(branch);
  if (how === "merged") await hello.merge(branch, five);
  else await hello.lands("Five\n\n(#2)\n", five);
}

describe.each(["merged", "squashed"] as const)("plain, after a branch of long ago was %s,", (how) => {
  it("undoes nothing that dist-git alone deleted", async () => {
    const hello = await begin.plain();
    await landBeside(hello, how);
    await hello.dist.commit("No gate\n", { "gating.yaml": null });

    await hello.mirror(await hello.on(hello.main, "Nine\n", nine));

    expect(await hello.dist.file("gating.yaml")).toBeUndefined();
    expect(await hello.dist.file("README")).toBe(nine.README);
  });

  it("takes no change of dist-git alone for a conflict", async () => {
    const hello = await begin.plain();
    await landBeside(hello, how);
    await hello.dist.commit("Own gate\n", { "gating.yaml": "dist\n" });

    await hello.mirror(await hello.on(hello.main, "Nine\n", nine));

    expect(await hello.dist.file("gating.yaml")).toBe("dist\n");
  });

  it("goes on with what source-git alone changes", async () => {
    const hello = await begin.plain();
    await landBeside(hello, how);

    await hello.mirror(await hello.on(hello.main, "No gate\n", { "gating.yaml": null }));

    expect(await hello.dist.file("gating.yaml")).toBeUndefined();
  });
});
