import { afterEach, describe, expect, it } from "@jest/globals";
import { parseConfiguration } from "../../../src/conversion/configuration.js";
import { newPackage, removeRepositories } from "../package.js";
import { bringHome, expectInStep, startedPackage } from "../round-trip.js";
import { withTags } from "./shapes.js";

afterEach(removeRepositories);

const basic = "upstream_ref: v1.0\nspecfile_path: .distro/hello.spec\n";
const spec = withTags("Source0: a.tar.gz\n");

describe("symbolic link in `.distro/` pointing outside", () => {
  it.each(["../../etc/passwd", "/etc/passwd", "../.git/config"])(
    "source to dist: %s is copied as a link",
    async (link) => {
      const hello = await newPackage({ distro: { latest: { link } } });
      await hello.convert();
      expect(await hello.dist.file("latest")).toBe(`-> ${link}`);
    },
  );

  it("dist to source, and the way back: is copied as a link", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec, one: { link: "../../one" } } });
    expect(await hello.source.file(".distro/one")).toBe("-> ../../one");
    await expectInStep(hello);
    await hello.dist.commit("Link\n", { one: { link: "/one" }, two: { link: "../../two" } });
    await bringHome(hello);
    expect(await hello.source.files()).toMatchObject({
      ".distro/one": "-> /one",
      ".distro/two": "-> ../../two",
    });
    await expectInStep(hello);
  });
});

describe("`..` in `files_to_sync`", () => {
  it.each([
    ["dest: ../other", "the path ../other leaves the repository"],
    ["dest: /etc", "the path /etc leaves the repository"],
    ["dest: a/../../b", "the path a/../../b leaves the repository"],
    ["dest: .git/hooks", "the path .git/hooks leaves the repository"],
    ["dest: .\n  src: [../../secret]", "the path ../../secret leaves the repository"],
  ])("is refused, and so is an absolute path: %j", (lines, message) => {
    const rule = lines.includes("src:") ? lines : `src: .distro/\n  ${lines}`;
    expect(() => parseConfiguration(`${basic}files_to_sync:\n- ${rule}\n`, "f.yaml")).toThrow(
      expect.objectContaining({ kind: "invalid", message, where: "f.yaml:4" }),
    );
  });
});

describe("huge file", () => {
  it("source to dist: a patch of more than 100 MB is refused", async () => {
    const hello = await newPackage();
    const commit = await hello.source.commit("Huge\n", { "data.txt": Buffer.alloc(101 * 1024 ** 2, "x") });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "unsupported",
      message: `the patch of commit ${commit.slice(0, 12)} would have more than 100 MB, which is the limit`,
    });
  });
});

describe("no final newline in files", () => {
  it("comes to dist-git and home as it is", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec, "gating.yaml": "a: b" } });
    expect(await hello.source.file(".distro/gating.yaml")).toBe("a: b");
    await expectInStep(hello);
    await hello.dist.commit("Gating\n", { "gating.yaml": "a: c" });
    await bringHome(hello);
    expect(await hello.source.file(".distro/gating.yaml")).toBe("a: c");
    await hello.source.commit("Gating\n", { ".distro/gating.yaml": "a: d" });
    await hello.convert();
    expect(await hello.dist.file("gating.yaml")).toBe("a: d");
  });
});
