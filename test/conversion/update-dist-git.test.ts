import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { updateDistGitCommand } from "../../src/cli/update-dist-git.js";
import { git, gitText } from "../../src/git/run.js";
import { newPackage, readme, removeRepositories } from "./package.js";

const program = join(import.meta.dirname, "..", "..", "bin", "sluice");
let folder = "";
let source = "";
let dist = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  source = join(folder, "source");
  dist = join(folder, "dist");
  const hello = await newPackage();
  await hello.source.commit("Say it louder\n\nResolves: #1\nPatch-id: 3\n", { README: readme({ 2: "TWO" }) });
  for (const [repository, directory] of [
    [hello.source, source],
    [hello.dist, dist],
  ] as const) {
    await repository.store.git(["update-ref", "refs/heads/main", repository.tip ?? ""]);
    await git(["clone", "--quiet", repository.store.directory, directory]);
    await git(["config", "user.name", "Grace Hopper"], { directory });
    await git(["config", "user.email", "grace@example.org"], { directory });
  }
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeRepositories();
});

/** Runs the command in this process and answers what it printed. */
async function run(...args: string[]): Promise<string> {
  const written: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  try {
    await updateDistGitCommand().parseAsync([source, dist, ...args], { from: "user" });
  } finally {
    process.stdout.write = write;
  }
  return written.join("");
}

const head = (directory: string) => gitText(["rev-parse", "HEAD"], { directory });
const message = () => gitText(["log", "-1", "--format=%B"], { directory: dist });

