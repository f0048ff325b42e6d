import { afterEach, describe, expect, it } from "@jest/globals";
import { newRepository, readme, removeRepositories, TestPackage } from "../package.js";
import { bringHome, expectInStep } from "../round-trip.js";
import { readmePatch, withTags } from "./shapes.js";

afterEach(removeRepositories);

/** `source-git.yaml` as `packit source-git init` writes it. */
const configuration = `upstream_project_url: https://example.org/hello.git
upstream_ref: v1.0
downstream_package_name: hello
specfile_path: .distro/hello.spec
patch_generation_ignore_paths:
- .distro
patch_generation_patch_id_digits: 1
sync_changelog: true
files_to_sync:
- src: .distro/
  dest: .
  delete: true
  filters:
  - protect .git*
  - protect sources
  - exclude source-git.yaml
  - exclude .gitignore
sources:
- path: hello-1.0.tar.gz
  url: https://example.org/lookaside/hello-1.0.tar.gz
`;

const sources = "Source0:        hello-%{version}.tar.gz\n";
const tags = `${sources}\n# rhbz#1: too quiet\n#not sent upstream\nPatch1:         first.patch\nPatch5:         second.patch\n`;
const without = withTags(`${sources}\n`);
const mail = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Grace Hopper <grace@example.org>
Date: Tue, 14 Nov 2023 23:13:20 +0100
Subject: [PATCH] Say it louder

---
 README | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/README b/README
index 1234567..89abcde 100644
${readmePatch(2, "TWO")}-- 
2.39.0

`;

interface Form {
  /** The spec that `.distro` holds. */
  readonly spec: string;
  /** What is said of each patch; `from` stands for the trailer of the dist-git commit. */
  readonly messages: (from: string) => readonly [string, string];
}

const trailers: Form["messages"] = (from) => [
  `Say it louder\n\nPatch-name: first.patch\nPatch-id: 1\nPatch-status: |\n    # rhbz#1: too quiet\n    # not sent upstream\n${from}`,
  `Apply patch second.patch\n\nPatch-name: second.patch\nPatch-id: 5\n${from}`,
];

/** Both repositories as packit's init leaves them. */
async function packitPackage({ spec, messages }: Form): Promise<TestPackage> {
  const [source, dist] = [await newRepository(), await newRepository()];
  await source.commit("Release 1.0\n", { README: readme({}) });
  await source.store.flush();
  await source.tag("v1.0");
  await dist.commit("Import\n", {
    "hello.spec": withTags(tags),
    "first.patch": mail,
    "second.patch": readmePatch(9, "NINE"),
    "gating.yaml": "a\n",
    sources: "SHA512 (hello-1.0.tar.gz) = 00\n",
    ".gitignore": "/hello-*.tar.gz\n",
  });
  const from = `From-dist-git-commit: ${dist.tip ?? ""}\n`;
  await source.commit(`Initialize as a source-git repository\n\n${from}`, {
    ".distro/hello.spec": spec,
    ".distro/source-git.yaml": configuration,
    ".distro/.gitignore": "# Reset gitignore rules\n!*\n",
    ".distro/gating.yaml": "a\n",
  });
  const [first, second] = messages(from);
  await source.commit(first, { README: readme({ 2: "TWO" }) });
  await source.commit(second, { README: readme({ 2: "TWO", 9: "NINE" }) });
  return new TestPackage(source, dist);
}

describe.each<[string, Form]>([
  ["with a spec whose patch tags packit removed", { spec: without, messages: trailers }],
  ["with a spec that has its patch tags", { spec: withTags(tags), messages: trailers }],
  [
    "with the older metadata in the message body",
    {
      spec: without,
      messages: () => [
        "Say it louder\n\npatch_name: first.patch\npatch_id: 1\ndescription: |\n  rhbz#1: too quiet\n  not sent upstream\npresent_in_specfile: true\n",
        "Apply patch second.patch\n\npatch_name: second.patch\npatch_id: 5\npresent_in_specfile: true\n",
      ],
    },
  ],
])("a repository made by packit's init, %s", (_, form) => {
  it("converts to an empty change, comments and all", async () => {
    await expectInStep(await packitPackage(form));
  });

  it("gets a line more for a commit more", async () => {
    const hello = await packitPackage(form);
    await hello.source.commit("Say five\n", { README: readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }) });
    await hello.convert();
    const line = "Patch5:         second.patch\n";
    expect(await hello.dist.file("hello.spec")).toBe(
      withTags(tags.replace(line, `${line}Patch6:         0003-Say-five.patch\n`)),
    );
    expect(await hello.dist.file("first.patch")).toBe(mail);
    await expectInStep(hello);
  });

  it("loses a patch and its line with its commit", async () => {
    const hello = await packitPackage(form);
    const { store, tip = "" } = hello.source;
    hello.source.tip = (await store.readCommit(tip)).parents[0] ?? "";
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toBe(
      withTags(tags.replace("Patch5:         second.patch\n", "")),
    );
    await expectInStep(hello);
  });

  it("brings home a patch that dist-git adds, and a rebuild", async () => {
    const hello = await packitPackage(form);
    const third = readmePatch(5, "FIVE").replace(" two\n", " TWO\n");
    const released = withTags(`${tags}Patch6:         third.patch\n`).replace(
      "%changelog\n",
      "%changelog\n* Wed Nov 15 2023 Releng <r@example.org> - 1.0-2\n- Rebuild\n\n",
    );
    await hello.dist.commit("Five\n", { "hello.spec": released, "third.patch": third });
    await bringHome(hello);
    expect(await hello.source.file("README")).toBe(readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }));
    await expectInStep(hello);
  });
});
