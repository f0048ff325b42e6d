import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { systemClock } from "../../src/domain/clock.js";
import { git, gitText } from "../../src/git/run.js";
import { createActivity } from "../../src/sandbox/activity.js";
import type { WebhookRequest } from "../../src/sandbox/dialect.js";
import { githubDialect } from "../../src/sandbox/github/dialect.js";
import { installApp } from "../../src/sandbox/memory/app.js";
import { type Ci, createCi } from "../../src/sandbox/memory/ci.js";
import { type Core, createCore } from "../../src/sandbox/memory/core.js";
import { createMemoryStore } from "../../src/sandbox/memory/memory-store.js";
import { createToken, createUser } from "../../src/sandbox/memory/people.js";
import type { SandboxHook, SandboxRepository, SandboxUser } from "../../src/sandbox/model.js";
import type { SandboxStore } from "../../src/sandbox/store.js";
import { type GitHubClient, githubClient } from "./github-client.js";

/** A sandbox forge that speaks GitHub, over HTTP, with what a test wants to know of it. */
export interface GitHubForge {
  readonly store: SandboxStore;
  readonly ci: Ci;
  /** PEM; the app signs its JWTs with it. */
  readonly privateKey: string;
  person(login: string): { readonly user: SandboxUser; readonly api: GitHubClient };
  api(authorization?: string): GitHubClient;
  /** Asks as the app's installation. */
  readonly app: GitHubClient;
  /** Puts a commit with these files on a branch, made from `from` where it is new. */
  commit(repository: SandboxRepository, wanted: NewCommit): Promise<string>;
  /** What the hook would have been sent so far. */
  webhooks(hook: SandboxHook): Promise<readonly WebhookRequest[]>;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface NewCommit {
  readonly branch: string;
  readonly from?: string;
  readonly files: Readonly<Record<string, string>>;
  readonly message?: string;
  readonly by: SandboxUser;
}

export async function startGitHub(): Promise<GitHubForge> {
  const directory = await mkdtemp(join(tmpdir(), "github-sandbox-"));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const activity = createActivity();
  const settings = { name: "github", kind: "github", url, directory, activity } as const;
  const core = createCore({ ...settings, clock: systemClock, mergeabilityDelay: 20 });
  const installed = await installApp(core);
  const ci = createCi(core);
  const store = createMemoryStore(core, ci, installed);
  const told = listen(core, store);
  const { fetch } = githubDialect.routes(store);
  server.on("request", (request, response) => void getRequestListener(fetch)(request, response));

  const api = (authorization?: string) => githubClient(url, authorization);
  return {
    store,
    ci,
    privateKey: installed.privateKey,
    api,
    app: api(`token ${store.createInstallationToken().token}`),
    person: (login) => {
      const user = store.userByLogin(login) ?? createUser(core, { login });
      return { user, api: api(`token ${createToken(core, user)}`) };
    },
    commit: (repository, wanted) => commit(store, repository, wanted),
    webhooks: told,
    settled: () => activity.settled(),
    close: async () => {
      await activity.close();
      await new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      });
      await rm(directory, { recursive: true });
    },
  };
}

function listen(core: Core, store: SandboxStore) {
  const happenings: Parameters<Parameters<Core["listen"]>[0]>[0][] = [];
  core.listen((happening) => void happenings.push(happening));
  return async (hook: SandboxHook) => {
    const sent: WebhookRequest[] = [];
    for (const happening of happenings) sent.push(...(await githubDialect.webhooks(store, happening, hook)));
    return sent;
  };
}

async function commit(
  store: SandboxStore,
  repository: SandboxRepository,
  { branch, from, files, message, by }: NewCommit,
): Promise<string> {
  const directory = repository.gitDirectory;
  const environment = {
    GIT_INDEX_FILE: join(directory, "test-index"),
    ...{ GIT_AUTHOR_NAME: by.name, GIT_AUTHOR_EMAIL: by.email },
    ...{ GIT_COMMITTER_NAME: by.name, GIT_COMMITTER_EMAIL: by.email },
  };
  const parent = (await store.branch(repository, branch)) ?? (from && (await store.branch(repository, from)));
  await git(["read-tree", ...(parent ? [parent] : ["--empty"])], { directory, environment });
  for (const [path, content] of Object.entries(files)) {
    const blob = await gitText(["hash-object", "-w", "--stdin"], { directory, input: content });
    await git(["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`], { directory, environment });
  }
  const tree = await gitText(["write-tree"], { directory, environment });
  const id = await gitText(["commit-tree", tree, ...(parent ? ["-p", parent] : [])], {
    directory,
    environment,
    input: `${message ?? `Change ${Object.keys(files).join(", ")}`}\n`,
  });
  await store.createBranch(repository, { name: branch, commit: id, by });
  return id;
}
