import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { git } from "../../src/git/run.js";
import type { SandboxMergeRequest, SandboxRepository, SandboxUser } from "../../src/sandbox/model.js";
import { applyMail, type PackageRepositories, person } from "../../src/sandbox/package.js";
import type { DeliveryOrder, Side, Texts } from "./side.js";
import { readStatuses, type SeenStatus } from "./statuses.js";

export interface Opening {
  readonly from?: "branch" | "fork";
  readonly title?: string;
  readonly description?: string;
  readonly targetBranch?: string;
  readonly draft?: boolean;
  /** Files to write instead of the package's contribution. */
  readonly change?: Readonly<Record<string, string>>;
}

/** A merge request as its author knows it. */
export interface Opened {
  readonly number: number;
  readonly head: string;
  readonly webUrl: string;
}

const author = person("Robin Okafor", "robin@contributor.example", "2026-11-02T16:05:00+00:00");

/** What people do in source-git, and what they see there. */
export class SourceGit {
  readonly #side: Side;
  readonly #package: PackageRepositories;
  readonly #places = new Map<number, { readonly repository: SandboxRepository; readonly branch: string }>();
  readonly #read = new Set<number>();
  #branches = 0;

  constructor(side: Side, packageRepositories: PackageRepositories) {
    this.#side = side;
    this.#package = packageRepositories;
  }

