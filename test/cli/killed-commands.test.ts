import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitText } from "../../src/git/run.js";
import { spec } from "../conversion/package.js";

const program = join(import.meta.dirname, "..", "..", "bin", "sluice");
const identity = {
  GIT_AUTHOR_NAME: "Grace Hopper",
  GIT_AUTHOR_EMAIL: "grace@example.org",
  GIT_COMMITTER_NAME: "Grace Hopper",
  GIT_COMMITTER_EMAIL: "grace@example.org",
};
const patch = (to: string) => `--- a/README\n+++ b/README\n@@ -1 +1 @@\n-one\n+${to}\n`;
let folder: string;
let source: string;
let dist: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-killed-"));
  [source, dist] = [join(folder, "source"), join(folder, "dist")];
  await repository(source, { README: "one\n" });
  await gitIn(source, "tag", "v1.0");
  const tagged = spec.replace(/^Source0:.*$/m, "$&\nPatch0: two.patch");
  await repository(dist, { "hello.spec": tagged, "two.patch": patch("two") });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function gitIn(directory: string, ...args: readonly string[]): Promise<string> {
  return gitText(args, { directory, environment: identity });
}

async function repository(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await gitText(["init", "--quiet", "--initial-branch=main", directory]);
  await commit(directory, files);
}

async function commit(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  await gitIn(directory, "add", ".");
  await gitIn(directory, "commit", "--quiet", "-m", "Change");
}

/** Runs the program, killed without a warning once its n-th git process has ended; `0` when it got to its end. */
async function runKilled(args: readonly string[], step: number): Promise<number | null> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await rm(join(bin, "steps"), { force: true });
  const path = process.env["PATH"] ?? "";
  const killer = `#!/bin/sh
PATH=${path}
git "$@"
code=$?
echo >> ${bin}/steps
[ "$(wc -l < ${bin}/steps)" -ge ${step} ] && kill -9 $PPID
exit $code
`;
  await writeFile(join(bin, "git"), killer, { mode: 0o755 });
  const env = { ...process.env, ...identity, PATH: `${bin}:${path}` };
  const child = spawn(process.execPath, [program, ...args], { stdio: "ignore", env });
  return new Promise((resolve) => child.on("close", resolve));
}

/** Kills the command behind each of its git processes in turn; SOURCE is what it was, or finished, each time. */
async function expectWhole(
  args: readonly string[],
  readme: { before: string; after: string },
): Promise<void> {
  const before = await gitIn(source, "rev-parse", "HEAD");
  const distBefore = await gitIn(dist, "rev-parse", "HEAD");
  let ran = 0;
  for (let step = 1, code: number | null = null; code !== 0; step += 1) {
    code = await runKilled(args, step);
    ran = step;
    const finished = (await gitIn(source, "rev-parse", "HEAD")) !== before;
    expect(await gitIn(source, "status", "--porcelain", "--untracked-files=all")).toBe("");
    expect(await gitIn(source, "show", "HEAD:README")).toBe(finished ? readme.after : readme.before);
    await gitIn(source, "fsck", "--connectivity-only", "--no-dangling");
    expect(await gitIn(dist, "rev-parse", "HEAD")).toBe(distBefore);
    expect(await gitIn(dist, "status", "--porcelain")).toBe("");
    if (code !== 0) await gitIn(source, "reset", "--quiet", "--hard", before);
  }
  expect(ran).toBeGreaterThan(3);
  expect(await gitIn(source, "show", "HEAD:README")).toBe(readme.after);
}

describe("a command that is killed behind any of its steps", () => {
  it("init leaves SOURCE as it was or finished", async () => {
    await expectWhole(["init", "v1.0", source, dist], { before: "one", after: "two" });
  });

  it("update-source-git leaves SOURCE as it was or finished", async () => {
    expect(await runKilled(["init", "v1.0", source, dist], 1000)).toBe(0);
    await commit(dist, { "two.patch": patch("TWO") });
    await expectWhole(["update-source-git", dist, source], { before: "two", after: "TWO" });
  });
});
