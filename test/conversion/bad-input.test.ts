import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdir, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "../../src/git/run.js";
import { sluice, type Ran } from "../cli/run.js";
import { cloneBoth, removeClones, type Clones } from "./clones.js";
import { configuration, newPackage, readme, removeRepositories, spec, type TestPackage } from "./package.js";
import { snapshot } from "./untouched.js";

afterEach(removeClones);
afterEach(removeRepositories);

/** What a person has, after something went wrong in one of the two. */
interface Bad {
  /** As the issue calls it. */
  readonly name: string;
  readonly make: () => Promise<TestPackage>;
  readonly spoil?: (clones: Clones) => Promise<void>;
  readonly options?: readonly string[];
  readonly kind?: string;
  readonly message: RegExp;
  readonly where: RegExp;
}

const change = { README: readme({ 2: "TWO" }) };

/** A package with one commit to convert, and perhaps more in source-git. */
async function withCommit(message = "One\n", ...more: Parameters<TestPackage["source"]["commit"]>[1][]) {
  const hello = await newPackage();
  for (const files of more) await hello.source.commit("Spoil\n", files);
  await hello.source.commit(message, change);
  return hello;
}

const bad: readonly Bad[] = [
  {
    name: "SOURCE is not a repository",
    make: () => withCommit(),
    spoil: async ({ source }) =>
      git(["config", "core.repositoryFormatVersion", "99"], { directory: source }).then(),
    message: /source is not a git repository$/,
    where: /source$/,
  },
  {
    name: "DIST is not a repository",
    make: () => withCommit(),
    spoil: async ({ dist }) =>
      git(["config", "core.repositoryFormatVersion", "99"], { directory: dist }).then(),
    message: /dist is not a git repository$/,
    where: /dist$/,
  },
  {
    name: "a dirty work tree",
    make: () => withCommit(),
    spoil: ({ dist }) => writeFile(join(dist, "hello.spec"), "changed\n"),
    kind: "refused",
    message: /has changes that are not committed$/,
    where: /^hello\.spec$/,
  },
  {
    name: "a work tree with something in the index alone",
    make: () => withCommit(),
    spoil: async ({ dist }) => {
      await writeFile(join(dist, "new"), "n\n");
      await git(["add", "new"], { directory: dist });
    },
    kind: "refused",
    message: /has changes that are not committed$/,
    where: /^new$/,
  },
  {
    name: "no common base",
    make: async () => {
      const hello = await withCommit();
      const { tip } = hello.source;
      const foreign = await hello.source.commit("Foreign\n", { x: "x\n" }, { parents: [] });
      await hello.source.store.flush();
      await hello.source.tag("v1.0", foreign);
      hello.source.tip = tip;
      return hello;
    },
    message: /^the branch and its upstream_ref have no common history$/,
    where: /^\.distro\/source-git\.yaml/,
  },
  {
    name: "an unknown ref",
    make: () => withCommit("One\n", { ".distro/source-git.yaml": configuration.replace("v1.0", "v9.9") }),
    kind: "missing",
    message: /^upstream_ref v9\.9 is neither a tag nor a commit of the source-git repository$/,
    where: /^\.distro\/source-git\.yaml/,
  },
  {
    name: "an unknown branch",
    make: () => withCommit(),
    options: ["--branch", "c99s"],
    kind: "missing",
    message: /has no branch c99s$/,
    where: /^c99s$/,
  },
  {
    name: "a spec without a name",
    make: () => withCommit("One\n", { ".distro/hello.spec": spec.replace(/^Name:.*\n/m, "") }),
    message: /^the spec has no Name$/,
    where: /^\.distro\/hello\.spec$/,
  },
  {
    name: "an unexpandable macro where its value is needed",
    make: async () => {
      const hello = await withCommit();
      const unknown = spec.replace(/^Source0:.*\n/m, (line) => `${line}Patch1: %{nobody_knows}.patch\n`);
      // It may be the very patch that the commit changes.
      await hello.dist.commit("Unknown\n", { "hello.spec": unknown, "0001-One.patch": "other\n" });
      return hello;
    },
    kind: "unsupported",
    message: /^the macro %\{nobody_knows\} is not known, and its value is needed here$/,
    where: /^hello\.spec:8$/,
  },
  {
    name: "two specs in source-git",
    make: () =>
      withCommit("One\n", {
        ".distro/source-git.yaml": configuration.replace(/^(specfile_path|downstream).*\n/gm, ""),
        ".distro/other.spec": spec,
      }),
    message: /^\.distro has 2 specs$/,
    where: /hello\.spec.*other\.spec|other\.spec.*hello\.spec/,
  },
  {
    name: "two specs in dist-git",
    make: async () => {
      const hello = await withCommit();
      await hello.dist.commit("Two\n", { "hello.spec": null, "a.spec": spec, "b.spec": spec });
      return hello;
    },
    message: /^dist-git has 2 specs and none is called hello\.spec$/,
    where: /a\.spec, b\.spec/,
  },
  {
    name: "a path of files_to_sync with ..",
    make: () =>
      withCommit("One\n", { ".distro/source-git.yaml": configuration.replace("dest: .", "dest: ../../etc") }),
    message: /^the path \.\.\/\.\.\/etc leaves the repository$/,
    where: /^\.distro\/source-git\.yaml:\d+$/,
  },
  {
    name: "an absolute path of files_to_sync",
    make: () =>
      withCommit("One\n", {
        ".distro/source-git.yaml": configuration.replace("- .distro/", "- /etc/passwd"),
      }),
    message: /^the path \/etc\/passwd leaves the repository$/,
    where: /^\.distro\/source-git\.yaml:\d+$/,
  },
  {
    name: "a patch name with a slash",
    make: () => withCommit("One\n\nPatch-name: ../a.patch\n"),
    message: /Patch-name/,
    where: /^[0-9a-f]{12}|commit/,
  },
  {
    name: "a source-git.yaml that is no YAML",
    make: () => withCommit("One\n", { ".distro/source-git.yaml": "upstream_ref: [\n" }),
    message: /./,
    where: /^\.distro\/source-git\.yaml:\d+$/,
  },
];