  async openMergeRequest(opening: Opening = {}): Promise<Opened> {
    const by = opening.from === "fork" ? this.#side.contributor : this.#side.maintainer;
    const repository = opening.from === "fork" ? await this.#fork(by) : this.#side.repository;
    const branch = `change-${++this.#branches}`;
    await this.#commitOn(branch, opening.change);
    await this.#push({ repository, branch, by });
    const outcome = await this.#side.store.openMergeRequest({
      repository: this.#side.repository,
      sourceRepository: repository,
      sourceBranch: branch,
      targetBranch: opening.targetBranch ?? "main",
      title: opening.title ?? "Do not overflow on large sums",
      description: opening.description ?? "",
      draft: opening.draft ?? false,
      author: by,
    });
    if (outcome.outcome !== "opened") throw new Error(`merge request not opened: ${outcome.outcome}`);
    this.#places.set(outcome.mergeRequest.number, { repository, branch });
    return this.#opened(outcome.mergeRequest);
  }

  /** The branch of a merge request is to go somewhere else as well. */
  async openAgain(mergeRequest: Opened, targetBranch: string): Promise<Opened> {
    const { repository, branch: sourceBranch } = this.#place(mergeRequest);
    const outcome = await this.#side.store.openMergeRequest({
      ...{ repository: this.#side.repository, sourceRepository: repository, sourceBranch, targetBranch },
      ...{ title: "The same elsewhere", description: "", draft: false, author: this.#side.maintainer },
    });
    if (outcome.outcome !== "opened") throw new Error(`merge request not opened: ${outcome.outcome}`);
    this.#places.set(outcome.mergeRequest.number, { repository, branch: sourceBranch });
    return this.#opened(outcome.mergeRequest);
  }

  /** One more commit on the merge request's branch. */
  async push(mergeRequest: Opened, change: Readonly<Record<string, string>>): Promise<Opened> {
    const { repository, branch } = this.#place(mergeRequest);
    await git(["switch", "--quiet", branch], { directory: this.#package.sourceGit });
    await this.#commit(change);
    const by = repository === this.#side.repository ? this.#side.maintainer : this.#side.contributor;
    await this.#push({ repository, branch, by });
    return this.#opened(this.#find(mergeRequest));
  }

  /** What can go wrong with source-git's forge. */
  get faults(): Side["forge"]["faults"] {
    return this.#side.forge.faults;
  }

  async createBranch(branch: string): Promise<void> {
    const { store, repository, maintainer: by } = this.#side;
    const commit = await store.branch(repository, "main");
    if (commit === undefined) throw new Error("there is no branch main");
    await store.createBranch(repository, { name: branch, commit, by });
  }

  /** A commit that lands on a branch without a merge request. */
  async pushTo(branch: string, change: Readonly<Record<string, string>>): Promise<void> {
    await git(["switch", "--quiet", branch], { directory: this.#package.sourceGit });
    await this.#commit(change);
    await this.#push({ repository: this.#side.repository, branch, by: this.#side.maintainer });
  }

  /** A maintainer's commit on a branch as it is on the forge by now. */
  async write(branch: string, files: Readonly<Record<string, string>>, message?: string): Promise<void> {
    await this.#side.pushFiles({ branch, files, ...(message === undefined ? {} : { message }) });
  }

  /** What a file of a branch says. */
  async read(branch: string, path: string): Promise<string | undefined> {
    const file = await this.#side.store.file(this.#side.repository, { revision: branch, path });
    return file?.toString("utf8");
  }

  async hasBranch(branch: string): Promise<boolean> {
    return (await this.#side.store.branch(this.#side.repository, branch)) !== undefined;
  }

  /** All of them, Sluice's own among them. */
  mergeRequests(): readonly (SandboxMergeRequest & { readonly webUrl: string })[] {
    const found = this.#side.store.mergeRequests(this.#side.repository);
    return found.map((each) => ({ ...each, webUrl: this.#side.mergeRequestUrl(each.number) }));
  }

  /** Somebody edits its texts. */
  async edit(mergeRequest: Opened, texts: Texts): Promise<void> {
    await this.#side.edit(this.#find(mergeRequest), texts);
  }

  async close(mergeRequest: Pick<Opened, "number">): Promise<void> {
    await this.#side.store.closeMergeRequest(this.#find(mergeRequest), this.#side.maintainer);
  }

  async reopen(mergeRequest: Opened): Promise<void> {
    await this.#side.store.reopenMergeRequest(this.#find(mergeRequest), this.#side.maintainer);
  }

  async merge(mergeRequest: Pick<Opened, "number">, { squash = false } = {}): Promise<void> {
    await this.#side.store.merge(this.#find(mergeRequest), { squash }, this.#side.maintainer);
  }

  state(mergeRequest: Opened): "open" | "closed" | "merged" {
    return this.#find(mergeRequest).state;
  }

  async redeliverWebhooks(order?: DeliveryOrder): Promise<void> {
    await this.#side.redeliverWebhooks(order);
  }

  /** What people wrote or Sluice said, without the marker that nobody sees. */
  comments(mergeRequest: Pick<Opened, "number">): readonly string[] {
    this.#read.add(mergeRequest.number);
    return this.#commentsOn(this.#find(mergeRequest));
  }

  /** What Sluice said of trouble on merge requests whose comments nobody looked at. */
  unreadComplaints(): readonly string[] {
    return this.#side.store
      .mergeRequests(this.#side.repository)
      .filter(({ number }) => !this.#read.has(number))
      .flatMap((mergeRequest) => this.#commentsOn(mergeRequest))
      .filter((text) => /^\*\*(Not mirrored|Waiting|Stopped)/.test(text));
  }

  #commentsOn(mergeRequest: SandboxMergeRequest): readonly string[] {
    return this.#side.store
      .comments(mergeRequest)
      .filter(({ system }) => !system)
      .map(({ body }) => body.replace(/^<!--.*?-->\s*/s, ""));
  }

  /** A comment by a person: one without write access unless told. */
  comment(mergeRequest: Opened, body: string, by: "maintainer" | "contributor" = "contributor"): number {
    return this.#side.store.addComment(this.#find(mergeRequest), body, this.#side[by]).id;
  }

  /** A maintainer answers a mail of the forge. */
  mailComment(mergeRequest: Opened, body: string): number {
    return this.#side.store.mailComment(this.#find(mergeRequest), body, this.#side.maintainer).id;
  }

  /** A program with rights writes a comment. */
  commentByBot(mergeRequest: Opened, body: string): number {
    const bot = this.#side.forge.account("sluice-bot").user;
    return this.#side.store.addComment(this.#find(mergeRequest), body, bot).id;
  }

  /** Somebody approves the head: one who may write, or one who passes by, or a program. */
  approve(mergeRequest: Opened, by: "maintainer" | "stranger" | "approver" = "maintainer"): void {
    const found = this.#find(mergeRequest);
    this.#side.store.addReview(found, { verdict: "approved", body: "" }, this.#side[by]);
  }

  /** The repository is not found any more. */
  vanish(): void {
    this.#side.repository.path = "attic/tally";
  }

  /** Somebody with the right deletes all of them. */
  deleteComments(mergeRequest: Opened): void {
    const { store } = this.#side;
    for (const comment of store.comments(this.#find(mergeRequest))) store.deleteComment(comment);
  }

  editComment(id: number, body: string): void {
    this.#side.editComment(id, body);
  }

  /** How Sluice reacted to a comment: thumbs. */
  reactions(mergeRequest: Opened, comment: number): Promise<readonly string[]> {
    return this.#side.reactions(mergeRequest.number, comment);
  }

  /** The newest status of each context on the merge request's head. */
  statuses(mergeRequest: Pick<Opened, "head">): Readonly<Record<string, SeenStatus>> {
    return Object.fromEntries(this.#seen(mergeRequest).map((status) => [status.context, status]));
  }

  /** Every status of one context on the head that was ever set, oldest first: `pending: mirroring…`. */
  statusHistory(mergeRequest: Opened, context: string): readonly string[] {
    return this.#side.statusHistory(mergeRequest.head, context);
  }

  #seen(mergeRequest: Pick<Opened, "head">): readonly SeenStatus[] {
    return readStatuses(this.#side.store, this.#side.repository, mergeRequest.head);
  }

  async #fork(by: SandboxUser): Promise<SandboxRepository> {
    const { store, repository } = this.#side;
    return store.repositoryByPath(`${by.login}/tally`) ?? store.fork(repository, by);
  }

  async #commitOn(branch: string, change: Opening["change"]): Promise<void> {
    const directory = this.#package.sourceGit;
    await git(["switch", "--quiet", "--create", branch, "main"], { directory });
    if (change) await this.#commit(change);
    else await applyMail(directory, this.#package.contribution, author);
  }

  async #commit(change: Readonly<Record<string, string>>): Promise<void> {
    const directory = this.#package.sourceGit;
    for (const [path, content] of Object.entries(change)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), content);
    }
    await git(["add", "--all", "--force"], { directory });
    const message = `Change ${Object.keys(change).join(", ")}`;
    await git(["commit", "--quiet", "-m", message], { directory, environment: author });
  }

  async #push(what: { repository: SandboxRepository; branch: string; by: SandboxUser }): Promise<void> {
    await git(["push", "--quiet", "--force", this.#side.cloneUrl(what.repository), what.branch], {
      directory: this.#package.sourceGit,
      credentials: this.#side.credentials(what.by),
    });
  }

  #place({ number }: Opened) {
    const place = this.#places.get(number);
    if (!place) throw new Error(`no merge request ${number} was opened here`);
    return place;
  }

  #find({ number }: Pick<Opened, "number">): SandboxMergeRequest {
    const found = this.#side.store.mergeRequest(this.#side.repository, number);
    if (!found) throw new Error(`there is no merge request ${number}`);
    return found;
  }

  #opened(mergeRequest: SandboxMergeRequest): Opened {
    const { number, head } = mergeRequest;
    return { number, head, webUrl: this.#side.mergeRequestUrl(number) };
  }
}
