import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/domain/clock.js";
import { git, gitText } from "../../src/git/run.js";
import type { Delivery } from "../../src/sandbox/deliveries.js";
import { startForge } from "../../src/sandbox/forge.js";
import { githubDialect } from "../../src/sandbox/github/dialect.js";
import type { SandboxHook, SandboxRepository, SandboxUser } from "../../src/sandbox/model.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import type { SandboxStore } from "../../src/sandbox/store.js";
import { type GitHubClient, githubClient } from "./github-client.js";

/** A sandbox forge that speaks GitHub, and the people who ask it over HTTP. */
export interface GitHubForge {
  readonly store: SandboxStore;
  readonly ci: SandboxForge["ci"];
  /** PEM; the app signs its JWTs with it. */
  readonly privateKey: string;
  person(login: string): Person;
  api(authorization?: string): GitHubClient;
  /** Asks as the app's installation. */
  readonly app: GitHubClient;
  /** Puts a commit with these files on a branch, made from `from` where it is new. */
  commit(repository: SandboxRepository, wanted: NewCommit): Promise<string>;
  /** What was sent to the hook so far, the app's own unless another is named. */
  webhooks(hook?: SandboxHook): Promise<readonly Delivery[]>;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface Person {
  readonly user: SandboxUser;
  readonly api: GitHubClient;
}

export interface NewCommit {
  readonly branch: string;
  readonly from?: string;
  readonly files: Readonly<Record<string, string>>;
  readonly message?: string;
  readonly by: SandboxUser;
}

/** Nobody listens there: what was sent is read from the forge's own list of deliveries. */
const nowhere = "http://127.0.0.1:9/";

export async function startGitHub(): Promise<GitHubForge> {
  const directory = await mkdtemp(join(tmpdir(), "github-sandbox-"));
  const forge = await startForge({
    name: "github",
    kind: "github",
    dialect: githubDialect,
    directory,
    clock: systemClock,
    mergeabilityMilliseconds: 20,
  });
  const { store, ci, app } = forge;
  app?.connect(nowhere);
  const people = new Map<string, Person>();
  const api = (authorization?: string) => githubClient(forge.apiUrl, authorization);
  return {
    store,
    ci,
    privateKey: app?.privateKey ?? "",
    api,
    app: api(`token ${store.createInstallationToken().token}`),
    person: (login) => {
      const known = people.get(login);
      if (known !== undefined) return known;
      const { user, token } = forge.addAccount({ login });
      const person = { user, api: api(`token ${token}`) };
      people.set(login, person);
      return person;
    },
    commit: (repository, wanted) => commit(store, repository, wanted),
    webhooks: async (hook) => {
      await forge.settled();
      return forge.webhooks.deliveries().filter((one) => one.hook === (hook?.id ?? store.app?.id));
    },
    settled: () => forge.settled(),
    close: async () => {
      await forge.close();
      await rm(directory, { recursive: true });
    },
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
