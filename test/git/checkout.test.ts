import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { advance, findDestination, isKeptOut, refusal, requireClean } from "../../src/git/checkout.js";
import { isSafeName } from "../../src/git/codec.js";
import { git, GitError, gitText } from "../../src/git/run.js";
import { makeScratch } from "../../src/git/scratch.js";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-test-"));
  await git(["init", "-q", "-b", "main"], { directory });
  await commit("One");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function commit(message: string): Promise<string> {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  await git([...identity, "commit", "-q", "--allow-empty", "-m", message], { directory });
  return gitText(["rev-parse", "HEAD"], { directory });
}

describe("a place to commit to", () => {
  it("is not the inside of a clone", async () => {
    await expect(findDestination(join(directory, ".git"))).rejects.toThrow("is the inside of a clone");
  });

  it("is not a folder inside of one, where commits would be made at the top", async () => {
    await mkdir(join(directory, "SPECS", "hello"), { recursive: true });
    await expect(findDestination(join(directory, "SPECS", "hello"))).rejects.toMatchObject({
      message: `${directory}/SPECS/hello is a folder inside the repository ${directory}`,
      remedy: expect.stringContaining('"git subtree split --prefix SPECS/hello"'),
    });
  });

  it.each([
    ["unpack-objects: error: insufficient permission for adding an object", "there is no right to write"],
    ["Unable to create '/x/.git/index.lock': Permission denied", "there is no right to write"],
    ["index-pack: write error: No space left on device", "there is no room left"],
  ])("that cannot be written is nobody's bug: %s", (stderr, said) => {
    const error = new GitError(stderr, { stderr, timedOut: false });
    expect(isKeptOut(error)).toBe(true);
    expect(refusal(directory, error).message).toContain(said);
  });

  it("is left alone when its branch has moved meanwhile, checked out or not", async () => {
    const before = await gitText(["rev-parse", "HEAD"], { directory });
    const mine = await commit("Mine");
    await git(["reset", "-q", "--hard", before], { directory });
    const theirs = await commit("Theirs");
    for (const checkedOut of [true, false]) {
      const destination = { directory, ref: "refs/heads/main", checkedOut };
      const step = advance(destination, { before, after: mine, reason: "test" });
      await expect(step).rejects.toThrow("the branch has moved meanwhile");
    }
    expect(await gitText(["rev-parse", "HEAD"], { directory })).toBe(theirs);
  });

  it("is left alone while another git process is at work in it", async () => {
    const destination = await findDestination(directory);
    const before = await gitText(["rev-parse", "HEAD"], { directory });
    const after = await commit("Two");
    await git(["reset", "-q", "--hard", before], { directory });
    await requireClean(destination);
    await writeFile(join(directory, ".git", "index.lock"), "");
    const step = advance(destination, { before, after, reason: "test" });
    await expect(step).rejects.toThrow("another git process is at work in the repository");
    expect(await gitText(["rev-parse", "HEAD"], { directory })).toBe(before);
  });
});

describe("a name in a tree", () => {
  it.each([".git", ".GIT", "git~1", "GIT~1", ".git ", ".git...", ".git:x", ".g\u200cit", "..", "", "a/b"])(
    "is not %j, which some file system takes for git's own or another folder",
    (name) => expect(isSafeName(name)).toBe(false),
  );

  it.each([".gitignore", ".github", "git~2", "git", "...", "a.git"])("may be %j", (name) =>
    expect(isSafeName(name)).toBe(true),
  );
});

describe("a temporary folder", () => {
  const left = async (pid: number | undefined) =>
    (await readdir(tmpdir())).filter((name) => name.startsWith(`sluice-${pid ?? 0}-`));

  it("goes when it is removed", async () => {
    const scratch = await makeScratch();
    expect(await left(process.pid)).toHaveLength(1);
    await scratch.remove();
    expect(await left(process.pid)).toEqual([]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("goes when its process gets %s", async (signal) => {
    const compiled = new URL("../../dist/src/git/scratch.js", import.meta.url).href;
    const script = `const { makeScratch } = await import(${JSON.stringify(compiled)}); await makeScratch(); console.log("made"); setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    await once(child.stdout, "data");
    expect(await left(child.pid)).toHaveLength(1);
    child.kill(signal);
    const [, by] = (await once(child, "close")) as [number | null, string];
    expect(by).toBe(signal);
    expect(await left(child.pid)).toEqual([]);
  });
});
