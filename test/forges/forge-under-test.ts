import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommentRef } from "../../src/domain/comment.js";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import type { RepositoryRef } from "../../src/domain/refs.js";
import { Secret } from "../../src/domain/secret.js";
import type { Forge } from "../../src/forges/forge.js";
import { createGitHubForge } from "../../src/forges/github/adapter.js";
import { createGitLabForge } from "../../src/forges/gitlab/adapter.js";
import { type ForgeMemory, shortMemory } from "../../src/forges/memory.js";
import { formatCommit, formatTree, objectId } from "../../src/git/codec.js";
import { writeLooseObjects } from "../../src/git/loose-objects.js";
import type { SandboxRepository, SandboxUser } from "../../src/sandbox/model.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import { startSandbox } from "../../src/sandbox/start.js";
import { checkGitHubExchange, observedExchange } from "../contract/github-openapi.js";
import { checkGitLabExchange, observedGitLabExchange } from "../contract/gitlab-contract.js";
import { MovableClock } from "../world/clock.js";

/** Which forge, and as whom. */
export type Account = "GitHub, as an app" | "GitHub, as a user" | "GitLab";

interface OtherAdapter {
  readonly credential?: string;
  readonly url?: string;
  readonly memory?: ForgeMemory;
  readonly webhooks?: "groups";
}

/** A forge in a box, the adapter that speaks to it over HTTP, and what a person would do or see there. */
export class ForgeUnderTest {
  readonly account: Account;
  readonly clock: MovableClock;
  readonly box: SandboxForge;
  readonly forge: Forge;
  readonly maintainer: SandboxUser;
  readonly contributor: SandboxUser;
  /** What the forge's published description does not allow of what was said so far. */
  readonly violations: string[] = [];
  readonly #end: () => Promise<void>;
  #repositories = 0;

  static async start(account: Account): Promise<ForgeUnderTest> {
    const directory = await mkdtemp(join(tmpdir(), "sluice-forge-"));
    const clock = new MovableClock();
    const kind = account === "GitLab" ? "gitlab" : "github";
    const sandbox = await startSandbox({ forges: [{ name: kind, kind }], directory, clock });
    const end = async () => {
      await sandbox.close();
      await rm(directory, { recursive: true });
    };
    return new ForgeUnderTest(account, { box: sandbox.forge(kind), clock, end });
  }

  private constructor(
    account: Account,
    { box, clock, end }: { box: SandboxForge; clock: MovableClock; end: () => Promise<void> },
  ) {
    this.account = account;
    this.box = box;
    this.clock = clock;
    this.#end = end;
    this.forge = this.adapter();
    this.maintainer = box.account("maintainer").user;
    this.contributor = box.account("contributor").user;
    this.#watch();
  }

  /** One more adapter with our own credentials, or with others, or for another place. */
  adapter({ webhooks, ...other }: OtherAdapter = {}): Forge {
    const { credential = this.#credential(), url = this.box.url, memory = shortMemory() } = other;
    const settings = { name: "forge.example", url, clock: this.clock, memory, ...(webhooks && { webhooks }) };
    const secret = new Secret(credential);
    if (this.account === "GitLab") return createGitLabForge({ ...settings, token: secret });
    const app = this.box.app?.app;
    return createGitHubForge({
      ...settings,
      authentication:
        this.account === "GitHub, as an app" && app
          ? { kind: "app", appId: String(app.id), privateKey: secret }
          : { kind: "token", token: secret },
    });
  }

  #credential(): string {
    if (this.account === "GitHub, as an app") return this.box.app?.privateKey ?? "";
    return this.box.account("sluice-bot").token;
  }

  /** A token or a key of the right form that the forge does not know. */
  unknownCredential(): string {
    if (this.account !== "GitHub, as an app") return "not-a-token-of-this-forge";
    const privateKeyEncoding = { type: "pkcs1", format: "pem" } as const;
    const publicKeyEncoding = { type: "spki", format: "pem" } as const;
    return generateKeyPairSync("rsa", { modulusLength: 2048, privateKeyEncoding, publicKeyEncoding })
      .privateKey;
  }

  /** Who the adapter is on the forge. */
  get ourselves(): SandboxUser {
    const bot = this.box.app?.app.bot;
    return this.account === "GitHub, as an app" && bot ? bot : this.box.account("sluice-bot").user;
  }

  /** A repository with one commit on `main`, where we may write. */
  async repository({ isPrivate = false } = {}): Promise<TestRepository> {
    const { store } = this.box;
    const path = `maintainer/hello-${++this.#repositories}`;
    const repository = await store.createRepository({ path, owner: this.maintainer, private: isPrivate });
    store.setMember(repository, this.ourselves, "write");
    await commitOn(this.box, repository, { branch: "main", by: this.maintainer });
    return { repository, ref: { forge: "forge.example", path } };
  }

  /** A branch that is one commit ahead of `main`. */
  async branch({ repository }: TestRepository, branch: string): Promise<string> {
    return commitOn(this.box, repository, { branch, by: this.maintainer });
  }

