import type { CommitId } from "../domain/refs.js";
import type { Signature } from "../git/object-store.js";
import { appendTrailer } from "../git/trailers.js";
import { distCommitTrailer } from "./commit.js";
import type { Start } from "./layout.js";

/** Source-git's first commits, one after the other on upstream's; each names the dist-git commit that it was made of. */
export class StartedLine {
  head: CommitId;
  readonly #request: Start;

  constructor(request: Start) {
    this.#request = request;
    this.head = request.base;
  }

  add({ tree, author, message }: { tree: string; author: Signature; message: string }): CommitId {
    const { source, committer, tip } = this.#request;
    const told = appendTrailer(message, { key: distCommitTrailer, value: tip });
    this.head = source.writeCommit({ tree, parents: [this.head], author, committer, message: told });
    return this.head;
  }
}
