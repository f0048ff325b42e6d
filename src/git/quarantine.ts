import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommitId } from "../domain/refs.js";
import { inspect, LocalStore } from "./local-store.js";
import type { ObjectStore } from "./object-store.js";
import { git } from "./run.js";

/** A store that reads a repository and keeps what is new apart from it. */
export interface Quarantine extends ObjectStore {
  /** Moves a commit and all that it needs into the repository, which has `known` already. */
  release(commit: CommitId, known: CommitId): Promise<void>;
}

/**
 * Opens somebody's repository so that nothing is written into it: new objects go to a temporary folder that ends with
 * `close`. Its configuration is not read either: a `diff.noprefix` or `format.signature` there must not change patches.
 */
export async function openQuarantine(repository: string): Promise<Quarantine> {
  const { format, objects, shallow } = await inspect(repository);
  const directory = await mkdtemp(join(tmpdir(), "sluice-"));
  await mkdir(join(directory, "objects", "info"), { recursive: true });
  await mkdir(join(directory, "refs"));
  await writeFile(join(directory, "HEAD"), "ref: refs/heads/none\n");
  await writeFile(join(directory, "config"), configuration(format));
  await writeFile(join(directory, "objects", "info", "alternates"), `${objects}\n`);
  // Without it, git would look for the parents that a shallow clone does not have.
  await copyFile(shallow, join(directory, "shallow")).catch(ignoreMissing);
  return new QuarantineStore({ directory, refs: repository, format });
}

class QuarantineStore extends LocalStore implements Quarantine {
  readonly #repository: string;

  constructor(opened: ConstructorParameters<typeof LocalStore>[0]) {
    super(opened);
    this.#repository = opened.refs;
  }

  async release(commit: CommitId, known: CommitId): Promise<void> {
    const { stdout } = await this.git(["pack-objects", "--revs", "--stdout", "-q"], {
      input: `${commit}\n^${known}\n`,
    });
    await git(["unpack-objects", "-q"], { directory: this.#repository, input: stdout });
  }

  override async close(): Promise<void> {
    await super.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function configuration(format: "sha1" | "sha256"): string {
  const version = format === "sha256" ? 1 : 0;
  const extension = format === "sha256" ? "[extensions]\n\tobjectFormat = sha256\n" : "";
  return `[core]\n\trepositoryFormatVersion = ${version}\n\tbare = true\n${extension}`;
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
