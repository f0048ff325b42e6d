import fc from "fast-check";
import { editTree, type TreeChange } from "../../../src/git/trees.js";
import { newRepository, TestPackage, type TestRepository } from "../package.js";
import { onlyGitCanSay, writeDiff, type DiffStyle } from "./diff-writer.js";
import { namesEach, specPlan, tagPlan, writeSpec, type SpecPlan, type TagPlan } from "./spec-writer.js";
import { applyEdits, commitTree, edit, upstreamTree, writeTree, type Edit, type Tree } from "./trees.js";

/** A patch as somebody would make it: what it changes, how it is written, how the spec names it. */
export interface PatchPlan {
  readonly name: number;
  /** The file's name, where it is settled. */
  readonly file?: string;
  /** More than one list: several diffs in one file. */
  readonly parts: readonly (readonly Edit[])[];
  readonly style: DiffStyle;
  readonly mail: MailPlan | undefined;
  readonly preface: string;
  readonly tag: TagPlan;
}

interface MailPlan {
  readonly from: string;
  readonly subject: string;
  readonly body: string;
  readonly signature: string;
}

/** A dist-git package that no code of ours wrote. */
export interface PackagePlan {
  readonly upstream: Tree;
  readonly spec: SpecPlan;
  readonly folders: boolean;
  readonly release: number;
  readonly patches: readonly PatchPlan[];
  /** Other files of dist-git, bytes as latin1. */
  readonly files: Readonly<Record<string, string>>;
}

export interface GeneratedPatch {
  readonly file: string;
  readonly strip: number;
  readonly bytes: string;
  /** The diffs in the file, which `git apply` cannot take all at once: it loses what one of them deletes after another. */
  readonly parts: readonly string[];
  /** The source tree with this patch and all before it. */
  readonly tree: Tree;
}

export interface GeneratedPackage {
  readonly specPath: string;
  /** The `-p` with which `%prep` will apply one patch more. */
  readonly freshStrip: number;
  readonly patches: readonly GeneratedPatch[];
  /** Upstream's tree with all patches. */
  readonly patched: Tree;
  /** dist-git's files, bytes as latin1. */
  readonly files: Readonly<Record<string, string>>;
}

const date = "Date: Tue, 14 Nov 2023 23:13:20 +0100";
const mailPlan: fc.Arbitrary<MailPlan> = fc.record({
  from: fc.constantFrom(
    "Grace Hopper <grace@example.org>",
    "=?UTF-8?q?Jos=C3=A9?= <jose@example.org>",
    "Jos\xe9 <jose@example.org>",
  ),
  subject: fc.constantFrom(
    "[PATCH] Fix",
    "[PATCH 3/7] Fix: it [again]",
    "=?UTF-8?q?Pr=C3=BCfe=20den?=\n =?UTF-8?q?_=C3=9Cberlauf?=",
    "[PATCH] A subject that is long enough to be folded by whatever tool\n wrote it",
    "No prefix.",
  ),
  body: fc.constantFrom(
    "",
    "Because.\n\nSigned-off-by: Grace Hopper <grace@example.org>\n",
    "Before\n---\nAfter\n",
    "caf\xe9\n",
    "> quoted\n\n  indented\n\n\nResolves: rhbz#1\n",
  ),
  signature: fc.constantFrom("-- \n2.39.0\n\n", "-- \n2.39.0\n", "", "\n"),
});

export const patchPlan: fc.Arbitrary<PatchPlan> = fc.record({
  name: fc.nat(5),
  parts: fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  style: fc.record({
    dialect: fc.constantFrom("git", "git", "plain", "recursive", "index"),
    strip: fc.constantFrom(1, 1, 0, 2),
    context: fc.constantFrom(3, 3, 3, 5, 1),
    ids: fc.boolean(),
    quotes: fc.boolean(),
  }),
  mail: fc.option(mailPlan, { nil: undefined }),
  preface: fc.constantFrom(
    "",
    "",
    "Fix the thing\n\nLonger text.\n\n",
    "Description: x\nAuthor: A <a@example.org>\n\n",
  ),
  tag: tagPlan,
});

const otherFiles = fc.dictionary(
  fc.constantFrom("gating.yaml", "tests/run.sh", "hello.conf", "README.md", "plans/a/b.fmf"),
  fc.constantFrom("a\n", "b\r\n", "caf\xe9", "", "\0\xff"),
  { maxKeys: 3 },
);

export const packagePlan: fc.Arbitrary<PackagePlan> = fc.record({
  upstream: upstreamTree,
  spec: specPlan,
  folders: fc.constantFrom(false, false, true),
  release: fc.constant(1),
  patches: fc.array(patchPlan, { minLength: 1, maxLength: 4 }),
  files: otherFiles,
});

