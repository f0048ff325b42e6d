import { createHash } from "node:crypto";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { applyPatch, type Applied } from "./apply-patch.js";
import { PatchedTree } from "./patched-tree.js";

/** A patch as dist-git applies it. */
export interface SeriesPatch {
  readonly file: string;
  readonly content: Buffer;
  readonly strip: number | undefined;
  /** The folder that its paths count from. */
  readonly folder?: string | undefined;
  readonly fuzz?: number | undefined;
  readonly reverse?: boolean | undefined;
}

/** A patch that does not apply, and why. */
export interface Failure {
  readonly patch: SeriesPatch;
  readonly applied: Applied & { readonly outcome: "failed" };
}

type Outcome = { readonly tree: string } | { readonly failed: Failure["applied"] };

/** What series of patches make of upstream's tree; what was applied once is known. */
export class SeriesTrees {
  readonly #store: ObjectStore;
  readonly #base: CommitId;
  readonly #known = new Map<string, Outcome>();

  constructor(store: ObjectStore, base: CommitId) {
    this.#store = store;
    this.#base = base;
  }

  /** Upstream's tree, then the tree with each patch on top of those before it; or the first patch that does not apply. */
  async of(patches: readonly SeriesPatch[]): Promise<readonly string[] | Failure> {
    let tree = (await this.#store.readCommit(this.#base)).tree;
    const trees = [tree];
    let onto: PatchedTree | undefined;
    for (const patch of patches) {
      const key = keyOf(tree, patch);
      const known = this.#known.get(key);
      // What goes on from a known tree begins anew there.
      onto = known === undefined ? (onto ?? new PatchedTree(this.#store, tree)) : undefined;
      const outcome: Outcome = known ?? (await apply(onto ?? new PatchedTree(this.#store, tree), patch));
      this.#known.set(key, outcome);
      if ("failed" in outcome) return { patch, applied: outcome.failed };
      tree = outcome.tree;
      trees.push(tree);
    }
    return trees;
  }
}

/** Whether two patches of one name do the same by their bytes. */
export function isSamePatch(one: SeriesPatch, other: SeriesPatch): boolean {
  return (
    one.strip === other.strip &&
    (one.folder ?? "") === (other.folder ?? "") &&
    (one.reverse ?? false) === (other.reverse ?? false) &&
    one.content.equals(other.content)
  );
}

async function apply(
  onto: PatchedTree,
  { content, strip, folder, fuzz = 0, reverse = false }: SeriesPatch,
): Promise<Outcome> {
  const applied = await applyPatch(onto, {
    ...{ content, strip, folder, reverse },
    fuzz: Math.max(fuzz, mostFuzz),
  });
  return applied.outcome === "failed" ? { failed: applied } : { tree: await onto.write() };
}

/** As a start allows, for a release may differ from its archive in context. */
const mostFuzz = 2;

function keyOf(tree: string, { content, strip, folder, fuzz, reverse }: SeriesPatch): string {
  const digest = createHash("sha256").update(content).digest("base64");
  return [tree, digest, strip ?? "", fuzz ?? "", reverse ?? false, folder ?? ""].join(" ");
}
