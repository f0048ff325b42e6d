import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommitId } from "../domain/refs.js";
import { BatchReader } from "./batch-reader.js";
import { isKeptOut, refusal } from "./checkout.js";
import { parseCommit, parseTree, type RawObject } from "./codec.js";
import { inspect, LocalStore, storeObjects, type Inspected, type Opened } from "./local-store.js";
import { Memory } from "./memory.js";
import type { ObjectStore } from "./object-store.js";
import { git } from "./run.js";
import { makeScratch, type Scratch } from "./scratch.js";

/** A store that reads a repository and keeps what is new apart from it. */
export interface Quarantine extends ObjectStore {
  /**
   * Moves a commit and all that it needs into the repository, which has `known` already. Throws `UserError` ("refused") for
   * a repository that cannot be written.
   */
  release(commit: CommitId, known: CommitId): Promise<void>;
}

/**
 * Opens somebody's repository so that nothing is written into it: new objects go to a temporary folder that ends with
 * `close`. Its configuration is not read either: a `diff.noprefix` or `format.signature` there must not change patches.
 */
export async function openQuarantine(repository: string): Promise<Quarantine> {
  // Both readers will be asked, and git takes its time to start.
  const inspecting = inspect(repository);
  const resolver = new BatchReader(repository).start();
  try {
    const inspected = await inspecting;
    const { format } = inspected;
    const scratch = await makeScratch();
    await furnish(scratch, inspected);
    const { directory } = scratch;
    const readers = { reader: new BatchReader(directory).start(), resolver };
    const opened = { directory, refs: repository, objects: join(directory, "objects"), format };
    return new QuarantineStore({ ...opened, ...readers, memory: new Memory() }, scratch);
  } catch (error) {
    await resolver.close();
    throw error;
  }
}

/** Makes the folder a repository that has the other's objects. */
async function furnish({ directory }: Scratch, { format, objects, shallow }: Inspected): Promise<void> {
  await Promise.all([
    mkdir(join(directory, "objects", "info"), { recursive: true }).then(() =>
      writeFile(join(directory, "objects", "info", "alternates"), `${quoted(objects)}\n`),
    ),
    mkdir(join(directory, "refs")),
    writeFile(join(directory, "HEAD"), "ref: refs/heads/none\n"),
    writeFile(join(directory, "config"), configuration(format)),
    // Without it, git would look for the parents that a shallow clone does not have.
    copyFile(shallow, join(directory, "shallow")).catch(ignoreMissing),
  ]);
}

class QuarantineStore extends LocalStore implements Quarantine {
  readonly #repository: string;
  readonly #scratch: Scratch;
  #closing: Promise<void> | undefined;

  constructor(opened: Opened, scratch: Scratch) {
    super(opened);
    this.#repository = opened.refs;
    this.#scratch = scratch;
  }

  async release(commit: CommitId, known: CommitId): Promise<void> {
    await this.#release(commit, known).catch((error: unknown) => {
      throw isKeptOut(error) ? refusal(this.#repository, error) : error;
    });
  }

  async #release(commit: CommitId, known: CommitId): Promise<void> {
    const objects = await this.#collect(commit);
    if (objects === undefined) return this.#releaseByGit(commit, known);
    await storeObjects(this.#repository, { objects, format: this.format });
  }

  /** Whoever has done with it before others have may close it early. */
  override close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    await super.close();
    await this.#scratch.remove();
  }

  /** What a commit needs and only memory has; `undefined` when git put some of it into the quarantine. */
  async #collect(commit: CommitId): Promise<RawObject[] | undefined> {
    const found = new Map<string, RawObject>();
    const elsewhere = new Set<string>();
    const open = [commit];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const object = this.unwritten.get(id);
      if (object === undefined) elsewhere.add(id);
      else if (!found.has(id)) {
        found.set(id, object);
        open.push(...this.#neededBy(object));
      }
    }
    const others = await Promise.all([...elsewhere].map((id) => this.hadBefore(id)));
    return others.every(Boolean) ? [...found.values()].reverse() : undefined;
  }

  #neededBy({ type, content }: RawObject): string[] {
    if (type === "blob") return [];
    if (type === "tree") {
      const entries = parseTree(content, this.format).filter(({ mode }) => mode !== "160000");
      return entries.map(({ id }) => id);
    }
    const { tree, parents } = parseCommit(content);
    return [tree, ...parents];
  }

  async #releaseByGit(commit: CommitId, known: CommitId): Promise<void> {
    const { stdout } = await this.git(["pack-objects", "--revs", "--stdout", "-q"], {
      input: `${commit}\n^${known}\n`,
    });
    await git(["index-pack", "--stdin"], { directory: this.#repository, input: stdout });
  }
}

/** git takes a path with special bytes only in quotes, as it would write it itself. */
function quoted(path: string): string {
  return /["\\\n]/.test(path) || path.startsWith("#")
    ? `"${path.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n")}"`
    : path;
}

function configuration(format: "sha1" | "sha256"): string {
  const version = format === "sha256" ? 1 : 0;
  const extension = format === "sha256" ? "[extensions]\n\tobjectFormat = sha256\n" : "";
  return `[core]\n\trepositoryFormatVersion = ${version}\n\tbare = true\n${extension}`;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
