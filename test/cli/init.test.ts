import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitText } from "../../src/git/run.js";
import { spec } from "../conversion/package.js";
import { sluice, type Ran } from "./run.js";

let folder = "";
let upstream = "";
let dist = "";
const identity = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-init-"));
  [upstream, dist] = [join(folder, "hello"), join(folder, "rpms")];
  await repository(upstream, { README: "one\n" });
  await gitIn(upstream, "tag", "-a", "-m", "Release", "v1.0");
  const patch = "--- a/README\n+++ b/README\n@@ -1 +1 @@\n-one\n+two\n";
  await repository(dist, {
    "hello.spec": spec.replace(/^Source0:.*$/m, "$&\nPatch0: two.patch"),
    "two.patch": patch,
  });
  await gitIn(dist, "branch", "-m", "f40");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function gitIn(directory: string, ...args: readonly string[]): Promise<string> {
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

async function init(...options: readonly string[]): Promise<Ran> {
  const named = options.some((option) => !option.startsWith("-")) ? [] : ["v1.0"];
  return sluice(["init", ...named, ...options, upstream, dist], { env: identity });
}

describe("sluice init", () => {
  it("goes on with the branch that is at the release", async () => {
    const ran = await init();
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toMatch(
      /^Branch main, which was at v1\.0, goes on with the distribution's files and 1 patch, up to [0-9a-f]+\.\n {2}[0-9a-f]+ two\.patch\n$/,
    );
    expect(await readFile(join(upstream, "README"), "utf8")).toBe("two\n");
    expect(await gitIn(upstream, "status", "--porcelain")).toBe("");
    expect(await gitIn(upstream, "log", "--format=%s")).toBe(
      "Apply two.patch\nInitialize as a source-git repository\nChange",
    );
    const back = await sluice(["update-dist-git", upstream, dist], { env: identity });
    expect(back).toEqual({ code: 0, stdout: "Nothing to do: dist-git is up to date.\n", stderr: "" });
  });

  it("makes a branch at the release, named as dist-git's, when another commit is checked out", async () => {
    await commit(upstream, { README: "later\n" });
    const later = await gitIn(upstream, "rev-parse", "HEAD");
    const ran = await init();
    expect(ran.stdout).toMatch(/^Branch f40 is made at v1\.0 and checked out, with /);
    expect(await gitIn(upstream, "symbolic-ref", "HEAD")).toBe("refs/heads/f40");
    expect(await gitIn(upstream, "rev-parse", "main")).toBe(later);
    expect(await readFile(join(upstream, "README"), "utf8")).toBe("two\n");
  });

  it("makes the branch that is asked for", async () => {
    await init("--branch=fedora");
    expect(await gitIn(upstream, "symbolic-ref", "HEAD")).toBe("refs/heads/fedora");
    expect(await gitIn(upstream, "rev-parse", "main")).toBe(await gitIn(upstream, "rev-parse", "v1.0^{}"));
  });

  it("finds another name for the branch when upstream has one of dist-git's name", async () => {
    await gitIn(upstream, "checkout", "--quiet", "-b", "f40");
    await commit(upstream, { README: "later\n" });
    const ran = await init();
    expect(ran.stdout).toMatch(/^Branch source-git\/f40 is made at v1\.0 and checked out, with /);
    expect(await gitIn(upstream, "symbolic-ref", "HEAD")).toBe("refs/heads/source-git/f40");
  });

  it("takes no branch that is at another commit", async () => {
    await gitIn(upstream, "checkout", "--quiet", "-b", "f40");
    await commit(upstream, { README: "later\n" });
    const ran = await init("--branch=f40");
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toContain(`${upstream} has a branch f40 already, and it is at another commit`);
    expect(ran.stderr).toContain("Name another with --branch");
  });

  it("names a commit by its id, for a branch would move", async () => {
    const base = await gitIn(upstream, "rev-parse", "main");
    await init("main");
    const file = await readFile(join(upstream, ".distro", "source-git.yaml"), "utf8");
    expect(file).toContain(`upstream_ref: ${base}\n`);
  });

  it("answers in JSON, and writes nothing when it is dry", async () => {
    const base = await gitIn(upstream, "rev-parse", "main");
    const ran = await init("--dry-run", "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: "would-start",
      layout: "rpm",
      upstreamRef: "v1.0",
      base,
      branch: "main",
      patches: [{ file: "two.patch" }],
      warnings: [],
    });
    expect(await gitIn(upstream, "rev-parse", "main")).toBe(base);
    expect(await gitIn(upstream, "status", "--porcelain")).toBe("");
  });
});

