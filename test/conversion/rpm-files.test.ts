import { afterEach, describe, expect, it } from "@jest/globals";
import { parseConfiguration } from "../../src/conversion/configuration.js";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import {
  configuration,
  newPackage,
  newRepository,
  readme,
  removeRepositories,
  spec,
  TestPackage,
  without,
} from "./package.js";

afterEach(removeRepositories);

const one = { README: readme({ 1: "ONE" }) };
const basic = "upstream_ref: v1.0\nspecfile_path: .distro/hello.spec\n";

describe("files_to_sync", () => {
  it("carries files with their modes, links as links, and leaves out what is excluded", async () => {
    const hello = await newPackage({
      distro: {
        "tests/run.sh": { program: "true\n" },
        latest: { link: "../../etc/passwd" },
        "gating.yaml": "a\n",
      },
    });
    await hello.convert();
    const files = await hello.dist.files();
    expect(files).toMatchObject({
      "tests/run.sh": "true\n",
      latest: "-> ../../etc/passwd",
      "gating.yaml": "a\n",
    });
    expect(files["source-git.yaml"]).toBeUndefined();
    expect(files[".gitignore"]).toBe("/hello-*.tar.gz\n");
    const tests = (await hello.dist.store.readTree(hello.dist.tip ?? "")).find(
      ({ name }) => name === "tests",
    );
    expect((await hello.dist.store.readTree(tests?.id ?? ""))[0]?.mode).toBe("100755");
  });

  it("refuses to make one path a file and a folder, and names both", async () => {
    const hello = await newPackage({
      configuration: `${basic}files_to_sync:
- src: .distro/a.conf
  dest: conf
- src: .distro/b.conf
  dest: conf/b.conf
`,
      distro: { "a.conf": "a\n", "b.conf": "b\n" },
    });
    await expect(hello.convert()).rejects.toThrow(
      "files_to_sync makes conf a file, of .distro/a.conf, and a folder, for conf/b.conf, of .distro/b.conf",
    );
  });

  it("names a file that is too large to be carried", async () => {
    const hello = await newPackage({ distro: { "model.bin": Buffer.alloc(100 * 1024 ** 2 + 1) } });
    await expect(hello.convert()).rejects.toThrow(".distro/model.bin is too large to be carried to dist-git");
  });

  it("takes single files, folders, patterns and destinations", async () => {
    const hello = await newPackage({
      configuration: `${basic}files_to_sync:
- src: .distro/a.conf
  dest: conf/b.conf
- src: [.distro/tests, .distro/plans/]
  dest: ci/
- src: .distro/*.txt
  dest: texts
`,
      distro: {
        "a.conf": "a\n",
        "tests/t": "t\n",
        "plans/p": "p\n",
        "x.txt": "x\n",
        "y.txt": "y\n",
        "z.md": "z\n",
      },
    });
    await hello.convert();
    expect(without(await hello.dist.files(), "hello.spec", "sources", ".gitignore")).toEqual({
      "conf/b.conf": "a\n",
      "ci/tests/t": "t\n",
      "ci/p": "p\n",
      "texts/x.txt": "x\n",
      "texts/y.txt": "y\n",
    });
  });

  it("syncs the spec and the patches alone when there are none", async () => {
    const hello = await newPackage({ configuration: basic, distro: { "a.conf": "a\n" } });
    await hello.source.commit("One\n", one);
    await hello.convert();
    expect(Object.keys(await hello.dist.files())).toEqual([
      ".gitignore",
      "0001-One.patch",
      "hello.spec",
      "sources",
    ]);
  });

  it("refuses a filter that it does not understand", async () => {
    const hello = await newPackage({
      configuration: configuration.replace("protect sources", "merge .rules"),
    });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "unsupported",
      message: 'the filter "merge .rules" is not understood',
    });
  });
});

