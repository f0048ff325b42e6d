import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import { BatchReader, type ObjectReader } from "./batch-reader.js";
import { isOnOtherBranch } from "./branches.js";
import {
  blobId,
  formatCommit,
  formatPack,
  formatTree,
  objectId,
  parseCommit,
  parseTree,
  type ObjectFormat,
  type ObjectType,
  type RawObject,
} from "./codec.js";
import { requireTime } from "./deadline.js";
import { writeLooseObjects } from "./loose-objects.js";
import { Memory } from "./memory.js";
import type { Commit, ObjectStore, TreeEntry } from "./object-store.js";
import type { Readers } from "./readers.js";
import { git, type GitOptions, type GitResult } from "./run.js";

/** Largest blob that is read unless the caller says otherwise: 100 MB. */
const defaultLimit = 100 * 1024 ** 2;
/** Beyond so many new objects, a pack is kept as it is: a file each would cost more than all the rest. */
const looseObjects = 30;

/** Opens a repository, bare or not. Throws `UserError` ("invalid") for a folder that is none. */
export async function openStore(directory: string): Promise<ObjectStore> {
  const { format, objects } = await inspect(directory);
  return new LocalStore({ directory, refs: directory, objects, format, memory: new Memory() });
}

/** Opens a bare repository, made when there is none. Stores of one memory learn from one another. */
export async function createBareStore(
  directory: string,
  memory = new Memory(),
  readers?: Readers,
): Promise<LocalStore> {
  if (!(await exists(join(directory, "HEAD")))) {
    await mkdir(directory, { recursive: true });
    await git(["init", "--quiet", "--bare", "--initial-branch=main", directory]);
  }
  const objects = join(directory, "objects");
  const reader = await readers?.take(directory);
  return new LocalStore({ directory, refs: directory, objects, format: "sha1", memory, reader, bare: true });
}

/** An object that must be there is not; in a repository that somebody made, it was not fetched. */
export class LacksObject extends UserError {
  readonly directory: string;

  constructor(directory: string, object: string) {
    super("missing", {
      message: `the repository lacks the ${object}`,
      remedy: "Fetch the whole history: a shallow or partial clone is not enough.",
    });
    this.directory = directory;
  }
}

/** What only git itself can say of a repository. */
export interface Inspected {
  readonly format: ObjectFormat;
  /** Where its objects are. */
  readonly objects: string;
  /** The file that names the borders of a shallow clone; most have none. */
  readonly shallow: string;
  readonly bare: boolean;
  /** Whether the folder is the inside of a repository, as `.git` is. */
  readonly inside: boolean;
  /** Where the folder is in the work tree, with a slash at its end; empty: at the top, or there is none. */
  readonly prefix: string;
}

/** Who asks while another does gets the same answer. */
const asking = new Map<string, Promise<Inspected>>();

/** Throws `UserError` ("invalid") for a folder that is no repository. */
export function inspect(directory: string): Promise<Inspected> {
  const answer = asking.get(directory) ?? askGit(directory).finally(() => asking.delete(directory));
  asking.set(directory, answer);
  return answer;
}

const questions = [
  ...["--show-object-format", "--is-bare-repository", "--is-inside-git-dir"],
  ...["--path-format=absolute", "--git-path", "objects", "--git-path", "shallow", "--show-prefix"],
];

async function askGit(directory: string): Promise<Inspected> {
  const { exitCode, stdout } = await git(["rev-parse", ...questions], {
    directory,
    expect: [0, 128],
  }).catch(() => ({ exitCode: 128, stdout: Buffer.alloc(0) }));
  if (exitCode !== 0) {
    throw new UserError("invalid", {
      message: `${directory} is not a git repository`,
      where: directory,
      remedy: "Name the folder of a clone.",
    });
  }
  const [format, bare, inside, objects = "", shallow = "", prefix = ""] = stdout.toString("utf8").split("\n");
  const kind = { bare: bare === "true", inside: inside === "true" };
  return { format: format === "sha256" ? "sha256" : "sha1", objects, shallow, ...kind, prefix };
}

export interface Opened {
  readonly directory: string;
  /** The repository whose refs count: not the same as `directory` for a quarantine. */
  readonly refs: string;
  /** Where new objects go. */
  readonly objects: string;
  readonly format: ObjectFormat;
  readonly memory: Memory;
  /** What is open already. */
  readonly reader?: ObjectReader | undefined;
  /** The same for `refs`, where that is another repository. */
  readonly resolver?: ObjectReader | undefined;
  /** See `EnvironmentOptions`. */
  readonly bare?: boolean;
}

export class LocalStore implements ObjectStore {
  readonly directory: string;
  readonly memory: Memory;
  protected readonly format: ObjectFormat;
  protected readonly unwritten = new Map<string, RawObject>();
  readonly #refs: string;
  readonly #objects: string;
  readonly #reader: ObjectReader;
  /** Knows the refs. */
  readonly #resolver: ObjectReader;
  readonly #bare: boolean;
  #flushing: Promise<void> = Promise.resolve();

