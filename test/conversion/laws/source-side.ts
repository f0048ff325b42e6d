import fc from "fast-check";
import { replay } from "../../../src/conversion/replay.js";
import { editTree } from "../../../src/git/trees.js";
import type { TestRepository } from "../package.js";
import { applyEdits, commitTree, edit, readTree, writeTree, type Edit } from "./trees.js";

/** What somebody does to source-git; `at` chooses among the commits that stand for patches. */
export interface Deed {
  readonly kind: "add" | "mixed" | "amend" | "drop" | "swap";
  readonly at: number;
  readonly edits: readonly Edit[];
}

export const deeds = (...kinds: readonly Deed["kind"][]): fc.Arbitrary<readonly Deed[]> =>
  fc.array(
    fc.record({
      kind: fc.constantFrom(...kinds),
      at: fc.nat(9),
      edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  );

/** Does it all on top of `beginning`, the commit with the distribution's files; what would conflict is left undone. */
export async function perform(
  source: TestRepository,
  beginning: string,
  all: readonly Deed[],
): Promise<ReadonlySet<string>> {
  const amended = new Set<string>();
  for (const [index, deed] of all.entries()) {
    if (deed.kind === "add" || deed.kind === "mixed") await addCommit(source, deed, index);
    else await rewrite(source, { beginning, deed, index, amended });
  }
  return amended;
}

async function addCommit(source: TestRepository, { kind, edits }: Deed, index: number): Promise<void> {
  const { store, tip = "" } = source;
  const before = await readTree(source, tip);
  const { tree } = applyEdits(before, edits, { own: `added-${index}`, unlike: [before] });
  const entries = await store.readTree(await writeTree(source, tree));
  const distro = (await store.readTree(tip)).filter(({ name }) => name === ".distro");
  const whole = store.writeTree([...entries, ...distro]);
  const gating = { mode: "100644", id: store.writeBlob(Buffer.from(`mixed ${index}\n`)) };
  const mixed =
    kind === "mixed" ? await editTree(store, whole, new Map([[".distro/gating.yaml", gating]])) : whole;
  await commitTree(source, mixed, `Change ${index}\n`);
}

interface Rewriting {
  readonly beginning: string;
  readonly deed: Deed;
  readonly index: number;
  /** Messages of the commits that were amended. */
  readonly amended: Set<string>;
}

async function rewrite(
  source: TestRepository,
  { beginning, deed, index, amended }: Rewriting,
): Promise<void> {
  const { store, tip = "" } = source;
  const commits = await commitsSince(source, beginning, tip);
  const at = deed.at % Math.max(1, commits.length);
  const chosen = commits[at];
  if (chosen === undefined) return;
  const [before, after] = [commits.slice(0, at), commits.slice(at + 1)];
  let onto = before.at(-1) ?? beginning;
  let rest = after;
  if (deed.kind === "amend") {
    const commit = await store.readCommit(chosen);
    const more = { mode: "100644", id: store.writeBlob(Buffer.from("more\n")) };
    const tree = await editTree(store, chosen, new Map([[`amended/${index}.txt`, more]]));
    onto = store.writeCommit({ ...commit, tree });
  } else if (deed.kind === "swap") {
    rest = [...after.slice(0, 1), chosen, ...after.slice(1)];
  }
  const { tip: fresh, conflicts } = await replay(store, { commits: rest, onto });
  if (conflicts.length > 0) return;
  if (deed.kind === "amend") amended.add((await store.readCommit(chosen)).message);
  source.tip = fresh;
  await store.flush();
}

/** The commits of a line after one of them, oldest first. */
export async function commitsSince(
  { store }: TestRepository,
  beginning: string,
  tip: string,
): Promise<string[]> {
  const { stdout } = await store.git(["rev-list", "--reverse", `${beginning}..${tip}`]);
  return stdout.toString().split("\n").filter(Boolean);
}