function run({ source, dist }: Clones, options: readonly string[] = []): Promise<Ran> {
  return sluice(["update-dist-git", source, dist, "--json", ...options]);
}

describe("update-dist-git refuses, names the place, and writes nothing:", () => {
  it.each(bad.map((each) => [each.name, each] as const))("%s", async (_name, each) => {
    const clones = await cloneBoth(await each.make());
    await each.spoil?.(clones);
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await run(clones, each.options);

    const { error } = JSON.parse(stdout) as { error: Record<string, string> };
    expect(error).toMatchObject({
      kind: each.kind ?? "invalid",
      message: expect.stringMatching(each.message) as unknown,
      where: expect.stringMatching(each.where) as unknown,
    });
    expect(code).toBe(1);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });

  it("a commit that needs one that is left out (a patch that does not apply)", async () => {
    const hello = await newPackage();
    await hello.source.commit("Left out\n\nIgnore-patch: true\n", change);
    const needs = await hello.source.commit("Needs it\n", { README: readme({ 2: "DEUX" }) });
    const clones = await cloneBoth(hello);
    const before = [await snapshot(clones.source), await snapshot(clones.dist)];

    const { code, stdout } = await run(clones);

    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        kind: "conflict",
        message: expect.stringContaining(needs.slice(0, 12)) as unknown,
        where: "README",
      },
    });
    expect(code).toBe(3);
    expect([await snapshot(clones.source), await snapshot(clones.dist)]).toEqual(before);
  });

  it("a link of .distro that leaves its folder is copied as a link, and followed by nobody", async () => {
    const hello = await newPackage({ distro: { "escape.conf": { link: "../../../secret" } } });
    const clones = await cloneBoth(hello);
    await writeFile(join(clones.folder, "secret"), "secret\n");

    expect((await run(clones)).code).toBe(0);

    expect(await readlink(join(clones.dist, "escape.conf"))).toBe("../../../secret");
    expect(await gitText(["ls-tree", "HEAD", "escape.conf"], { directory: clones.dist })).toMatch(/^120000/);
  });

  it("a folder of DIST's work tree that is a link: nothing is written through it", async () => {
    const hello = await newPackage({ distro: { "conf/a.conf": "a\n" } });
    const clones = await cloneBoth(hello);
    const outside = join(clones.folder, "outside");
    await mkdir(outside);
    await symlink(outside, join(clones.dist, "conf"));
    const before = [await snapshot(clones.dist), await snapshot(outside)];

    expect((await run(clones)).code).toBe(1);

    expect([await snapshot(clones.dist), await snapshot(outside)]).toEqual(before);
  });
});
