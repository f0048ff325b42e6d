import type { Right } from "../../domain/command.js";
import type { Comment } from "../../domain/comment.js";
import { type AccessLevel, allows } from "../../domain/merge-request.js";
import type { ForgeRegistry } from "../../forges/registry.js";

/** What the author of a comment may order where it was written; the forge is asked once. */
export class Permission {
  readonly #forges: ForgeRegistry;
  readonly #comment: Comment;
  #level: AccessLevel | undefined;

  constructor(forges: ForgeRegistry, comment: Comment) {
    this.#forges = forges;
    this.#comment = comment;
  }

  /** The level that is not enough; `undefined` when the command may be given. */
  async missing({ access: needed, author }: Right): Promise<AccessLevel | undefined> {
    if (needed === "none") return undefined;
    const { ref, author: person } = this.#comment;
    const { repository } = ref.mergeRequest;
    const forge = this.#forges.for(repository);
    this.#level ??= await forge.findAccess(repository, person);
    if (allows(this.#level, needed)) return undefined;
    if (!author) return this.#level;
    const mergeRequest = await forge.findMergeRequest(ref.mergeRequest);
    return mergeRequest?.author.id === person.id ? undefined : this.#level;
  }
}
