import { afterEach, describe, expect, it } from "@jest/globals";
import { detectLayout, layoutOf } from "../../src/conversion/detect.js";
import type { LayoutName } from "../../src/conversion/layout.js";
import { newRepository, removeRepositories, type Files } from "./package.js";

afterEach(removeRepositories);

const spec = { "hello.spec": "Name: hello\n" };
const debian = { "debian/control": "Source: hello\n", "hello.c": "" };

async function commitOf(files: Files) {
  const { store, commit } = await newRepository().then((repository) => ({
    store: repository.store,
    commit: (first: Files) => repository.commit("First\n", first),
  }));
  return { store, tip: await commit(files) };
}

async function detect(files: Files) {
  const { store, tip } = await commitOf(files);
  return detectLayout(store, tip);
}

async function choose(configuration: Files, distGit: Files, asked?: LayoutName) {
  const source = await commitOf({ "hello.c": "", ...configuration });
  const dist = await commitOf(distGit);
  return layoutOf({ source: source.store, head: source.tip, dist: dist.store, tip: dist.tip }, asked);
}

const configured = (text: string) => ({ ".distro/source-git.yaml": text });

describe("the layout of dist-git", () => {
  it.each<[string, Files, LayoutName]>([
    ["a spec at the top", { ...spec, sources: "" }, "rpm"],
    ["a spec in SPECS/", { "SPECS/hello.spec": "Name: hello\n", "SOURCES/a.patch": "" }, "rpm"],
    ["debian/control", debian, "quilt"],
    ["debian/changelog alone", { "debian/changelog": "hello (1.0-1) unstable\n" }, "quilt"],
    ["upstream's spec in a folder of its own", { ...debian, "dist/hello.spec": "" }, "quilt"],
    [
      "a whole debian folder, whatever spec upstream ships",
      { ...spec, ...debian, "debian/changelog": "", "debian/rules": { program: "" } },
      "quilt",
    ],
  ])("is found by %s", async (_what, files, layout) => {
    expect(await detect(files)).toBe(layout);
  });

  it("is asked for when dist-git looks like both, or like neither", async () => {
    await expect(detect({ ...spec, ...debian })).rejects.toMatchObject({
      kind: "invalid",
      message: "dist-git has both hello.spec and debian/control, so its layout is not clear",
      remedy: expect.stringContaining("--layout quilt") as unknown,
    });
    await expect(detect({ "hello.c": "", "hello.spec": { link: "x" }, ".spec": "" })).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("neither a spec") as unknown,
    });
  });

  it.each<[string, LayoutName | undefined]>([
    ["nobody says a layout", undefined],
    ["plain is asked for, which would delete all of source-git's files", "plain"],
  ])("is no source-git's, when the sides have changed places and %s", async (_what, asked) => {
    const sourceGit = { "hello.c": "", ...configured("upstream_ref: v1.0\n") };
    await expect(choose({ "hello.spec": "Name: hello\n" }, sourceGit, asked)).rejects.toMatchObject({
      kind: "invalid",
      message: "what was named as dist-git is a source-git repository: it has .distro/source-git.yaml",
      remedy: expect.stringContaining("changed places") as unknown,
    });
    await expect(detect(sourceGit)).rejects.toThrow("is a source-git repository");
  });

  it("is what source-git's configuration says, whatever dist-git looks like", async () => {
    expect(await choose(configured("layout: plain\n"), { ...spec, ...debian })).toBe("plain");
    expect(await choose({ ".distro/source-git.yml": "layout: quilt\n" }, spec)).toBe("quilt");
  });

  it("is rpm for a file of packit's, which names no layout", async () => {
    expect(await choose(configured("upstream_ref: v1.0\n"), { README: "" })).toBe("rpm");
    expect(await choose({ ".packit.yaml": "upstream_ref: v1.0\n" }, { ...spec, ...debian })).toBe("rpm");
    expect(await choose(configured("upstream_ref: v1.0\n"), debian)).toBe("quilt");
  });

  it("does not come from a packit.yaml by which upstream configures its own builds", async () => {
    expect(await choose({ ".packit.yaml": "jobs: []\n" }, debian)).toBe("quilt");
    expect(await choose({ ".packit.yaml": "jobs: []\n" }, { README: "" }, "plain")).toBe("plain");
  });

  it("is what was asked for when there is no configuration, or one that leaves it open", async () => {
    expect(await choose({}, { ...spec, ...debian }, "quilt")).toBe("quilt");
    expect(await choose({}, { README: "" }, "plain")).toBe("plain");
    expect(await choose(configured("upstream_ref: v1.0\n"), { README: "" }, "plain")).toBe("plain");
  });

  it("is an error when what was asked for contradicts the configuration, naming file and line", async () => {
    await expect(choose(configured("# ours\nlayout: plain\n"), spec, "rpm")).rejects.toMatchObject({
      kind: "invalid",
      message: "--layout says the layout is rpm, but .distro/source-git.yaml says plain",
      where: ".distro/source-git.yaml:2",
    });
    await expect(choose(configured("upstream_ref: v1.0\n"), spec, "plain")).rejects.toMatchObject({
      kind: "invalid",
      message: "--layout says the layout is plain, but .distro/source-git.yaml names none, which means rpm",
    });
  });

  it("names file and line of a layout that there is not", async () => {
    await expect(choose(configured("upstream_ref: v1\nlayout: deb\n"), spec)).rejects.toMatchObject({
      kind: "invalid",
      where: ".distro/source-git.yaml:2",
    });
  });
});
