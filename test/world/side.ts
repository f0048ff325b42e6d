import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Secret } from "../../src/domain/secret.js";
import type { RemoteCredentials } from "../../src/git/environment.js";
import { git } from "../../src/git/run.js";
import type { Example } from "../../src/sandbox/example.js";
import type { SandboxMergeRequest, SandboxRepository, SandboxUser } from "../../src/sandbox/model.js";
import { person } from "../../src/sandbox/package.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import type { SandboxStore } from "../../src/sandbox/store.js";
import type { StatusLog } from "./status-log.js";

/** What people can edit of a merge request. */
export interface Texts {
  readonly title?: string;
  readonly description?: string;
  readonly draft?: boolean;
  readonly labels?: string[];
}

type CiJobs = Parameters<SandboxForge["ci"]["script"]>[1]["jobs"];

/** In what order webhooks arrive. */
export type DeliveryOrder = "as they came" | "newest first";

/** One side of a link in the world: its forge, its repository, and who works there. */
export class Side {
  readonly forge: SandboxForge;
  readonly repository: SandboxRepository;
  readonly #log: StatusLog;
  readonly #clone: string;
  #stranger: SandboxUser | undefined;
  #approver: SandboxUser | undefined;

  constructor(parts: { forge: SandboxForge; repository: SandboxRepository; log: StatusLog; clone: string }) {
    this.forge = parts.forge;
    this.repository = parts.repository;
    this.#log = parts.log;
    this.#clone = parts.clone;
  }

  get store(): SandboxStore {
    return this.forge.store;
  }

  get maintainer(): SandboxUser {
    return this.forge.account("maintainer").user;
  }

  get contributor(): SandboxUser {
    return this.forge.account("contributor").user;
  }

  /** Somebody who has an account and no rights. */
  get stranger(): SandboxUser {
    this.#stranger ??= this.forge.addAccount({
      login: "passer-by",
      name: "Kim",
      email: "kim@example.org",
    }).user;
    return this.#stranger;
  }

  /** A program that may write, and approves what comes. */
  get approver(): SandboxUser {
    this.#approver ??= this.forge.addAccount({ login: "auto-approver", bot: true }).user;
    this.store.setMember(this.repository, this.#approver, "write");
    return this.#approver;
  }

  cloneUrl(repository: SandboxRepository): string {
    return this.forge.cloneUrl(repository);
  }

  credentials({ login }: SandboxUser): RemoteCredentials {
    return { url: this.forge.url, username: login, password: new Secret(this.forge.account(login).token) };
  }

  mergeRequestUrl(number: number): string {
    const page = this.forge.kind === "github" ? "pull" : "-/merge_requests";
    return `${this.forge.url}/${this.repository.path}/${page}/${number}`;
  }

  /** A maintainer edits a merge request's texts; GitLab keeps a draft in the title. */
  async edit(
    mergeRequest: SandboxMergeRequest,
    { title = mergeRequest.title, draft = mergeRequest.draft, ...rest }: Texts,
  ): Promise<void> {
    const plain = title.replace(/^Draft: /, "");
    const stored = this.forge.kind === "gitlab" && draft ? `Draft: ${plain}` : plain;
    await this.store.editMergeRequest(mergeRequest, { title: stored, draft, ...rest }, this.maintainer);
  }

  editComment(id: number, body: string): void {
    const comment = this.store.comment(this.repository, id);
    if (!comment) throw new Error(`there is no comment ${id}`);
    this.store.editComment(comment, body, comment.author);
  }

  /** How anybody reacted to a comment. */
  async reactions(number: number, comment: number): Promise<readonly string[]> {
    const { forge, repository } = this;
    const place =
      forge.kind === "gitlab"
        ? `projects/${encodeURIComponent(repository.path)}/merge_requests/${number}/notes/${comment}/award_emoji`
        : `repos/${repository.path}/issues/comments/${comment}/reactions`;
    const headers = { authorization: `Bearer ${forge.account("maintainer").token}` };
    const response = await fetch(`${forge.apiUrl}/${place}`, { headers });
    const given = (await response.json()) as readonly { readonly name?: string; readonly content?: string }[];
    const words: Readonly<Record<string, string>> = { "+1": "thumbsup", "-1": "thumbsdown" };
    return given.map(({ name, content = "" }) => name ?? words[content] ?? content);
  }

  statusHistory(commit: string, context: string): readonly string[] {
    return this.#log.of(commit, context);
  }

  /** Everything that this side sent so far arrives once more. */
  async redeliverWebhooks(order: DeliveryOrder = "as they came"): Promise<void> {
    const first = this.forge.webhooks.deliveries().filter(({ redeliveryOf }) => redeliveryOf === undefined);
    const sent = order === "newest first" ? [...first].reverse() : first;
    for (const delivery of sent) await this.forge.webhooks.redeliver(delivery);
  }

  /** A maintainer's tool sets a commit status. */
  async setStatus(commit: string, status: Readonly<Record<string, string>>): Promise<void> {
    const { forge, repository } = this;
    const { token } = forge.account("maintainer");
    const place =
      forge.kind === "github"
        ? `repos/${repository.path}`
        : `projects/${encodeURIComponent(repository.path)}`;
    const response = await fetch(`${forge.apiUrl}/${place}/statuses/${commit}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ ...status, ...(forge.kind === "gitlab" && stateOnGitLab(status)) }),
    });
    if (!response.ok) throw new Error(`the status was refused: ${await response.text()}`);
  }

  /** Requests of Sluice's account are refused from now on, as with a token that was taken back. */
  revokeSluice(): void {
    this.forge.faults.failNextRequest({ method: "POST", path: /\/(pulls|merge_requests)$/, status: 403 });
  }

  script(jobs: CiJobs): void {
    this.forge.ci.script(this.repository, { jobs, stepMilliseconds: 5 });
  }

  /** A maintainer pushes one file to a branch of this side. */
  async pushFile(what: { branch: string; file: string; content: string }): Promise<void> {
    await this.pushFiles({ branch: what.branch, files: { [what.file]: what.content } });
  }

  /** A maintainer pushes a commit to a branch of this side as it is there by now. */
  async pushFiles(what: {
    branch: string;
    files: Readonly<Record<string, string>>;
    message?: string;
  }): Promise<void> {
    const { branch, files } = what;
    const message = what.message ?? `Change ${Object.keys(files).join(", ")}`;
    const directory = this.#clone;
    const url = this.cloneUrl(this.repository);
    const credentials = this.credentials(this.maintainer);
    await git(["fetch", "--quiet", url, branch], { directory, credentials });
    await git(["switch", "--quiet", "--detach", "FETCH_HEAD"], { directory });
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), content);
    }
    await git(["add", "--all", "--force"], { directory });
    const environment = person("Ines Novak", "ines@distro.example", "2026-11-03T10:00:00+01:00");
    await git(["commit", "--quiet", "-m", message], { directory, environment });
    await git(["push", "--quiet", url, `HEAD:refs/heads/${branch}`], { directory, credentials });
    await git(["switch", "--quiet", "main"], { directory });
  }
}

/** GitLab's own word. */
function stateOnGitLab({ state }: Readonly<Record<string, string>>): { readonly state?: string } {
  return state === "failure" ? { state: "failed" } : {};
}

export function sourceSide(example: Example, log: StatusLog): Side {
  const { sourceForge: forge, sourceGit: repository, local } = example;
  return new Side({ forge, repository, log, clone: local.sourceGit });
}

export function distSide(example: Example, log: StatusLog): Side {
  const { distForge: forge, distGit: repository, local } = example;
  return new Side({ forge, repository, log, clone: local.distGit });
}
