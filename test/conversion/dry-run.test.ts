import { afterEach, describe, expect, it } from "@jest/globals";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "../../src/git/run.js";
import { sluice } from "../cli/run.js";
import { cloneBoth, removeClones } from "./clones.js";
import { removeRepositories } from "./package.js";
import { newPair } from "./plain-pair.js";

afterEach(removeClones);
afterEach(removeRepositories);

async function linked() {
  const pair = await newPair(
    { "hello.c": "one\n", logo: Buffer.from([0, 1, 2, 255]) },
    { "hello.c": "two\n" },
  );
  const clones = await cloneBoth(pair);
  const run = (...flags: string[]) =>
    sluice(["update-dist-git", clones.source, clones.dist, "--layout", "plain", "--dry-run", ...flags]);
  return { ...clones, run };
}

describe("update-dist-git --dry-run", () => {
  it("prints what git can apply, binary files and all", async () => {
    const { run, source, dist, folder } = await linked();
    const { stdout } = await run();
    await writeFile(join(folder, "diff"), stdout);
    await git(["apply", "--index", join(folder, "diff")], { directory: dist });
    const tree = await gitText(["write-tree"], { directory: dist });
    expect(tree).toBe(await gitText(["rev-parse", "HEAD^{tree}"], { directory: source }));
  });

  it("has colours on a terminal, and none for programs", async () => {
    const { run } = await linked();
    Object.assign(process.stdout, { isTTY: true, hasColors: () => true });
    try {
      expect((await run()).stdout).toContain("\u001b[32mone\u001b[m\n");
      expect((await run("--json")).stdout).not.toContain("\\u001b");
    } finally {
      for (const property of ["isTTY", "hasColors"]) Reflect.deleteProperty(process.stdout, property);
    }
  });
});
