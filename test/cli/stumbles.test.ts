import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "../../src/git/run.js";
import { cloneBoth, removeClones, type Clones } from "../conversion/clones.js";
import { newRepository, readme, removeRepositories, spec, type Files } from "../conversion/package.js";
import { sluice, type Ran } from "./run.js";

afterEach(removeClones);
afterEach(removeRepositories);

const patched = spec.replace(/^Source0:.*\n/m, (line) => `${line}Patch1: a.patch\n`);
const diff = `--- a/README\n+++ b/README\n@@ -2,1 +2,1 @@\n-${readme({}).split("\n")[1] ?? ""}\n+TWO\n`;
const packaged: Files = { "hello.spec": patched, "a.patch": diff };

/** A clone of upstream, whose release is tagged v1.0, and one of dist-git. */
async function clones(dist: Files = packaged): Promise<Clones> {
  const [source, distGit] = [await newRepository(), await newRepository()];
  await source.commit("Release 1.0\n", { README: readme({}) });
  await source.store.flush();
  await source.tag("v1.0");
  await distGit.commit("Import\n", dist);
  return cloneBoth({ source, dist: distGit });
}

async function commit(directory: string, message: string): Promise<void> {
  await git(["add", "--all"], { directory });
  await git(["commit", "--quiet", "--message", message], { directory });
}

async function complaintOf(ran: Promise<Ran>): Promise<Record<string, string>> {
  const { stdout } = await ran;
  return (JSON.parse(stdout) as { error: Record<string, string> }).error;
}

describe("where people stumble who begin", () => {
  it.each(["hello-1.0", "R_1_0", "1.0"])("a release is written otherwise upstream: %s", async (name) => {
    const { source, dist } = await clones();
    const said = await complaintOf(sluice(["init", name, source, dist, "--json"]));
    expect(said).toMatchObject({
      message: `${name} is neither a tag nor a commit of the clone of upstream`,
      remedy: "Did you mean v1.0?",
    });
  });

  it("a package is a folder of a repository of many", async () => {
    const { source, dist } = await clones();
    await sluice(["init", "v1.0", source, dist]);
    const inside = join(dist, "SPECS", "hello");
    await mkdir(inside, { recursive: true });
    for (const command of [
      ["init", "v1.0", source, inside],
      ["update-dist-git", source, inside],
      ["update-source-git", inside, source],
      ["status", source, inside],
    ]) {
      const said = await complaintOf(sluice([...command, "--json"]));
      expect(said["message"]).toBe(`${inside} is a folder inside the repository ${dist}`);
    }
  });

  it("the spec has no name: that is said, and not which macro lacks it", async () => {
    const nameless = patched.replace(/^Name:.*\n/m, "").replace("a.patch", "%{name}.patch");
    const { source, dist } = await clones({ "hello.spec": nameless, "hello.patch": diff });
    const said = await complaintOf(sluice(["init", "v1.0", source, dist, "--json"]));
    expect(said).toMatchObject({ message: "the spec has no Name", where: "hello.spec" });
  });

  it.each([
    ["a spoilt hunk", diff.replace("-2,1 +2,1", "-2,9 +2,9"), "it has a malformed hunk at line 6"],
    [
      "a binary file without content",
      "diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n",
      "b/x is binary, and the patch does not hold its content",
    ],
  ])("a patch that applies to nothing: %s", async (_, broken, reason) => {
    const { source, dist } = await clones({ ...packaged, "a.patch": broken });
    const said = await complaintOf(sluice(["init", "v1.0", source, dist, "--json"]));
    expect(said).toMatchObject({
      message: `a.patch does not apply to v1.0: ${reason}`,
      remedy: 'Make the patch anew in dist-git, as with "git diff --binary".',
    });
  });

  it("--layout quilt is asked of what has no debian/", async () => {
    const { dist } = await clones();
    const said = await complaintOf(sluice(["inspect", "--layout", "quilt", dist, "--json"]));
    expect(said["message"]).toBe("dist-git has no debian/");
  });
});

describe("where people stumble later", () => {
  let both: Clones;
  beforeEach(async () => {
    both = await clones();
    await sluice(["init", "v1.0", both.source, both.dist]);
  });

  it("a change is not committed: nothing is to do, and it is said why", async () => {
    const { source, dist } = both;
    await appendFile(join(source, "README"), "more\n");
    await appendFile(join(dist, "hello.spec"), "# more\n");
    const forth = await sluice(["update-dist-git", "--dry-run", source, dist]);
    expect(forth.stdout).toBe("Nothing to do: dist-git is up to date.\n");
    expect(forth.stderr).toBe(
      `warning: ${source} has changes that are not committed (README): they do not count\n`,
    );
    const back = await sluice(["update-source-git", "--dry-run", dist, source]);
    expect(back.stdout).toBe("Nothing to do: source-git has all of dist-git.\n");
    expect(back.stderr).toContain("(hello.spec): they do not count");
  });

  it("the clone of source-git is shallow", async () => {
    const { folder, source, dist } = both;
    const shallow = join(folder, "shallow");
    await gitText(["clone", "--quiet", "--depth", "1", `file://${source}`, shallow], {
      directory: folder,
      environment: { GIT_ALLOW_PROTOCOL: "file" },
    });
    expect(await complaintOf(sluice(["update-dist-git", shallow, dist, "--json"]))).toMatchObject({
      message: "upstream_ref v1.0 is neither a tag nor a commit of the source-git repository",
      remedy: 'The clone is shallow: fetch the rest with "git fetch --unshallow --tags".',
    });
  });

  it.each([
    [["status", "nowhere"], "Name two folders, SOURCE and DIST, or one FORGE/PATH as sluice.yml does."],
    [["inspect", "nowhere"], "Name a dist-git repository, a folder with a spec or debian/, or a spec file."],
    [["explain", "nowhere"], expect.stringContaining("as the browser shows it")],
  ])("there is nothing of that name: %j", async (command, remedy) => {
    expect(await complaintOf(sluice([...command, "--json"]))).toMatchObject({ remedy });
  });

  it("another branch is checked out", async () => {
    const { source, dist } = both;
    await git(["checkout", "--quiet", "--detach", "v1.0"], { directory: source });
    expect(await complaintOf(sluice(["status", source, dist, "--json"]))).toMatchObject({
      message: "there is no .distro/source-git.yaml",
      where: expect.stringMatching(/^source-git's commit [0-9a-f]{12}$/),
      remedy: expect.stringContaining("the right branch?"),
    });
  });

  it("a commit of packaging goes along with one of code: dist-git's commit names both", async () => {
    const { source, dist } = both;
    await appendFile(join(source, "README"), "more\n");
    await commit(source, "Say more");
    await writeFile(join(source, ".distro", "hello.conf"), "loud=yes\n");
    await commit(source, "Be loud");
    await sluice(["update-dist-git", source, dist]);
    const message = await gitText(["log", "-1", "--format=%B"], { directory: dist });
    expect(message).toMatch(/^Update from source-git\n\n- Say more\n- Be loud\n\nFrom-source-git-commit: /);
  });
});
