import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories, spec } from "./package.js";
import { startedQuilt } from "./quilt-package.js";
import { bringHome, expectInStep, startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

describe("a commit that source-git amended after dist-git got it", () => {
  it("does not come home as it was", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    const before = hello.source.tip ?? "";
    await hello.source.commit("Greet\n", { "main.c": "hello\n", "other.c": "o\n" });
    await hello.convert();
    hello.source.tip = before;
    await hello.source.commit("Greet\n", { "main.c": "hello, world\n" });
    const own = await hello.dist.commit("Plan\n", { "plan.fmf": "discover:\n" });

    expect((await bringHome(hello)).commits.map(({ from }) => from)).toEqual([own]);
    await hello.convert();

    expect(await hello.source.files()).toMatchObject({
      "main.c": "hello, world\n",
      ".distro/plan.fmf": "discover:\n",
    });
    expect(await hello.source.file("other.c")).toBeUndefined();
    await expectInStep(hello);
  });
});

describe("what source-git changed before dist-git's own commits came home", () => {
  it("reaches dist-git all the same: a file, a new file and the spec", async () => {
    const hello = await startedPackage({
      dist: { "hello.spec": spec, "gating.yaml": "rules: []\n", "README.packaging": "old\n" },
    });
    await hello.source.commit("Gate\n", {
      ".distro/gating.yaml": "rules: [one]\n",
      ".distro/plan.fmf": "discover: fmf\n",
      ".distro/hello.spec": spec.replace("It says hello.", "It says hello, loudly."),
    });
    await hello.dist.commit("Rebuild\n", {
      "hello.spec": spec.replace("Release:        1", "Release:        2"),
      "README.packaging": "new\n",
    });

    await bringHome(hello);
    await hello.convert();

    const files = await hello.dist.files();
    expect(files).toMatchObject({
      "gating.yaml": "rules: [one]\n",
      "plan.fmf": "discover: fmf\n",
      "README.packaging": "new\n",
    });
    expect(files["hello.spec"]).toBe(
      spec
        .replace("It says hello.", "It says hello, loudly.")
        .replace("Release:        1", "Release:        2"),
    );
    expect((await hello.convert()).changed).toBe(false);
  });

  it("is what somebody made of dist-git's change by hand: other, and gone", async () => {
    const files = {
      "hello.spec": spec,
      "gating.yaml": "rules: []\n",
      "old.conf": "old\n",
    };
    const hello = await startedPackage({ dist: files });
    const theirs = await hello.dist.commit("Gate\n", {
      "gating.yaml": "rules: [theirs]\n",
      ".gitignore": "/hello-*.tar.gz\n",
    });
    await hello.source.commit(`Gate otherwise\n\nFrom-dist-git-commit: ${theirs}\n`, {
      ".distro/gating.yaml": "rules: [ours]\n",
      ".distro/old.conf": null,
    });

    await hello.convert();

    expect(await hello.dist.files()).toEqual({
      "hello.spec": spec,
      "gating.yaml": "rules: [ours]\n",
      ".gitignore": "/hello-*.tar.gz\n",
    });
    expect((await hello.convert()).changed).toBe(false);
    expect((await bringHome(hello)).commits).toEqual([]);
  });

  it("goes from dist-git all the same: a file that source-git deleted", async () => {
    const files = { "hello.spec": spec, "gating.yaml": "rules: []\n", "own.conf": "own\n" };
    const hello = await startedPackage({ dist: files });
    await hello.source.commit("No gating\n", { ".distro/gating.yaml": null });
    await hello.dist.commit("Describe\n", { "README.packaging": "new\n" });

    await bringHome(hello);
    expect(await hello.source.file(".distro/gating.yaml")).toBeUndefined();
    await hello.convert();

    expect(await hello.dist.files()).toEqual({
      "hello.spec": spec,
      "own.conf": "own\n",
      "README.packaging": "new\n",
    });
  });

  it("goes from debian/ all the same: a file that source-git deleted, and none that it never had", async () => {
    const hello = await startedQuilt({ dist: { "debian/watch": "version=4\n" } });
    await hello.source.commit("No watch\n", { "debian/watch": null });
    await hello.dist.commit("Describe\n", { "debian/README.Debian": "new\n" });

    await hello.bringHome();
    const { changed } = await hello.convert();

    expect(changed).toBe(true);
    expect(await hello.dist.file("debian/watch")).toBeUndefined();
    expect(await hello.dist.file("debian/README.Debian")).toBe("new\n");
  });
});
