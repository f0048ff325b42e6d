import { afterEach, describe, expect, it } from "@jest/globals";
import { gitText } from "../../src/git/run.js";
import { sluice } from "../cli/run.js";
import { cloneBoth, removeClones } from "./clones.js";
import { removeRepositories } from "./package.js";
import { newPair, type PlainPair } from "./plain-pair.js";
import { snapshot } from "./untouched.js";

afterEach(removeClones);
afterEach(removeRepositories);

const say = (directory: string, ...args: string[]) => gitText(args, { directory });

describe("the commands on a package of layout plain", () => {
  it("begin with init, after which nothing is to do, and go on from there", async () => {
    const pair = await newPair({ "hello.c": "one\n" }, { "hello.c": "ours\n", "own.txt": "o\n" });
    const { source, dist } = await cloneBoth(pair);

    expect((await sluice(["init", "HEAD", source, dist, "--layout", "plain"])).code).toBe(0);
    expect((await sluice(["update-dist-git", source, dist])).stdout).toBe(
      "Nothing to do: dist-git is up to date.\n",
    );
    expect(await say(source, "status", "--porcelain")).toBe("");
    const inStep = JSON.parse((await sluice(["status", source, dist, "--json"])).stdout) as unknown;
    expect(inStep).toMatchObject({ state: "in-step" });
  });

  it("name all commits that one dist-git commit carries", async () => {
    const pair = await newPair({ "hello.c": "one\n" }, { "hello.c": "one\n" });
    await pair.source.commit("Say two\n\nSigned-off-by: A <a@example.org>\n", { "hello.c": "two\n" });
    await pair.source.commit("Add a file\n", { "a.txt": "a\n" });
    const { source, dist } = await cloneBoth(pair);

    await sluice(["update-dist-git", source, dist, "--layout", "plain"]);

    expect(await say(dist, "log", "-1", "--format=%B")).toBe(
      `Update from source-git\n\n- Say two\n- Add a file\n\nFrom-source-git-commit: ${pair.source.tip ?? ""}\n`,
    );
  });

  describe("with a shared history", () => {
    async function shared(): Promise<PlainPair> {
      const files = { ".distro/source-git.yaml": "layout: plain\nhistory: shared\n" };
      const pair = await newPair(files, {});
      pair.dist.tip = await pair.dist.commit("Release 1.0\n", files, { parents: [] });
      await pair.source.commit("One\n", { "a.txt": "a\n" });
      await pair.source.commit("Two\n", { "b.txt": "b\n" });
      return pair;
    }

    it("move dist-git to the very commit, work tree included", async () => {
      const pair = await shared();
      const { source, dist } = await cloneBoth(pair);

      const { code } = await sluice(["update-dist-git", source, dist]);

      expect([code, await say(dist, "rev-parse", "HEAD")]).toEqual([0, pair.source.tip]);
      expect(await say(dist, "status", "--porcelain")).toBe("");
      expect(await say(dist, "fsck", "--no-dangling", "--no-progress")).toBe("");
    });

    it("refuse a message, for the commits have theirs, and write nothing", async () => {
      const { source, dist } = await cloneBoth(await shared());
      const before = await snapshot(dist);

      const { code, stderr } = await sluice(["update-dist-git", source, dist, "-m", "Other words"]);

      expect([code, stderr]).toEqual([2, expect.stringContaining("a message cannot be given")]);
      expect(await snapshot(dist)).toEqual(before);
    });
  });
});