/** Carries a plan out: the same plan gives the same bytes. */
export function makePackage(plan: PackagePlan): GeneratedPackage {
  const patches: (GeneratedPatch & { tag: TagPlan })[] = [];
  let patched = plan.upstream;
  for (const patch of plan.patches) {
    const file = nameOf(patch, new Set(patches.map((each) => each.file)));
    const strip = namesEach(plan.spec) ? patch.style.strip : plan.spec.strip;
    const written = writePatch(patched, { patch, file, strip });
    patched = written.tree;
    patches.push({ file, strip, bytes: written.parts.join(""), ...written, tag: patch.tag });
  }
  const specPath = plan.folders ? "SPECS/hello.spec" : "hello.spec";
  const folder = plan.folders ? "SOURCES/" : "";
  const own = patches.map(({ file, bytes }) => [`${folder}${file}`, bytes]);
  const files = {
    sources: "SHA512 (hello-1.0.tar.gz) = 00\n",
    ".gitignore": "/hello-*.tar.gz\n",
    ...plan.files,
    ...(Object.fromEntries(own) as Record<string, string>),
    [specPath]: writeSpec(plan.spec, patches, plan.release),
  };
  const freshStrip = namesEach(plan.spec) ? 1 : plan.spec.strip;
  return { specPath, freshStrip, patches, patched, files };
}

function writePatch(
  before: Tree,
  { patch, file, strip }: { patch: PatchPlan; file: string; strip: number },
): { parts: string[]; tree: Tree } {
  let tree = before;
  const steps = patch.parts.map((edits, index) => {
    const edited = applyEdits(tree, edits, { own: `${file}-${index}`, unlike: [tree, before] });
    const step = { before: tree, edited };
    tree = step.edited.tree;
    return step;
  });
  // No tool writes one file in two manners: what git alone can say makes the whole file git's.
  const isGit = steps.some((step) => onlyGitCanSay(step.before, step.edited.tree));
  const style: DiffStyle = { ...patch.style, strip, ...(isGit ? { dialect: "git" } : {}) };
  const parts = steps.map(({ before: from, edited }) => {
    // For git, a rename within one file begins at what was there before all of it.
    const renamed = steps.length === 1 ? edited.renamed : new Map<string, string>();
    const diff = writeDiff(from, { tree: edited.tree, renamed }, style);
    return patch.mail === undefined ? patch.preface + diff : asMail(diff, patch.mail);
  });
  return { parts, tree };
}

function asMail(diff: string, { from, subject, body, signature }: MailPlan): string {
  const head = `From ${"0123456789".repeat(4)} Mon Sep 17 00:00:00 2001\nFrom: ${from}\n${date}\nSubject: ${subject}\n\n`;
  return `${head}${body}---\n some | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n${diff}${signature}`;
}

const stems = ["hello-fix", "0017-Patch-This.", "fix+1~2", "a,b=c@d", "ümlaut", "CVE-2023-1"];

function nameOf({ name, tag, file: settled }: PatchPlan, taken: ReadonlySet<string>): string {
  if (settled !== undefined) return settled;
  const stem = stems[name % stems.length] ?? "";
  // The macro of a `%global` stands for the name without `.patch`.
  const ending = tag.place !== "%global" && stem.startsWith("fix") ? ".diff" : ".patch";
  for (let number = 1; ; number += 1) {
    const file = `${stem}${number === 1 ? "" : `-${number}`}${ending}`;
    if (!taken.has(file)) return file;
  }
}

/** Both repositories as upstream and the distribution have them; source-git holds upstream's release alone. */
export async function layOut(plan: PackagePlan): Promise<{ hello: TestPackage; made: GeneratedPackage }> {
  const [source, dist] = [await newRepository(), await newRepository()];
  await commitTree(source, await writeTree(source, plan.upstream), "Release 1.0\n");
  await source.tag("v1.0");
  const made = makePackage(plan);
  await commitFiles(dist, made.files, "Import\n");
  return { hello: new TestPackage(source, dist), made };
}

/** Commits exactly these files, bytes as latin1. */
export async function commitFiles(
  repository: TestRepository,
  files: Readonly<Record<string, string>>,
  message: string,
): Promise<void> {
  const { store } = repository;
  const changes = Object.entries(files).map(([path, bytes]): [string, TreeChange] => [
    path,
    { mode: path.endsWith(".sh") ? "100755" : "100644", id: store.writeBlob(Buffer.from(bytes, "latin1")) },
  ]);
  await commitTree(repository, await editTree(store, store.writeTree([]), new Map(changes)), message);
}