describe("sluice init refuses", () => {
  async function refused(ran: Ran, sentence: string): Promise<void> {
    expect(ran.stderr).toContain(sentence);
    expect(ran.stdout).toBe("");
    expect(await gitIn(upstream, "log", "--all", "--format=%s")).toBe("Change");
  }

  it("a patch that does not apply, with exit code 3, naming patch, file and hunk", async () => {
    await commit(dist, { "two.patch": "--- a/README\n+++ b/README\n@@ -1 +1 @@\n-none\n+two\n" });
    const ran = await init();
    expect(ran.code).toBe(3);
    await refused(
      ran,
      "two.patch does not apply to v1.0: README does not have what hunk 1 (line 3 of the patch) looks for",
    );
  });

  it("a dirty work tree", async () => {
    await writeFile(join(upstream, "README"), "mine\n");
    await refused(await init(), `${upstream} has changes that are not committed`);
  });

  it("a dirty dist-git", async () => {
    await writeFile(join(dist, "two.patch"), "mine\n");
    await refused(await init(), `${dist} has changes that are not committed`);
  });

  it("an unknown release", async () => {
    await refused(await init("v9"), "v9 is neither a tag nor a commit of the clone of upstream");
  });

  it("a file of the work tree that is in the way", async () => {
    await writeFile(join(upstream, ".distro"), "mine\n");
    await refused(await init(), ".distro");
    expect(await readFile(join(upstream, ".distro"), "utf8")).toBe("mine\n");
  });

  it("one repository twice", async () => {
    dist = upstream;
    await refused(await init(), "SOURCE and DIST are the same repository");
  });
});

describe("sluice init of other layouts", () => {
  const patch =
    "Description: Say two\nAuthor: Kay <kay@example.org>\n--- a/README\n+++ b/README\n@@ -1 +1 @@\n-one\n+two\n";

  beforeEach(async () => {
    await gitIn(dist, "rm", "--quiet", "hello.spec", "two.patch");
    for (const name of ["source", "patches"]) await mkdir(join(dist, "debian", name), { recursive: true });
    await commit(dist, {
      README: "one\n",
      "debian/control": "Source: hello\n\nPackage: hello\n",
      "debian/changelog":
        "hello (1.0-1) sid; urgency=low\n\n  * x\n\n -- A <a@b>  Mon, 06 Feb 2023 10:00:00 +0000\n",
      "debian/source/format": "3.0 (quilt)\n",
      "debian/patches/series": "two.patch\n",
      "debian/patches/two.patch": patch,
    });
  });

  it("finds a Debian package by its look", async () => {
    const ran = await init();
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(ran.stdout).toContain("goes on with the distribution's files and 1 patch, up to");
    expect(await gitIn(upstream, "log", "-1", "--format=%an: %s")).toBe("Kay: Say two");
    const back = await sluice(["update-dist-git", upstream, dist], { env: identity });
    expect(back).toEqual({ code: 0, stdout: "Nothing to do: dist-git is up to date.\n", stderr: "" });
  });

  it("takes dist-git's files as they are when it is told to", async () => {
    const ran = await init("--layout=plain");
    expect(ran.stdout).toMatch(
      /^Branch main, which was at v1\.0, goes on with dist-git's files, up to [0-9a-f]+\.\n$/,
    );
    expect(await readFile(join(upstream, "debian", "patches", "two.patch"), "utf8")).toBe(patch);
  });
});