describe("source-git.yaml", () => {
  it.each([
    ["upstream_ref: [", 1, /./],
    ["specfile_path: a.spec\n", 1, /^upstream_ref: /],
    [`${basic}sync_changelog: perhaps\n`, 3, /^sync_changelog: /],
    [`${basic}files_to_sync:\n- src: x\n  dest: y\n- src: 5\n  dest: y\n`, 6, /^files_to_sync/],
    [`${basic}patch_generation_patch_id_digits: -1\n`, 3, /^patch_generation_patch_id_digits: /],
  ])("is refused with file, line and key: %j", (text, line, message) => {
    expect(() => parseConfiguration(text, "f.yaml")).toThrow(
      expect.objectContaining({
        kind: "invalid",
        where: `f.yaml:${line}`,
        message: expect.stringMatching(message),
      }),
    );
  });

  it("may be .packit.yaml at the top, as older repositories have it", async () => {
    const hello = await newPackage();
    const text =
      "upstream_ref: v1.0\nspecfile_path: fedora/hello.spec\npatch_generation_ignore_paths: [fedora, .distro]\njobs: []\n";
    await hello.source.commit("Older\n", {
      ".distro/source-git.yaml": null,
      ".packit.yaml": text,
      "fedora/hello.spec": spec,
    });
    await hello.source.commit("One\n", one);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-One.patch"]);
  });

  it("is missed by name where upstream has a packit.yaml for ends of its own", async () => {
    const hello = await newPackage();
    const upstreams = { ".distro/source-git.yaml": null, ".packit.yaml": "jobs: []\n" };
    await hello.source.commit("Gone\n", upstreams);
    await expect(hello.convert()).rejects.toThrow("there is no .distro/source-git.yaml");
  });

  it("says of what release the patches are", async () => {
    const hello = await newPackage({ configuration: configuration.replace(/^upstream_ref.*\n/, "") });
    await expect(hello.convert()).rejects.toMatchObject({
      message: expect.stringMatching(/^upstream_ref: is needed: /),
      where: ".distro/source-git.yaml:1",
    });
  });

  it("is missed by name", async () => {
    const hello = await newPackage();
    await hello.source.commit("Gone\n", { ".distro/source-git.yaml": null });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "missing",
      message: "there is no .distro/source-git.yaml",
      where: `source-git's commit ${hello.source.tip?.slice(0, 12) ?? ""}`,
    });
  });

  it("must say which spec is meant when there are two", async () => {
    const hello = await newPackage({
      configuration: "upstream_ref: v1.0\n",
      distro: { "other.spec": spec },
    });
    await expect(hello.convert()).rejects.toMatchObject({ kind: "invalid", message: ".distro has 2 specs" });
  });

  it("refuses a dist-git whose spec is a link", async () => {
    const hello = await newPackage({ dist: { "hello.spec": { link: "../hello.spec" } } });
    await hello.source.commit("One\n", one);
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "unsupported",
      message: "dist-git's hello.spec is a link or a submodule",
    });
  });

  it("refuses two repositories whose ids are of different kinds", async () => {
    const hello = await newPackage();
    const { store: source, tip: head = "" } = hello.source;
    const request = { source, head, dist: hello.dist.store, tip: "0".repeat(64) };
    await expect(rpmLayout.sourceToDist(request)).rejects.toMatchObject({
      kind: "unsupported",
      message: "one repository is of SHA-1, the other of SHA-256",
    });
  });
});

describe("sync_changelog", () => {
  const changed = spec
    .replace("Version:        1.0", "Version:        2.0")
    .replace("Release:        1%", "Release:        9%")
    .replace("- First", "- Second")
    .replace("MIT", "MIT AND BSD");

  it("takes Version, Release and changelog from source-git", async () => {
    const hello = await newPackage({ spec: changed, distSpec: spec });
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toBe(changed);
  });

  it("leaves dist-git's when it is off", async () => {
    const hello = await newPackage({ configuration: basic, spec: changed, distSpec: spec });
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toBe(spec.replace("MIT", "MIT AND BSD"));
  });
});

describe("a dist-git of SPECS/ and SOURCES/", () => {
  it("gets patches and files beside its sources", async () => {
    const flat = await newPackage({ distro: { "hello.conf": "x\n" } });
    const dist = await newRepository();
    await dist.commit("Import\n", {
      "SPECS/hello.spec": spec,
      "SOURCES/old.conf": "y\n",
      ".hello.metadata": "00\n",
    });
    const hello = new TestPackage(flat.source, dist);
    await hello.source.commit("One\n", one);
    await hello.convert();
    expect(Object.keys(await dist.files())).toEqual([
      ".hello.metadata",
      "SOURCES/0001-One.patch",
      "SOURCES/hello.conf",
      "SOURCES/old.conf",
      "SPECS/hello.spec",
    ]);
    expect(await hello.patchLines("SPECS/hello.spec")).toEqual(["Patch1:         0001-One.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });
});
