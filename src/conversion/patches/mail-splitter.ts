import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";

/** A patch of this size is nothing that a spec can carry. */
const largestPatch = 100 * 1024 ** 2;
/** All patches of a conversion are held in memory. */
const largestSeries = 400 * 1024 ** 2;

interface MailedCommit {
  readonly id: CommitId;
  /** The commits of the real history whose change it carries. */
  readonly origins: readonly CommitId[];
}

/** How much has been written, by all who write at a time. */
export interface Volume {
  size: number;
}

const marker = / Mon Sep 17 00:00:00 2001\n/;
const longestStart = 120;

/**
 * Takes what `git format-patch --stdout` says of some commits and parts it into their mails, as it comes. Throws `UserError`
 * ("unsupported") for a patch that is too large, naming its commit, as soon as it is.
 */
export class MailSplitter {
  readonly #names: ReadonlyMap<CommitId, CommitId>;
  readonly #order: ReadonlyMap<CommitId, number>;
  readonly #mails = new Map<CommitId, Buffer>();
  /** What may still be the beginning of a mail. */
  #rest: Buffer = Buffer.alloc(0);
  #id: CommitId | undefined;
  #parts: Buffer[] = [];
  #size = 0;
  #last = -1;
  readonly #total: Volume;

  constructor(commits: readonly MailedCommit[], total: Volume = { size: 0 }) {
    this.#total = total;
    this.#names = new Map(commits.map(({ id, origins }) => [id, origins.at(-1) ?? id]));
    this.#order = new Map(commits.map(({ id }, index) => [id, index]));
  }

  take(chunk: Buffer): void {
    this.#split(Buffer.concat([this.#rest, chunk]), longestStart);
  }

  end(): ReadonlyMap<CommitId, Buffer> {
    this.#split(this.#rest, 0);
    this.#add(this.#rest);
    this.#close();
    return this.#mails;
  }

  /** Parts the data but for its last bytes, behind which more may follow. */
  #split(data: Buffer, undecided: number): void {
    let begun = 0;
    const decided = data.length - undecided;
    for (let at = this.#nextStart(data, 0); at >= 0 && at < decided; at = this.#nextStart(data, at + 1)) {
      const id = this.#startAt(data, at);
      if (id === undefined) continue;
      // git puts an empty line between two mails that is in neither file.
      this.#add(data.subarray(begun, Math.max(begun, at - 1)));
      this.#open(id);
      begun = at;
    }
    const end = Math.max(begun, decided);
    this.#add(data.subarray(begun, end));
    this.#rest = data.subarray(end);
  }

  #nextStart(data: Buffer, from: number): number {
    if (from === 0 && this.#id === undefined && data.subarray(0, 5).toString("latin1") === "From ") return 0;
    const found = data.indexOf("\nFrom ", Math.max(0, from - 1));
    return found < 0 ? -1 : found + 1;
  }

  /** The commit whose mail begins here. */
  #startAt(data: Buffer, at: number): CommitId | undefined {
    const line = data.toString("latin1", at, at + longestStart);
    const id = marker.test(line) ? /^From ([0-9a-f]{40,64}) Mon /.exec(line)?.[1] : undefined;
    const index = id === undefined ? undefined : this.#order.get(id);
    // A message may hold such a line, too, but it can only know the ids of commits before its own.
    return index === undefined || index <= this.#last ? undefined : id;
  }

  #open(id: CommitId): void {
    this.#close();
    this.#id = id;
    this.#last = this.#order.get(id) ?? this.#last;
  }

  #add(part: Buffer): void {
    if (this.#id === undefined || part.length === 0) return;
    this.#size += part.length;
    this.#total.size += part.length;
    const commit = shortCommit(this.#names.get(this.#id) ?? this.#id);
    if (this.#size > largestPatch) throw tooLarge(`the patch of commit ${commit}`, commit, largestPatch);
    if (this.#total.size > largestSeries)
      throw tooLarge(`the patches up to commit ${commit}`, commit, largestSeries);
    this.#parts.push(part);
  }

  #close(): void {
    if (this.#id === undefined) return;
    const name = this.#names.get(this.#id) ?? this.#id;
    const mail = Buffer.concat(this.#parts);
    // Commits that are made up on the way have ids as long as all others.
    mail.write(name, "From ".length, "latin1");
    this.#mails.set(this.#id, mail);
    this.#parts = [];
    this.#size = 0;
    this.#id = undefined;
  }
}

function tooLarge(what: string, commit: string, limit: number): UserError {
  return new UserError("unsupported", {
    message: `${what} would have more than ${limit / 1024 ** 2} MB, which is the limit`,
    where: `commit ${commit}`,
    remedy: "Ship large files as a source of the package instead.",
  });
}
