import { afterEach, describe, expect, it } from "@jest/globals";
import { readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "../../src/git/run.js";
import { sluice } from "../cli/run.js";
import { cloneBoth, removeClones, type Clones } from "./clones.js";
import { newPackage, readme, removeRepositories, type Files, type TestPackage } from "./package.js";
import { snapshot } from "./untouched.js";

afterEach(removeClones);
afterEach(removeRepositories);

const patch = (line: number, text: string) =>
  `--- a/README\n+++ b/README\n@@ -${line},1 +${line},1 @@\n-${readme({}).split("\n")[line - 1] ?? ""}\n+${text}\n`;

/** A package that is in step, with one patch. */
async function inStep(): Promise<TestPackage> {
  const hello = await newPackage();
  await hello.source.commit("One\n", { README: readme({ 1: "ONE" }) });
  await hello.convert();
  return hello;
}

/** The same, and then a patch that dist-git adds by itself. */
async function withPatch(name: string, files: Files): Promise<TestPackage> {
  const hello = await inStep();
  const spec = (await hello.dist.file("hello.spec")) ?? "";
  const named = spec.replace(/^Patch1:.*\n/m, (line) => `${line}Patch2:         ${name}\n`);
  await hello.dist.commit("Add a patch\n", { "hello.spec": Buffer.from(named, "latin1"), ...files });
  return hello;
}

function run({ source, dist }: Clones, ...more: readonly string[]) {
  return sluice(["update-source-git", dist, source, ...more, "--json"]);
}

interface Bad {
  readonly name: string;
  readonly make: () => Promise<TestPackage>;
  readonly spoil?: (clones: Clones) => Promise<unknown>;
  readonly range?: string;
  readonly kind: string;
  readonly message: RegExp;
}

const good = () => withPatch("two.patch", { "two.patch": patch(5, "FIVE") });
const binary =
  "diff --git a/logo.png b/logo.png\nindex 1..2 100644\nBinary files a/logo.png and b/logo.png differ\n";

const bad: readonly Bad[] = [
  {
    name: "SOURCE is not a repository",
    make: good,
    spoil: ({ source }) => git(["config", "core.repositoryFormatVersion", "99"], { directory: source }),
    kind: "invalid",
    message: /source is not a git repository$/,
  },
  {
    name: "DIST is not a repository",
    make: good,
    spoil: ({ dist }) => git(["config", "core.repositoryFormatVersion", "99"], { directory: dist }),
    kind: "invalid",
    message: /dist is not a git repository$/,
  },
  {
    name: "a dirty work tree",
    make: good,
    spoil: ({ source }) => writeFile(join(source, "README"), "changed\n"),
    kind: "refused",
    message: /has changes that are not committed$/,
  },
  {
    name: "no common base",
    make: () => newPackage(),
    kind: "missing",
    message: /never synchronised/,
  },
  {
    name: "an unknown ref",
    make: good,
    range: "v9.9..HEAD",
    kind: "missing",
    message: /v9\.9/,
  },
  {
    name: "a patch that does not apply",
    make: () => withPatch("two.patch", { "two.patch": patch(5, "FIVE").replace("-five", "-cinq") }),
    kind: "conflict",
    message: /two\.patch/,
  },
  {
    name: "an unexpandable macro where its value is needed",
    make: () => withPatch("%{nobody_knows}.patch", {}),
    kind: "unsupported",
    message: /nobody_knows/,
  },
  {
    name: "a binary patch without content",
    make: () => withPatch("two.patch", { "two.patch": binary }),
    kind: "conflict",
    message: /logo\.png/,
  },
  {
    name: "a file of SOURCE that git does not track, where one is to be written",
    make: async () => {
      const hello = await good();
      await hello.dist.commit("New file\n", { "new.conf": "n\n" });
      return hello;
    },
    spoil: ({ source }) => writeFile(join(source, ".distro", "new.conf"), "mine\n"),
    kind: "refused",
    message: /new\.conf/,
  },
];

describe("update-source-git refuses, names the place, and writes nothing:", () => {
  it.each(bad.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    const clones = await cloneBoth(await each.make());
    await each.spoil?.(clones);
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await run(clones, ...(each.range === undefined ? [] : [each.range]));

    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        kind: each.kind,
        message: expect.stringMatching(each.message) as unknown,
        where: expect.anything() as unknown,
      },
    });
    expect(code).toBe(each.kind === "conflict" ? 3 : 1);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });

  it("a patch of 100 MB, within seconds", async () => {
    const count = 101 * 1024;
    const lines = `+${"x".repeat(1022)}\n`.repeat(count);
    const huge = `--- /dev/null\n+++ b/huge\n@@ -0,0 +1,${count} @@\n${lines}`;
    const clones = await cloneBoth(await withPatch("two.patch", { "two.patch": huge }));
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await run(clones);

    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: "unsupported" } });
    expect(code).toBe(1);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });
});

describe("update-source-git takes as it is", () => {
  it("a link that leaves its folder, and bytes that are no UTF-8", async () => {
    const hello = await inStep();
    const author = { name: "Ren\udce9", email: "rene@example.org", date: "1700000000 +0100" };
    const odd = Buffer.from("caf\xe9\n", "latin1");
    await hello.dist.commit(
      "Caf\udce9\n",
      { "escape.conf": { link: "../../../secret" }, "notes\udce9.txt": odd },
      { author },
    );
    const clones = await cloneBoth(hello);

    expect((await run(clones)).code).toBe(0);

    expect(await readlink(join(clones.source, ".distro", "escape.conf"))).toBe("../../../secret");
    const { stdout } = await git(["cat-file", "commit", "HEAD"], { directory: clones.source });
    expect(stdout.toString("latin1")).toMatch(/author Ren\xe9 [^]*\n\nCaf\xe9\n/);
    expect(await gitText(["status", "--porcelain"], { directory: clones.source })).toBe("");
  });
});
