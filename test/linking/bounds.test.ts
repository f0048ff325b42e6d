import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { requireBounds } from "../../src/linking/mirror/bounds.js";
import { newRepository, removeRepositories, type Files, type TestRepository } from "../conversion/package.js";

const limits = { commits: 3, files: 4, patchBytes: 5000 };
const noise = Array.from({ length: 1200 }, (_, index) => `line ${index}\n`).join("");

let source: TestRepository;
let target: string;

beforeEach(async () => {
  source = await newRepository();
  target = await source.commit("Release 1.0\n", { README: "one\n", "large.txt": noise });
});

afterEach(removeRepositories);

async function bounds(): Promise<void> {
  await source.store.flush();
  return requireBounds(source.store, { head: source.tip ?? "", target }, limits);
}

function refusal(message: string) {
  return {
    name: "UserError",
    kind: "refused",
    message: expect.stringContaining(message) as unknown as string,
  };
}

async function commits(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await source.commit(`Change ${index}\n`, { README: `${index}\n` });
}

function files(count: number, name: (index: number) => string): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), "x\n"]));
}

describe("a merge request within the limits", () => {
  it("may have as many commits as they say", async () => {
    await commits(3);
    await expect(bounds()).resolves.toBeUndefined();
  });

  it("may change one line of a large file", async () => {
    await source.commit("Small\n", { "large.txt": noise.replace("line 7\n", "line seven\n") });
    await expect(bounds()).resolves.toBeUndefined();
  });

  it("may bring an upstream release of any size, once source-git has its tag", async () => {
    await source.store.flush();
    const proposal = await source.commit("Change\n", { README: "two\n" });
    source.tip = target;
    for (let index = 0; index < 5; index += 1)
      await source.commit("Upstream\n", { "large.txt": `${noise}${index}` });
    await source.store.flush();
    await source.tag("v2.0");
    const parents = [proposal, source.tip];
    await source.commit("Merge upstream\n", { README: "two\n" }, { parents });
    await expect(bounds()).resolves.toBeUndefined();
  });

  it("may name its files as it likes", async () => {
    await source.commit("Names\n", { Foo: "1\n", foo: "2\n", CON: "3\n", ":aux": "4\n" });
    await expect(bounds()).resolves.toBeUndefined();
  });
});

describe("a merge request beyond the limits is refused, with the way out", () => {
  it("for its commits", async () => {
    await commits(4);
    await expect(bounds()).rejects.toMatchObject(refusal("more than 3 commits"));
    await expect(bounds()).rejects.toMatchObject({
      remedy: expect.stringContaining("Split it") as unknown as string,
    });
  });

  it.each([
    ["plain", (index: number) => `f${index}`],
    ["odd", (index: number) => `:${index}`],
    ["deep", (index: number) => `\n${index}/commit`],
  ])("for its files, with %s names", async (_, name) => {
    await source.commit("Files\n", files(5, name));
    await expect(bounds()).rejects.toMatchObject(refusal("more than 4 files"));
  });

  it("for what its commits change, though they undo it again", async () => {
    await source.commit("Much\n", { "large.txt": noise.toUpperCase() });
    await source.commit("Back\n", { "large.txt": noise });
    await expect(bounds()).rejects.toMatchObject(refusal("patches of more than 5000 bytes"));
  });

  it("for what a merge brings that neither side had", async () => {
    const side = await source.commit("Side\n", { README: "two\n" });
    const evil = { "large.txt": noise.toUpperCase() };
    await source.commit("Merge\n", evil, { parents: [side, target] });
    await expect(bounds()).rejects.toMatchObject(refusal("patches of more than 5000 bytes"));
  });
});