  constructor({ directory, refs, objects, format, memory, reader, resolver, bare = false }: Opened) {
    this.directory = directory;
    this.memory = memory;
    this.format = format;
    this.#refs = refs;
    this.#objects = objects;
    this.#bare = bare;
    this.#reader = reader ?? new BatchReader(directory, { bare });
    this.#resolver = refs === directory ? this.#reader : (resolver ?? new BatchReader(refs));
  }

  async resolve(revision: string): Promise<CommitId | undefined> {
    if (revision.startsWith("-")) return undefined;
    return (await this.#resolver.look(`${revision}^{commit}`))?.id;
  }

  async has(id: string): Promise<boolean> {
    return this.unwritten.has(id) || (await this.#reader.look(id)) !== undefined;
  }

  async isOnOtherBranch(commit: CommitId): Promise<boolean> {
    return isOnOtherBranch(this.#refs, commit);
  }

  async readBlob(id: string, limit = defaultLimit): Promise<Buffer> {
    return this.#read({ id, type: "blob", limit });
  }

  async readTree(treeish: string): Promise<readonly TreeEntry[]> {
    const waiting = this.unwritten.get(treeish);
    const tree = waiting?.type === "commit" ? parseCommit(waiting.content).tree : treeish;
    const name = this.unwritten.has(tree) ? tree : `${tree}^{tree}`;
    return parseTree(await this.#read({ id: name, type: "tree", limit: defaultLimit }), this.format);
  }

  async readCommit(id: CommitId): Promise<Commit> {
    return parseCommit(await this.#read({ id, type: "commit", limit: defaultLimit }));
  }

  writeBlob(content: Uint8Array): string {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
    const id = blobId(bytes, this.format);
    this.unwritten.set(id, { type: "blob", content: bytes });
    return id;
  }

  writeTree(entries: readonly TreeEntry[]): string {
    return this.#write({ type: "tree", content: formatTree(entries) });
  }

  writeCommit(commit: Commit): CommitId {
    return this.#write({ type: "commit", content: formatCommit(commit) });
  }

  async flush(): Promise<void> {
    if (this.unwritten.size === 0) return;
    // One at a time: what is made meanwhile is for the next.
    const last = this.#flushing;
    const next = last.catch(() => undefined).then(() => this.#flush());
    this.#flushing = next;
    next.catch(() => undefined);
    await next;
  }

  async #flush(): Promise<void> {
    const all = new Map(this.unwritten);
    const fresh = { objects: await this.#newOnes(all), format: this.format };
    if (fresh.objects.length > looseObjects)
      await storeObjects(this.directory, { ...fresh, bare: this.#bare });
    else await writeLooseObjects(this.#objects, fresh);
    for (const id of all.keys()) this.unwritten.delete(id);
  }

  async git(args: readonly string[], options: Omit<GitOptions, "directory"> = {}): Promise<GitResult> {
    await this.flush();
    return git(args, { ...options, directory: this.directory, bare: this.#bare });
  }

  async close(): Promise<void> {
    await Promise.all([this.#reader.close(), this.#resolver.close()]);
  }

  /** What git complained of while it read objects; of those that are broken it says else that they are missing. */
  complaint(): string {
    return this.#reader.complaint();
  }

  /** Whether the object was in the repository before we made any. */
  protected async hadBefore(id: string): Promise<boolean> {
    return (await this.#resolver.look(id)) !== undefined;
  }

  /** Whoever converts again what was converted before makes most objects a second time. */
  async #newOnes(all: ReadonlyMap<string, RawObject>): Promise<RawObject[]> {
    const known = await this.#reader.areThere([...all.keys()]);
    return [...all.values()].filter((_, index) => known[index] === false);
  }

  async #read({ id, type, limit }: { id: string; type: ObjectType; limit: number }): Promise<Buffer> {
    requireTime();
    const unwritten = this.unwritten.get(id);
    if (unwritten !== undefined) return unwritten.content;
    const found = await this.#reader.read(id, limit);
    if (found?.type !== type) throw new LacksObject(this.directory, `${type} ${id}`);
    if (found.content !== undefined) return found.content;
    throw new UserError("unsupported", {
      message: `the ${type} ${id} has ${found.size} bytes; ${limit} are the limit`,
    });
  }

  #write(object: RawObject): string {
    const id = objectId(object, this.format);
    this.unwritten.set(id, object);
    return id;
  }
}

/** Puts objects into a repository by one process; each stands behind those that it needs. */
export async function storeObjects(
  directory: string,
  { objects, format, bare = false }: { objects: readonly RawObject[]; format: ObjectFormat; bare?: boolean },
): Promise<void> {
  if (objects.length === 0) return;
  const into = objects.length > looseObjects ? ["index-pack", "--stdin"] : ["unpack-objects", "-q"];
  await git(into, { directory, bare, input: formatPack(objects, format) });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