  /** A merge request by a person, from a branch of the repository or of a fork of it. */
  async mergeRequest(into: TestRepository, opening: Opening = {}): Promise<MergeRequest> {
    const { fork = false, branch = "change", title = "Fix the greeting", draft = false } = opening;
    const author = fork ? this.contributor : this.maintainer;
    const source = fork ? await this.#fork(into) : into.repository;
    await commitOn(this.box, source, { branch, by: author });
    const outcome = await this.box.store.openMergeRequest({
      repository: into.repository,
      sourceRepository: source,
      sourceBranch: branch,
      targetBranch: "main",
      title,
      description: "It said *hullo*.",
      draft,
      author,
    });
    if (outcome.outcome !== "opened") throw new Error(outcome.outcome);
    const found = await this.forge.findMergeRequest({
      repository: into.ref,
      number: outcome.mergeRequest.number,
    });
    if (!found) throw new Error("a merge request that was opened is not found");
    return found;
  }

  async #fork({ repository }: TestRepository): Promise<SandboxRepository> {
    const path = `contributor/${repository.path.split("/")[1] ?? ""}`;
    return this.box.store.repositoryByPath(path) ?? this.box.store.fork(repository, this.contributor);
  }

  /** What people read under a merge request. */
  comments({ ref }: MergeRequest): readonly { readonly login: string; readonly body: string }[] {
    return this.box.store
      .comments(this.#stored(ref.repository, ref.number))
      .filter(({ system }) => !system)
      .map(({ author, body }) => ({ login: author.login, body }));
  }

  /** How anybody reacted to a comment, in the forge's own words. */
  async reactions({ mergeRequest: { repository, number }, id }: CommentRef): Promise<readonly string[]> {
    const { token } = this.box.account("maintainer");
    const place =
      this.account === "GitLab"
        ? `projects/${encodeURIComponent(repository.path)}/merge_requests/${number}/notes/${id}/award_emoji`
        : `repos/${repository.path}/issues/comments/${id}/reactions`;
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.box.apiUrl}/${place}`, { headers });
    const given = (await response.json()) as readonly { readonly name?: string; readonly content?: string }[];
    return given.map(({ name, content }) => name ?? content ?? "");
  }

  comment({ ref }: MergeRequest, body: string, by = this.contributor): void {
    this.box.store.addComment(this.#stored(ref.repository, ref.number), body, by);
  }

  /** Somebody approves the head. */
  approve({ ref }: MergeRequest, by = this.maintainer): void {
    this.box.store.addReview(
      this.#stored(ref.repository, ref.number),
      { verdict: "approved", body: "Fine." },
      by,
    );
  }

  /** Somebody takes their approval back. */
  withdraw({ ref }: MergeRequest, by = this.maintainer): void {
    const { store } = this.box;
    const mergeRequest = this.#stored(ref.repository, ref.number);
    const review = store.reviews(mergeRequest).findLast(({ author }) => author.id === by.id);
    if (review) store.withdrawReview(mergeRequest, review, by);
  }

  stored({ ref }: MergeRequest) {
    return this.#stored(ref.repository, ref.number);
  }

  /** Every status record that was ever posted on the commit, oldest first. */
  statuses({ path }: RepositoryRef, commit: string) {
    return this.box.store.statuses(this.#repository(path), commit);
  }

  #stored({ path }: RepositoryRef, number: number) {
    const found = this.box.store.mergeRequest(this.#repository(path), number);
    if (!found) throw new Error(`no merge request ${number} in ${path}`);
    return found;
  }

  #repository(path: string): SandboxRepository {
    const found = this.box.store.repositoryByPath(path);
    if (!found) throw new Error(`no repository ${path}`);
    return found;
  }

  #watch(): void {
    this.box.afterRequest((request, response) => {
      // GitHub's description of this one list wants each account to be a user and an enterprise at once.
      if (request.path === "/api/v3/app/installations") return;
      const violations =
        this.box.kind === "github"
          ? checkGitHubExchange(observedExchange(request, response))
          : checkGitLabExchange(observedGitLabExchange(request, response));
      this.violations.push(...violations);
    });
  }

  async end(): Promise<void> {
    await this.#end();
  }
}

export interface TestRepository {
  readonly repository: SandboxRepository;
  readonly ref: RepositoryRef;
}

export interface Opening {
  readonly fork?: boolean;
  readonly branch?: string;
  readonly title?: string;
  readonly draft?: boolean;
}

/** One more commit on the branch, which grows out of `main` where it is new. */
async function commitOn(
  { store }: SandboxForge,
  repository: SandboxRepository,
  { branch, by }: { readonly branch: string; readonly by: SandboxUser },
): Promise<string> {
  const parent = (await store.branch(repository, branch)) ?? (await store.branch(repository, "main"));
  const who = { name: by.name, email: by.email, date: `${Math.floor(Date.now() / 1000)} +0000` };
  const blob = { type: "blob", content: Buffer.from(`${branch} after ${parent ?? "nothing"}`) } as const;
  const file = { mode: "100644", name: "greeting", id: objectId(blob, "sha1") };
  const tree = { type: "tree", content: formatTree([file]) } as const;
  const parents = parent === undefined ? [] : [parent];
  const change = { tree: objectId(tree, "sha1"), parents, author: who, committer: who };
  const content = formatCommit({ ...change, message: "Change the greeting\n" });
  const objects = [blob, tree, { type: "commit", content } as const];
  // git itself would take three processes, for each of hundreds of commits.
  await writeLooseObjects(join(repository.gitDirectory, "objects"), { objects, format: "sha1" });
  const commit = objectId({ type: "commit", content }, "sha1");
  await store.createBranch(repository, { name: branch, commit, by });
  return commit;
}
