import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execa } from "execa";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sluice } from "./run.js";

const spec = `Name: hello
Version: 2.1
Source0: https://example.org/hello-%{version}.tar.gz
Source10: %(date).conf
Patch1: 0001-First.patch
Patch12: %{name}-second.patch
Patch3: unused.patch
%prep
%setup -q
%patch -P 12 -p1
%patch -P 1
`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-inspect-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function commitAll(): Promise<void> {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  await execa("git", ["init", "-q"], { cwd: folder });
  await execa("git", ["add", "."], { cwd: folder });
  await execa("git", [...identity, "commit", "-q", "-m", "Import"], { cwd: folder });
}

describe("inspect", () => {
  it("says what a spec means, in a table for people", async () => {
    await write({ "hello.spec": spec });
    const { code, stdout, stderr } = await sluice(["inspect", join(folder, "hello.spec")]);

    expect(stdout).toBe(`hello 2.1 (layout rpm)

Sources
   0  hello-2.1.tar.gz
  10  %(date).conf

Patches, in the order in which they are applied
  12  hello-second.patch  -p1  %patch
   1  0001-First.patch    -p0  %patch
   3  unused.patch             not applied

Not understood
  line 4: the macro %(date) would run a shell, and its value is needed here
`);
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("says the same to programs", async () => {
    await write({ "hello.spec": spec });
    const { code, stdout } = await sluice(["inspect", "--json", join(folder, "hello.spec")]);

    expect(JSON.parse(stdout)).toEqual({
      layout: "rpm",
      package: "hello",
      version: "2.1",
      sources: [
        { number: 0, file: "hello-2.1.tar.gz" },
        { number: 10, file: "%(date).conf" },
      ],
      patches: [
        { number: 12, file: "hello-second.patch", strip: 1, appliedBy: "%patch" },
        { number: 1, file: "0001-First.patch", strip: 0, appliedBy: "%patch" },
        { number: 3, file: "unused.patch", strip: 0, appliedBy: null },
      ],
      unsupported: [{ line: 4, reason: "the macro %(date) would run a shell, and its value is needed here" }],
    });
    expect(code).toBe(0);
  });

  it("reads the commit of a repository that is checked out, in either shape", async () => {
    await write({ "SPECS/hello.spec": spec, "SOURCES/hello.conf": "" });
    await commitAll();
    await write({ "SPECS/hello.spec": "Name: changed\n" });

    const { stdout } = await sluice(["inspect", "--json", folder]);
    expect(JSON.parse(stdout)).toMatchObject({ package: "hello" });
  });

  it("reads a folder that is no repository, or lies within one, from disk", async () => {
    await write({ "outside/hello.spec": spec });
    const outside = await sluice(["inspect", "--json", join(folder, "outside")]);
    expect(JSON.parse(outside.stdout)).toMatchObject({ layout: "rpm", package: "hello" });

    await write({ "other/other.spec": spec.replace("Name: hello", "Name: other") });
    await commitAll();
    const within = await sluice(["inspect", "--json", join(folder, "other")]);
    expect(JSON.parse(within.stdout)).toMatchObject({ layout: "rpm", package: "other" });
  });

  it("executes nothing", async () => {
    const trap = join(folder, "trap");
    const lines = [`%global a %(touch ${trap})`, `%{lua: io.open("${trap}", "w")}`, "Patch: %{a}.patch"];
    await write({ "hello.spec": `${spec.replace("%prep", `${lines.join("\n")}\n%prep`)}%{a}\n` });
    const { code } = await sluice(["inspect", join(folder, "hello.spec")]);

    expect(code).toBe(0);
    expect((await execa("ls", [folder])).stdout).toBe("hello.spec");
  });

  it("prints a name that would move the cursor as text", async () => {
    await write({ "hello.spec": "Name: a\nVersion: 1\nPatch: \u001b[2Jx.patch\n%prep\n%autosetup\n" });
    const { stdout } = await sluice(["inspect", join(folder, "hello.spec")]);
    expect(stdout).toContain('"\\u001b[2Jx.patch"');
  });

  it.each<[what: string, files: Readonly<Record<string, string>>, path: string, said: string, code: number]>([
    ["nothing", {}, "none", "there is no ", 1],
    ["an empty folder", { "x/README": "" }, "x", "is no repository, and has neither a spec nor debian/", 1],
    ["two specs", { "x/a.spec": "", "x/b.spec": "" }, "x", "dist-git has 2 specs", 1],
    ["a file that is no spec", { README: "" }, "README", "only a spec (layout rpm) says something alone", 2],
  ])("refuses %s with its reason", async (...[, files, path, said, code]) => {
    await write(files);
    const ran = await sluice(["inspect", join(folder, path)]);
    expect(ran.stderr).toContain(said);
    expect([ran.code, ran.stdout]).toEqual([code, ""]);
  });

  it("takes the layout that it is told", async () => {
    await write({ "hello.spec": spec, "debian/control": "Source: hello\n" });
    await commitAll();
    const unclear = await sluice(["inspect", folder]);
    const clear = await sluice(["inspect", "--layout", "rpm", "--json", folder]);

    expect(unclear.stderr).toContain("dist-git has both hello.spec and debian/control");
    expect(JSON.parse(clear.stdout)).toMatchObject({ layout: "rpm", package: "hello" });
  });
});
