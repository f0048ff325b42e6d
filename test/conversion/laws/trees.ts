import fc from "fast-check";
import { editTree, listFiles, type TreeChange } from "../../../src/git/trees.js";
import type { TestRepository } from "../package.js";

/** A file of a generated tree; bytes as latin1. */
export interface GeneratedFile {
  readonly mode: "100644" | "100755" | "120000";
  readonly bytes: string;
}

export type Tree = ReadonlyMap<string, GeneratedFile>;

/** Numbers choose among what is there when the edit is carried out, so that any list of edits fits any tree. */
export interface Edit {
  readonly kind: "replace" | "insert" | "delete" | "create" | "remove" | "rename" | "mode" | "end" | "link";
  readonly file: number;
  readonly name: number;
  readonly line: number;
  readonly text: string;
}

export interface Edited {
  readonly tree: Tree;
  /** Which path of the tree before each one was renamed from. */
  readonly renamed: ReadonlyMap<string, string>;
}

const names = [
  "README",
  "src/main.c",
  "src/b c.c",
  "docs/ü.txt",
  "Makefile",
  "lib/deep/er/z.h",
  "data/x-y~z.txt",
  "LICENSE",
  "src/main.cc",
];

// What a diff, a mail or a patch tool could stumble over.
const traps = [
  "-- ",
  "-- a/README",
  "++ b/README",
  "@@ -1 +1 @@",
  "From me",
  "diff --git a/x b/x",
  "---",
  "\\ x",
];
const words = ["int x;", "", "\treturn;", "  two", "}", "caf\xe9", "x\r"];

const text = fc.oneof(
  { weight: 3, arbitrary: fc.nat(999).map((number) => `line ${number}`) },
  { weight: 2, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.constantFrom(...traps) },
);
const end = fc.constantFrom("\n", "\n", "\n", "");
const content = fc
  .tuple(fc.array(text, { minLength: 1, maxLength: 14 }), end)
  .map(([lines, last]) => lines.join("\n") + last);
const file: fc.Arbitrary<GeneratedFile> = fc.record({
  mode: fc.constantFrom("100644", "100644", "100644", "100755"),
  bytes: content,
});

/** Upstream's release: never empty, no name that is a file and a folder at once. */
export const upstreamTree: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(fc.nat(), file), { minLength: 1, maxLength: 5 })
  .map((files) => {
    const tree = new Map<string, GeneratedFile>();
    for (const [name, each] of files) place(tree, nameAt(name), each);
    return tree;
  });

export const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom(
    ...(["replace", "replace", "insert", "insert", "delete", "create", "remove"] as const),
    ...(["rename", "mode", "end", "link"] as const),
  ),
  file: fc.nat(9),
  name: fc.nat(names.length - 1),
  line: fc.nat(20),
  text,
});

/** The tree after some edits; it always differs from those that it shall, by a file of its own if by nothing else. */
export function applyEdits(
  before: Tree,
  edits: readonly Edit[],
  { own, unlike }: { own: string; unlike: readonly Tree[] },
): Edited {
  const tree = new Map(before);
  const origins = new Map<string, string>();
  for (const each of edits) applyEdit(tree, origins, each);
  if (unlike.some((other) => isSameTree(other, tree))) {
    tree.set(`extra/${own}`, { mode: "100644", bytes: `${own}\n` });
  }
  const renamed = [...origins].filter(
    ([to, from]) => before.has(from) && !tree.has(from) && !before.has(to) && tree.has(to),
  );
  return { tree, renamed: new Map(renamed) };
}

function applyEdit(tree: Map<string, GeneratedFile>, origins: Map<string, string>, each: Edit): void {
  const paths = [...tree.keys()];
  const path = paths[each.file % Math.max(1, paths.length)];
  const present = path === undefined ? undefined : tree.get(path);
  if (each.kind === "create")
    place(tree, nameAt(each.name), { mode: "100644", bytes: `${each.text}\nnew\n` });
  if (each.kind === "link") place(tree, nameAt(each.name), { mode: "120000", bytes: "somewhere" });
  if (path === undefined || present === undefined) return;
  if (each.kind === "remove" && paths.length > 1) tree.delete(path);
  if (each.kind === "rename") {
    const to = nameAt(each.name);
    tree.delete(path);
    if (!place(tree, to, present)) tree.set(path, present);
    else origins.set(to, origins.get(path) ?? path);
  }
  if (present.mode === "120000") return;
  if (each.kind === "mode")
    tree.set(path, { ...present, mode: present.mode === "100644" ? "100755" : "100644" });
  const bytes = editText(present.bytes, each);
  if (bytes !== undefined) tree.set(path, { ...present, bytes });
}

function editText(bytes: string, { kind, line, text: fresh }: Edit): string | undefined {
  const final = bytes.endsWith("\n");
  if (kind === "end") return final ? bytes.slice(0, -1) : `${bytes}\n`;
  if (kind !== "replace" && kind !== "insert" && kind !== "delete") return undefined;
  const lines = (final ? bytes.slice(0, -1) : bytes).split("\n");
  const at = line % lines.length;
  if (kind === "replace") lines.splice(at, 1, fresh);
  if (kind === "insert") lines.splice(at, 0, fresh);
  if (kind === "delete") lines.splice(at, 1);
  return lines.length === 0 ? "" : lines.join("\n") + (final ? "\n" : "");
}

/** Unless a file would have to be a folder. */
function place(tree: Map<string, GeneratedFile>, path: string, file: GeneratedFile): boolean {
  const clashes = [...tree.keys()].some(
    (other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
  );
  if (!clashes) tree.set(path, file);
  return !clashes;
}

function nameAt(number: number): string {
  return names[number % names.length] ?? "README";
}

function isSameTree(one: Tree, other: Tree): boolean {
  const flat = (tree: Tree) => JSON.stringify([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
  return flat(one) === flat(other);
}

/** The id of a generated tree in a repository. */
export async function writeTree({ store }: TestRepository, tree: Tree): Promise<string> {
  const changes = [...tree].map(([path, { mode, bytes }]): [string, TreeChange] => [
    path,
    { mode, id: store.writeBlob(Buffer.from(bytes, "latin1")) },
  ]);
  return editTree(store, store.writeTree([]), new Map(changes));
}

const ada = { name: "Ada Lovelace", email: "ada@example.org", date: "1700000000 +0100" };

/** A commit on top of the tip, or a first one, that holds exactly this tree. */
export async function commitTree(repository: TestRepository, tree: string, message: string): Promise<string> {
  const { store, tip } = repository;
  const parents = tip === undefined ? [] : [tip];
  repository.tip = store.writeCommit({ tree, parents, author: ada, committer: ada, message });
  await store.flush();
  return repository.tip;
}

/** What a tree holds outside of the distribution's folder. */
export async function readTree({ store }: TestRepository, treeish: string): Promise<Tree> {
  const files = await listFiles(store, treeish);
  const own = files.filter(({ path }) => !path.startsWith(".distro/"));
  const contents = own.map(async ({ path, mode, id }): Promise<[string, GeneratedFile]> => {
    const bytes = (await store.readBlob(id)).toString("latin1");
    return [path, { mode: mode as GeneratedFile["mode"], bytes }];
  });
  return new Map(await Promise.all(contents));
}
