import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories, spec } from "./package.js";
import { newPair } from "./plain-pair.js";
import { startedQuilt } from "./quilt-package.js";
import { startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

const narrowing = { ".sluice.yml": "branches: [main]\n" };

describe("source-git's .sluice.yml", () => {
  it.each([
    ["rpm", () => startedPackage({ dist: { "hello.spec": spec } })],
    ["quilt", () => startedQuilt()],
  ])("is no part of dist-git in layout %s", async (_, start) => {
    const hello = await start();
    await hello.source.commit("Narrow the link\n", narrowing);
    expect(await hello.convert()).toMatchObject({ changed: false, patches: [] });
  });

  it("neither goes to dist-git nor comes from there in layout plain", async () => {
    const pair = await newPair({ README: "one\n" }, { README: "one\n" });
    await pair.start();
    await pair.source.commit("Narrow the link\n", narrowing);
    expect((await pair.convert()).changed).toBe(false);
    await pair.dist.commit("Another\n", { ".sluice.yml": "other: file\n" });
    await pair.bringHome();
    expect(await pair.source.file(".sluice.yml")).toBe(narrowing[".sluice.yml"]);
  });
});