describe("update-dist-git", () => {
  it("commits to the branch that is checked out, work tree included", async () => {
    expect(await run()).toMatch(
      /^Committed [0-9a-f]{12} to dist-git.\n {2}added 0001-Say-it-louder.patch\n$/,
    );
    expect(await gitText(["status", "--porcelain"], { directory: dist })).toBe("");
    expect(await readFile(join(dist, "hello.spec"), "utf8")).toContain(
      "Patch3:         0001-Say-it-louder.patch\n",
    );
    expect(await message()).toBe(
      `Say it louder\n\nResolves: #1\nFrom-source-git-commit: ${await head(source)}\n`,
    );
    expect(await gitText(["log", "-1", "--format=%an %ae %cn"], { directory: dist })).toBe(
      "Grace Hopper grace@example.org Grace Hopper",
    );
  });

  it("says that there is nothing to do, and succeeds", async () => {
    await run();
    const before = await head(dist);
    expect(await run()).toBe("Nothing to do: dist-git is up to date.\n");
    expect(await head(dist)).toBe(before);
  });

  it("takes the message from -m, or from a file; the trailer stands last even behind a ---", async () => {
    await writeFile(join(folder, "message"), "Update\n\nText.\n\n---\nMore.\n");
    await run("-F", join(folder, "message"));
    expect(await message()).toBe(
      `Update\n\nText.\n\n---\nMore.\n\nFrom-source-git-commit: ${await head(source)}\n`,
    );
    await git(["reset", "--quiet", "--hard", "HEAD^"], { directory: dist });
    await writeFile(join(folder, "message"), Buffer.from("Caf\xe9\n", "latin1"));
    await run("-F", join(folder, "message"));
    const { stdout } = await git(["cat-file", "commit", "HEAD"], { directory: dist });
    expect(stdout.toString("latin1")).toContain("\n\nCaf\xe9\n");
    await expect(run("-m", "x", "-F", "y")).rejects.toMatchObject({ kind: "usage" });
  });

  it("shows the difference with --dry-run and writes nothing, not even objects", async () => {
    const objects = () => readdir(join(dist, ".git", "objects"), { recursive: true });
    const sourceObjects = () => readdir(join(source, ".git", "objects"), { recursive: true });
    const before = [await objects(), await sourceObjects(), await head(dist)];
    const diff = await run("--dry-run");
    expect(diff).toContain("+Patch3:         0001-Say-it-louder.patch\n");
    expect([await objects(), await sourceObjects(), await head(dist)]).toEqual(before);
    const json = JSON.parse(await run("--dry-run", "--json")) as Record<string, unknown>;
    expect(json).toMatchObject({
      outcome: "would-change",
      diff,
      patches: [{ change: "added" }],
      warnings: [],
    });
  });

  it("commits to another branch without touching the work tree", async () => {
    await git(["branch", "c9s"], { directory: dist });
    const before = await head(dist);
    await run("--branch", "c9s");
    expect(await head(dist)).toBe(before);
    expect(await gitText(["show", "c9s:hello.spec"], { directory: dist })).toContain("Patch3:");
    expect(await gitText(["status", "--porcelain"], { directory: dist })).toBe("");
    await expect(run("--branch", "c10s")).rejects.toMatchObject({ kind: "missing" });
  });

  it("refuses a work tree with changes, and a file that is in the way", async () => {
    await writeFile(join(dist, "hello.spec"), "changed\n");
    await expect(run()).rejects.toMatchObject({ kind: "refused", where: "hello.spec" });
    await git(["checkout", "--quiet", "--", "."], { directory: dist });
    await writeFile(join(dist, "0001-Say-it-louder.patch"), "mine\n");
    const before = await head(dist);
    await expect(run()).rejects.toMatchObject({ kind: "refused" });
    expect(await head(dist)).toBe(before);
    expect(await readFile(join(dist, "0001-Say-it-louder.patch"), "utf8")).toBe("mine\n");
    expect(await gitText(["status", "--porcelain"], { directory: dist })).toBe("?? 0001-Say-it-louder.patch");
  });

  it("refuses to overwrite a file that git is told to ignore", async () => {
    await writeFile(join(dist, ".git", "info", "exclude"), "*.patch\n");
    await writeFile(join(dist, "0001-Say-it-louder.patch"), "mine\n");
    await expect(run()).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("0001-Say-it-louder.patch") as unknown,
    });
    expect(await readFile(join(dist, "0001-Say-it-louder.patch"), "utf8")).toBe("mine\n");
  });

  it("refuses a branch that another work tree shows", async () => {
    const other = join(folder, "other");
    await git(["worktree", "add", "--quiet", "-b", "c9s", other], { directory: dist });
    await expect(run("--branch", "c9s")).rejects.toMatchObject({
      kind: "refused",
      message: `c9s is checked out in ${other}`,
    });
  });

  it("keeps the line ends that the user's git gives a work tree, and takes them for no change", async () => {
    await git(["config", "core.autocrlf", "true"], { directory: dist });
    await rm(join(dist, "sources"));
    await git(["checkout", "--quiet", "--", "sources"], { directory: dist, workTree: true });
    await utimes(join(dist, "sources"), 0, 0);
    await run();
    expect(await readFile(join(dist, "hello.spec"), "utf8")).toContain("0001-Say-it-louder.patch\r\n");
    expect(await gitText(["show", "HEAD:hello.spec"], { directory: dist })).not.toContain("\r");
  });

  it("refuses to convert a repository into itself", async () => {
    dist = `${source}/../source`;
    const before = await head(source);
    await expect(run()).rejects.toMatchObject({
      kind: "usage",
      message: "SOURCE and DIST are the same repository",
    });
    expect(await head(source)).toBe(before);
  });

  it("refuses what is no repository", async () => {
    source = join(folder, "nothing");
    await expect(run()).rejects.toMatchObject({
      kind: "invalid",
      message: `${source} is not a git repository`,
    });
  });

  it("runs no hook of either repository", async () => {
    for (const hook of ["post-checkout", "reference-transaction", "post-index-change", "pre-commit"]) {
      const path = join(dist, ".git", "hooks", hook);
      await writeFile(path, `#!/bin/sh\ntouch ${folder}/ran\n`, { mode: 0o755 });
    }
    await run();
    await expect(stat(join(folder, "ran"))).rejects.toThrow(/ENOENT/);
  });

  it("leaves DIST as it was or finished, whenever it is interrupted", async () => {
    const before = await head(dist);
    for (const delay of [50, 150, 250, 350, 450, 600]) {
      const child = spawn(process.execPath, [program, "update-dist-git", source, dist], { stdio: "ignore" });
      const ended = new Promise((resolve) => child.on("close", resolve));
      setTimeout(() => child.kill("SIGTERM"), delay);
      await ended;
      expect(await gitText(["status", "--porcelain"], { directory: dist })).toBe("");
      expect([
        before,
        await gitText(["rev-parse", "HEAD^"], { directory: dist }).catch(() => before),
      ]).toContain(before);
      await git(["reset", "--quiet", "--hard", before], { directory: dist });
    }
    const whole = spawn(process.execPath, [program, "update-dist-git", source, dist], { stdio: "ignore" });
    expect(await new Promise((resolve) => whole.on("close", resolve))).toBe(0);
    expect(await gitText(["rev-parse", "HEAD^"], { directory: dist })).toBe(before);
  });

  it("is all or nothing when it is killed behind any step that writes to DIST", async () => {
    const [before, bin] = [await head(dist), join(folder, "bin")];
    await mkdir(bin);
    const path = process.env["PATH"] ?? "";
    const killer = `#!/bin/sh
PATH=${path}
git "$@"
code=$?
[ "$3" = unpack-objects ] && echo > ${bin}/steps
if [ "$1 $2" = "-C ${dist}" ] && [ -e ${bin}/steps ]; then
  echo >> ${bin}/steps
  [ "$(wc -l < ${bin}/steps)" -eq "$(cat ${bin}/fatal)" ] && kill -9 $PPID
fi
exit $code
`;
    await writeFile(join(bin, "git"), killer, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${path}` };
    for (let step = 2, code: number | null = null; code !== 0; step += 1) {
      await rm(join(bin, "steps"), { force: true });
      await writeFile(join(bin, "fatal"), String(step));
      const child = spawn(process.execPath, [program, "update-dist-git", source, dist], {
        stdio: "ignore",
        env,
      });
      code = await new Promise((resolve) => child.on("close", resolve));
      expect([code, await gitText(["status", "--porcelain"], { directory: dist })]).toEqual([code, ""]);
      await git(["reset", "--quiet", "--hard", before], { directory: dist });
    }
  });
});
