import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gitText } from "../../src/git/run.js";
import { cloneBoth, removeClones, type Clones } from "../conversion/clones.js";
import { removeRepositories, spec } from "../conversion/package.js";
import { startedPackage } from "../conversion/round-trip.js";
import { sluice, type Ran } from "./run.js";

const env = { HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" };
const two = "--- a/README\n+++ b/README\n@@ -1 +1 @@\n-one\n+two\n";
let clones: Clones;

beforeEach(async () => {
  const tagged = spec.replace(/^Source0:.*$/m, "$&\nPatch0: two.patch");
  const dist = { "hello.spec": tagged, "two.patch": two, sources: "SHA512 (hello-1.0.tar.gz) = 00\n" };
  const hello = await startedPackage({ upstream: { README: "one\n" }, dist });
  await hello.source.store.flush();
  await hello.dist.store.flush();
  clones = await cloneBoth(hello);
});
afterEach(removeClones);
afterEach(removeRepositories);

const gitIn = (directory: string, ...args: readonly string[]) => gitText(args, { directory });

async function commit(files: Readonly<Record<string, string>>, message: string): Promise<string> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(clones.dist, name), content);
  await gitIn(clones.dist, "add", ".");
  await gitIn(clones.dist, "commit", "--quiet", "--allow-empty", "-m", message);
  return gitIn(clones.dist, "rev-parse", "HEAD");
}

const head = () => gitIn(clones.source, "rev-parse", "HEAD");

async function home(...options: readonly string[]): Promise<Ran> {
  return sluice(["update-source-git", clones.dist, clones.source, ...options], { env });
}

describe("sluice update-source-git", () => {
  it("commits to the branch that is checked out, work tree included, one line for each commit", async () => {
    await commit({ "two.patch": two.replace("+two", "+TWO") }, "Say it louder");
    await commit({}, "Rebuild");
    const ran = await home();
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(
      /^Brought 2 commits of dist-git home, up to [0-9a-f]{12}\.\n {2}[0-9a-f]{12} -> [0-9a-f]{12} {2}Say it louder\n {2}[0-9a-f]{12} -> [0-9a-f]{12} {2}Rebuild\n$/,
    );
    expect(await readFile(join(clones.source, "README"), "utf8")).toBe("TWO\n");
    expect(await gitIn(clones.source, "status", "--porcelain")).toBe("");
    expect(await gitIn(clones.source, "log", "-2", "--format=%an %cn %s")).toBe(
      "Grace Hopper Grace Hopper Rebuild\nGrace Hopper Grace Hopper Say it louder",
    );
  });

  it("does nothing the second time, nor does the way there, and says so", async () => {
    await commit({ "two.patch": two.replace("+two", "+TWO") }, "Say it louder");
    await home();
    const before = await head();
    expect(await home()).toEqual({
      code: 0,
      stdout: "Nothing to do: source-git has all of dist-git.\n",
      stderr: "",
    });
    expect(await head()).toBe(before);
    const back = await sluice(["update-dist-git", clones.source, clones.dist], { env });
    expect(back).toEqual({ code: 0, stdout: "Nothing to do: dist-git is up to date.\n", stderr: "" });
  });

  it("brings home the commits of a range", async () => {
    const first = await commit({ a: "a\n" }, "Add a");
    await commit({ b: "b\n" }, "Add b");
    await home(`${first}~..${first}`);
    expect(await gitIn(clones.source, "ls-files", ".distro/a", ".distro/b")).toBe(".distro/a");
    await home(`${first}..`);
    expect(await gitIn(clones.source, "ls-files", ".distro/a", ".distro/b")).toBe(".distro/a\n.distro/b");
  });

  it("answers in JSON, and writes nothing when it is dry", async () => {
    const from = await commit({ a: "a\n" }, "Add a");
    const before = await head();
    const ran = await home("--dry-run", "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: "would-change",
      commits: [{ from }],
      warnings: [],
    });
    expect(await head()).toBe(before);
    expect(await gitIn(clones.source, "status", "--porcelain")).toBe("");
  });

  it("refuses a dirty work tree", async () => {
    await commit({ a: "a\n" }, "Add a");
    await writeFile(join(clones.source, "README"), "mine\n");
    const ran = await home();
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain(`${clones.source} has changes that are not committed`);
    expect(await readFile(join(clones.source, "README"), "utf8")).toBe("mine\n");
  });

  it("says what does not apply: patch, hunk, file and commit, with exit code 3", async () => {
    const from = await commit({ "two.patch": two.replace("-one", "-none") }, "Break it");
    const before = await head();
    const ran = await home();
    expect(ran).toMatchObject({ code: 3, stdout: "" });
    expect(ran.stderr).toContain(
      `dist-git's commit ${from.slice(0, 12)}: two.patch does not apply to v1.0: README does not have what hunk 1 (line 3 of the patch) looks for`,
    );
    expect(await head()).toBe(before);
  });

  it.each([
    ["HEAD", "HEAD is no range of commits", 2],
    ["nothing..HEAD", "nothing is no commit of ", 1],
  ])("refuses the range %s", async (range, sentence, code) => {
    const ran = await home(range);
    expect(ran.stderr).toContain(sentence);
    expect(ran.code).toBe(code);
  });
});
