import { checkSourceFile, narrowed, type SourceFile, sourceFile } from "../../config/source-file.js";
import { mergeBase } from "../../conversion/ancestry.js";
import type { Clock } from "../../domain/clock.js";
import { RetryLater, UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import { repositoryName } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry } from "../../git/trees.js";
import type { Clone, Clones } from "../pairs/clones.js";
import { fetchSourceHead, type SourceHead } from "../pairs/source-head.js";
import type { Link } from "./links.js";

const nothing: SourceFile = { narrowing: {}, problems: [] };

/** Whatever branch is the default one, git calls it so. */
const defaultHead = "refs/sluice/default";

/** Bytes; longer is no configuration. */
const longest = 100_000;

/** Milliseconds for which a file that was read is believed where nothing is mirrored by it. */
const believed = 10 * 60_000;

interface ReadFile extends SourceFile {
  readonly at: number;
}

export interface NarrowingServices {
  readonly forges: ForgeRegistry;
  readonly clones: Clones;
  readonly clock: Clock;
}

/** What source-git repositories say of their own links in `.sluice.yml`, by their default branches alone. */
export class Narrowings {
  readonly #services: NarrowingServices;
  readonly #files = new Map<string, ReadFile>();

  constructor(services: NarrowingServices) {
    this.#services = services;
  }

  /** The links as their repository narrows them; mistakes in its file leave them as `sluice.yml` has them, key by key. */
  narrow(link: Link): Link {
    const { narrowing } = this.#files.get(keyOf(link.sourceGit)) ?? nothing;
    return { ...link, entry: narrowed(link.entry, narrowing) };
  }

  /** Has read the file lately: a process that was just started has not, nor one that others of its kind work beside. */
  async know(repository: RepositoryRef): Promise<void> {
    const read = this.#files.get(keyOf(repository));
    if (read && this.#services.clock.now().getTime() - read.at < believed) return;
    try {
      await this.refresh(repository);
    } catch (error) {
      // There may be no such source-git; whoever does anything in it finds out.
      if (error instanceof RetryLater) throw error;
    }
  }

  /** Reads the file of the default branch by git, which costs no request of the forge's API. */
  async refresh(repository: RepositoryRef): Promise<SourceFile> {
    const { forges, clones } = this.#services;
    const file = await clones.with(repository, async ({ store, fetch }) => {
      const remote = await forges.for(repository).gitRemote(repository);
      const isThere = await fetch({ remote, refspecs: [`+HEAD:${defaultHead}`] }).then(
        () => true,
        (error: unknown) => {
          // An empty repository has no default branch.
          if (error instanceof UserError && error.kind === "missing") return false;
          throw error;
        },
      );
      const head = isThere ? await store.resolve(defaultHead) : undefined;
      return head === undefined ? undefined : fileAt(store, head);
    });
    const read = file ?? nothing;
    this.#files.set(keyOf(repository), { ...read, at: this.#services.clock.now().getTime() });
    return read;
  }

  /** The file of a merge request that changes it, mirrored or not; `undefined` where it leaves the file alone, or removes it. */
  async proposed(mergeRequest: MergeRequest): Promise<SourceFile | undefined> {
    return this.#services.clones.with(mergeRequest.ref.repository, async (clone) => {
      const found = await this.#headOf(clone, mergeRequest);
      return found && (await changesFile(clone.store, found)) ? fileAt(clone.store, found.head) : undefined;
    });
  }

  /** What waits for trust, is paused or goes to a branch that is not linked was fetched by nobody else: that is done once. */
  async #headOf(clone: Clone, mergeRequest: MergeRequest): Promise<SourceHead | undefined> {
    const { ref, head, targetBranch } = mergeRequest;
    const target = await clone.store.resolve(`refs/heads/${targetBranch}`);
    if (target !== undefined && (await clone.store.resolve(head)) !== undefined) return { head, target };
    const forge = this.#services.forges.for(ref.repository);
    try {
      return await fetchSourceHead(forge, clone, mergeRequest);
    } catch (error) {
      // Its target branch is gone.
      if (error instanceof UserError && error.kind === "missing") return undefined;
      // Pushed over by force, it cannot be fetched any more; what took its place is told of by itself.
      const isOver = error instanceof RetryLater && (await forge.findMergeRequest(ref))?.head !== head;
      if (isOver) return undefined;
      throw error;
    }
  }
}

/** What its target branch had when it was left, or has by now, is not the merge request's doing. */
async function changesFile(store: ObjectStore, { head, target }: SourceHead): Promise<boolean> {
  const idAt = async (commit: CommitId) => (await findEntry(store, commit, sourceFile))?.id;
  const after = await idAt(head);
  // Almost always so, and cheap to see.
  if (after === undefined || after === (await idAt(target))) return false;
  const base = await mergeBase(store, head, target);
  return base === undefined || after !== (await idAt(base));
}

async function fileAt(store: ObjectStore, head: CommitId): Promise<SourceFile | undefined> {
  const entry = await findEntry(store, head, sourceFile);
  // A link could lead anywhere.
  if (!entry?.mode.startsWith("100")) return undefined;
  try {
    return checkSourceFile((await store.readBlob(entry.id, longest)).toString("utf8"));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { narrowing: {}, problems: [{ where: sourceFile, key: "", message: error.message }] };
  }
}

function keyOf(repository: RepositoryRef): string {
  return repositoryName(repository).toLowerCase();
}
