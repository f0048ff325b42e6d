import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, removeRepositories, spec, type TestPackage, type TestRepository } from "./package.js";
import { bringHome, expectInStep, startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

const grace = { name: "Grace Hopper", email: "grace@example.org", date: "1700000500 +0200" };

async function started(): Promise<TestPackage> {
  const files = {
    "hello.spec": spec,
    sources: "SHA512 (hello-1.0.tar.gz) = 00\n",
    ".gitignore": "/hello-*\n",
  };
  return startedPackage({
    dist: { ...files, "gating.yaml": "a\n", "tests/run.sh": { program: "#!/bin/sh\n" } },
  });
}

async function subjects({ store, tip = "" }: TestRepository, since: string): Promise<string[]> {
  const { stdout } = await store.git([
    "log",
    "--reverse",
    "--format=%an %ad %s",
    "--date=raw",
    `${since}..${tip}`,
  ]);
  return stdout.toString().split("\n").filter(Boolean);
}

/** Brings home, and holds it to both laws and to do nothing the second time. */
async function home(hello: TestPackage): Promise<readonly string[]> {
  const before = hello.source.tip ?? "";
  await bringHome(hello);
  const told = await subjects(hello.source, before);
  await expectInStep(hello);
  const head = hello.source.tip;
  expect(await bringHome(hello)).toMatchObject({ head, commits: [] });
  return told;
}

describe("the distribution's files come home", () => {
  it("with the author, date and message of each commit, and the commit's id in the last paragraph", async () => {
    const hello = await started();
    const message =
      "Gate it\n\nResolves: #7\nFrom-source-git-commit: 0123\n---\nSigned-off-by: Grace <g@example.org>\n";
    const from = await hello.dist.commit(message, { "gating.yaml": "b\n" }, { author: grace });
    expect(await home(hello)).toEqual(["Grace Hopper 1700000500 +0200 Gate it"]);
    expect(await hello.source.file(".distro/gating.yaml")).toBe("b\n");
    expect((await hello.source.store.readCommit(hello.source.tip ?? "")).message).toBe(
      `Gate it\n\nResolves: #7\n---\nSigned-off-by: Grace <g@example.org>\nFrom-dist-git-commit: ${from}\n`,
    );
  });

  it("with deletions, renames with edits, modes, links and binary files", async () => {
    const hello = await started();
    await hello.dist.commit("Rename\n", { "gating.yaml": null, "plans/gating.yml": "a\nb\n" });
    await hello.dist.commit("Link and bytes\n", {
      out: { link: "/etc/passwd" },
      "logo.bin": Buffer.from([0, 1, 255, 10]),
      "tests/run.sh": "#!/bin/sh\n",
      "tests/new.sh": { program: "#!/bin/sh\n" },
    });
    await home(hello);
    const files = await hello.source.files();
    expect(files).toMatchObject({
      ".distro/plans/gating.yml": "a\nb\n",
      ".distro/out": "-> /etc/passwd",
      ".distro/logo.bin": "\0\x01\xff\n",
    });
    expect(files).not.toHaveProperty(".distro/gating.yaml");
    const { stdout } = await hello.source.store.git([
      "ls-tree",
      "-r",
      hello.source.tip ?? "",
      ".distro/tests",
    ]);
    expect(stdout.toString().replace(/ blob \w+\t/g, " ")).toBe(
      "100755 .distro/tests/new.sh\n100644 .distro/tests/run.sh\n",
    );
  });

  it("without .gitignore and what is dist-git's own affair, which still moves the synchronised point", async () => {
    const hello = await started();
    await hello.dist.commit("New archive\n", {
      sources: "SHA512 (hello-1.0.tar.gz) = 11\n",
      ".gitignore": "x\n",
    });
    const before = await hello.source.files();
    expect(await home(hello)).toHaveLength(1);
    expect(await hello.source.files()).toEqual(before);
  });

  it("empty commit: a mass rebuild is an empty commit", async () => {
    const hello = await started();
    await hello.dist.commit("Rebuilt\n");
    const { tree } = await hello.source.store.readCommit(hello.source.tip ?? "");
    expect(await home(hello)).toEqual(["Ada Lovelace 1700000000 +0100 Rebuilt"]);
    expect((await hello.source.store.readCommit(hello.source.tip ?? "")).tree).toBe(tree);
  });

  it("merge commits inside the range: each commit of the branch comes with its author, then the merge", async () => {
    const hello = await started();
    const fork = hello.dist.tip ?? "";
    const main = await hello.dist.commit("On main\n", { "gating.yaml": "main\n" });
    const branch = await hello.dist.commit(
      "On the branch\n",
      { b: "b\n" },
      { parents: [fork], author: grace },
    );
    const files = { b: "b\n" };
    await hello.dist.commit("Merge the branch\n", files, { parents: [main, branch] });
    expect(await home(hello)).toEqual([
      "Ada Lovelace 1700000000 +0100 On main",
      "Grace Hopper 1700000500 +0200 On the branch",
      "Ada Lovelace 1700000000 +0100 Merge the branch",
    ]);
  });

  it("merge commits inside the range: what only the merge holds follows", async () => {
    const hello = await started();
    const fork = hello.dist.tip ?? "";
    const main = await hello.dist.commit("On main\n", { "gating.yaml": "main\n" });
    const branch = await hello.dist.commit("Branch\n", { "gating.yaml": "branch\n" }, { parents: [fork] });
    await hello.dist.commit("Merge\n", { "gating.yaml": "both\n" }, { parents: [main, branch] });
    await home(hello);
    expect(await hello.source.file(".distro/gating.yaml")).toBe("both\n");
  });

  it("to where other rules of files_to_sync bring them from", async () => {
    const rules =
      "upstream_ref: v1.0\nfiles_to_sync:\n- src: packaging/tests/\n  dest: tests/\n- src: .distro/hello.spec\n  dest: hello.spec\n";
    const hello = await newPackage({ configuration: rules });
    await hello.convert();
    await hello.source.commit("Test\n", { "packaging/tests/a": "a\n", "packaging/.keep": "" });
    await hello.convert();
    await hello.dist.commit("Test more\n", { "tests/a": "b\n", "tests/b": "b\n", other: "c\n" });
    await bringHome(hello);
    expect(await hello.source.files()).toMatchObject({
      "packaging/tests/a": "b\n",
      "packaging/tests/b": "b\n",
      ".distro/other": "c\n",
    });
  });
});

describe("a change of both sides", () => {
  it("is merged where it can be", async () => {
    const hello = await started();
    await hello.dist.commit("Gate it\n", { "gating.yaml": "b\n" });
    await hello.source.commit("Add a file\n", { ".distro/new": "new\n" });
    await bringHome(hello);
    await hello.convert();
    expect(await hello.dist.files()).toMatchObject({ "gating.yaml": "b\n", new: "new\n" });
    await expectInStep(hello);
  });

  it("is a conflict by commit and file where it cannot be", async () => {
    const hello = await started();
    const there = await hello.dist.commit("Gate it\n", { "gating.yaml": "b\n" });
    const here = await hello.source.commit("Gate otherwise\n", { ".distro/gating.yaml": "c\n" });
    await expect(bringHome(hello)).rejects.toMatchObject({
      kind: "conflict",
      message: `.distro/gating.yaml was changed by dist-git's commit ${there.slice(0, 12)} and in source-git by commit ${here.slice(0, 12)}`,
      where: ".distro/gating.yaml",
    });
    expect(hello.source.tip).toBe(here);
  });

  it("comes home once: what came from source-git stays where it came from", async () => {
    const hello = await started();
    await hello.dist.commit("Gate it\n", { "gating.yaml": "b\n" });
    await hello.source.commit("Add a file\n", { ".distro/new": "new\n" });
    await hello.convert();
    const before = hello.source.tip ?? "";
    await bringHome(hello);
    expect(await subjects(hello.source, before)).toEqual(["Ada Lovelace 1700000000 +0100 Gate it"]);
    await expectInStep(hello);
  });
});

describe("a new upstream release in dist-git", () => {
  it("updates sources in source-git.yaml, comments kept, and says what to do", async () => {
    const url = "https://example.org/hello-%{version}.tar.gz";
    const hello = await startedPackage({
      dist: {
        "hello.spec": spec.replace("hello-%{version}.tar.gz", url),
        sources: "SHA512 (hello-1.0.tar.gz) = 00\n",
      },
    });
    const path = ".distro/source-git.yaml";
    const text = ((await hello.source.file(path)) ?? "").replace("sources:", "# The archive\nsources:");
    await hello.source.commit("Comment\n", { [path]: text });
    const from = await hello.dist.commit("Update to 1.1\n", {
      "hello.spec": spec.replace("hello-%{version}.tar.gz", url).replace("1.0\n", "1.1\n"),
      sources: "SHA512 (hello-1.1.tar.gz) = 11\n",
    });
    const { warnings } = await bringHome(hello);
    expect(await hello.source.file(path)).toBe(text.replaceAll("hello-1.0", "hello-1.1"));
    expect(warnings).toEqual([
      `dist-git's commit ${from.slice(0, 12)} goes from version 1.0 to 1.1, but source-git's patches still count from v1.0: merge upstream's 1.1 into the branch, or rebase the branch onto it, and set upstream_ref in ${path}`,
    ]);
    await expectInStep(hello);
  });
});

it("two that were never synchronised are told so", async () => {
  const hello = await newPackage();
  await expect(bringHome(hello)).rejects.toMatchObject({
    kind: "missing",
    message: "source-git and dist-git were never synchronised",
  });
});
