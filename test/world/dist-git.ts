import { git, gitText } from "../../src/git/run.js";
import type { SandboxMergeRequest } from "../../src/sandbox/model.js";
import type { SandboxCommit } from "../../src/sandbox/store.js";
import type { Side, Texts } from "./side.js";

/** What a merge request in dist-git brings, as reviewers see it. */
export interface Change {
  readonly commits: readonly SandboxCommit[];
  /** Names of the changed files. */
  readonly files: readonly string[];
  /** Lines that each changed file gains. */
  readonly added: Readonly<Record<string, readonly string[]>>;
}

export interface SeenMergeRequest extends SandboxMergeRequest {
  readonly webUrl: string;
}

export interface SetStatus {
  readonly context: string;
  readonly state: string;
  readonly description: string;
}

/** What people do in dist-git, and what they see there. */
export class DistGit {
  readonly #side: Side;

  constructor(side: Side) {
    this.#side = side;
  }

  get webUrl(): string {
    return this.#side.store.url;
  }

  /** What can go wrong with dist-git's forge. */
  get faults(): Side["forge"]["faults"] {
    return this.#side.forge.faults;
  }

  /** The forge does not take the next change of a merge request's texts or state. */
  refuseNextEdit(): void {
    const method = this.#side.forge.kind === "github" ? "PATCH" : "PUT";
    this.faults.failNextRequest({ method, path: /\/(pulls|merge_requests)\/\d+$/, status: 422 });
  }

  /** Sluice's account loses its rights here. */
  revokeSluice(): void {
    this.#side.revokeSluice();
  }

  mergeRequests(): readonly SeenMergeRequest[] {
    return this.#side.store
      .mergeRequests(this.#side.repository)
      .map((mergeRequest) => ({ ...mergeRequest, webUrl: this.#side.mergeRequestUrl(mergeRequest.number) }));
  }

  /** Somebody edits its texts. */
  async edit(mergeRequest: SeenMergeRequest | undefined, texts: Texts): Promise<void> {
    if (!mergeRequest) throw new Error("there is no merge request in dist-git");
    await this.#side.edit(this.#find(mergeRequest), texts);
  }

  comment(mergeRequest: SeenMergeRequest | undefined, body: string): number {
    if (!mergeRequest) throw new Error("there is no merge request in dist-git");
    return this.#side.store.addComment(this.#find(mergeRequest), body, this.#side.maintainer).id;
  }

  /** What Sluice said there, without the marker that nobody sees. */
  comments(mergeRequest: SeenMergeRequest | undefined): readonly string[] {
    if (!mergeRequest) throw new Error("there is no merge request in dist-git");
    return this.#side.store
      .comments(this.#find(mergeRequest))
      .filter(({ system }) => !system)
      .map(({ body }) => body.replace(/^<!--.*?-->\s*/s, ""));
  }

  async changeOf(mergeRequest: SeenMergeRequest | undefined): Promise<Change> {
    if (!mergeRequest) throw new Error("there is no merge request in dist-git");
    const found = this.#find(mergeRequest);
    const commits = await this.#side.store.mergeRequestCommits(found);
    const directory = this.#side.repository.gitDirectory;
    const range = [`${found.targetBranch}...${found.head}`];
    const files = (await gitText(["diff", "--name-only", ...range], { directory }))
      .split("\n")
      .filter(Boolean);
    const added: Record<string, string[]> = {};
    for (const file of files) {
      const diff = await gitText(["diff", "--unified=0", ...range, "--", file], { directory });
      added[file] = diff.split("\n").flatMap((line) => (/^\+(?!\+\+ )/.test(line) ? [line.slice(1)] : []));
    }
    return { commits, files, added };
  }

  async close(mergeRequest: SeenMergeRequest | undefined): Promise<void> {
    await this.#side.store.closeMergeRequest(this.#find(mergeRequest), this.#side.maintainer);
  }

  async reopen(mergeRequest: SeenMergeRequest | undefined): Promise<void> {
    await this.#side.store.reopenMergeRequest(this.#find(mergeRequest), this.#side.maintainer);
  }

  async merge(mergeRequest: SeenMergeRequest | undefined, { squash = false } = {}): Promise<void> {
    await this.#side.store.merge(this.#find(mergeRequest), { squash }, this.#side.maintainer);
  }

  /** Somebody pushes a commit of their own to a branch. */
  async push(branch: string, file: string): Promise<void> {
    const { repository, store } = this.#side;
    const parent = await store.branch(repository, branch);
    if (parent === undefined) throw new Error(`there is no branch ${branch}`);
    await this.#side.pushFile({ branch, file, content: "by a person\n" });
  }

  /** Somebody pushes a commit that writes these files. */
  async write(branch: string, files: Readonly<Record<string, string>>): Promise<void> {
    await this.#side.pushFiles({ branch, files });
  }

  /** What a file of a branch says. */
  async read(branch: string, path: string): Promise<string | undefined> {
    const file = await this.#side.store.file(this.#side.repository, { revision: branch, path });
    return file?.toString("utf8");
  }

  async hasBranch(branch: string): Promise<boolean> {
    return (await this.#side.store.branch(this.#side.repository, branch)) !== undefined;
  }

  /** The repository that has a merge request's branch. */
  homeOf(mergeRequest: SeenMergeRequest | undefined): string | undefined {
    const id = mergeRequest?.sourceRepository;
    return id === undefined ? undefined : this.#side.store.repositoryById(id)?.path;
  }

  async createBranch(branch: string): Promise<void> {
    const { store, repository, maintainer: by } = this.#side;
    const commit = await store.branch(repository, "main");
    if (commit === undefined) throw new Error("there is no branch main");
    await store.createBranch(repository, { name: branch, commit, by });
  }

  /** Somebody puts a branch back to an earlier commit. */
  async resetBranch(name: string, commit: string): Promise<void> {
    await this.#side.store.createBranch(this.#side.repository, { name, commit, by: this.#side.maintainer });
  }

  /** The repository is not found any more. */
  vanish(): void {
    this.#side.repository.path = "attic/tally";
  }

  async deleteBranch(branch: string): Promise<void> {
    await this.#side.store.deleteBranch(this.#side.repository, { name: branch, by: this.#side.maintainer });
  }

  async has(commit: string): Promise<boolean> {
    const directory = this.#side.repository.gitDirectory;
    const { exitCode } = await git(["cat-file", "-e", commit], { directory, expect: [0, 1, 128] });
    return exitCode === 0;
  }

  /** What the CI of dist-git does with every merge request. */
  script(jobs: Parameters<Side["script"]>[0]): void {
    this.#side.script(jobs);
  }

  /** Somebody else's CI sets a status on the head of the only merge request, through the API. */
  async setStatus(status: SetStatus): Promise<void> {
    const [mergeRequest] = this.mergeRequests();
    if (!mergeRequest) throw new Error("there is no merge request in dist-git");
    const { head, sourceBranch } = mergeRequest;
    await this.#side.setStatus(head, { ...status, ref: sourceBranch });
  }

  #find(mergeRequest: SeenMergeRequest | undefined): SandboxMergeRequest {
    const found = mergeRequest && this.#side.store.mergeRequest(this.#side.repository, mergeRequest.number);
    if (!found) throw new Error("there is no such merge request in dist-git");
    return found;
  }
}
