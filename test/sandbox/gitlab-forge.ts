import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/domain/clock.js";
import { git, gitText } from "../../src/git/run.js";
import type { Delivery } from "../../src/sandbox/deliveries.js";
import { startForge } from "../../src/sandbox/forge.js";
import { gitlabDialect } from "../../src/sandbox/gitlab/dialect.js";
import type { SandboxHook, SandboxRepository, SandboxUser } from "../../src/sandbox/model.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import type { SandboxStore } from "../../src/sandbox/store.js";
import { type GitLabClient, gitlabClient } from "./gitlab-client.js";

/** A sandbox forge that speaks GitLab, and the people who ask it over HTTP. */
export interface GitLabForge {
  readonly url: string;
  readonly store: SandboxStore;
  readonly ci: SandboxForge["ci"];
  readonly faults: SandboxForge["faults"];
  person(login: string): Person;
  /** Somebody with these headers; nobody without. */
  api(headers?: Readonly<Record<string, string>>): GitLabClient;
  /** A project whose default branch `main` has one commit. */
  project(path: string, owner: Person, how?: { readonly private: boolean }): Promise<SandboxRepository>;
  /** Puts a commit with these files on a branch, made from `from` where it is new. */
  commit(repository: SandboxRepository, wanted: NewCommit): Promise<string>;
  /** A project's webhooks, and what was sent to them so far. */
  listen(repository: SandboxRepository, how?: Partial<SandboxHook>): Listening;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface Person {
  readonly user: SandboxUser;
  readonly token: string;
  readonly api: GitLabClient;
}

export interface Listening {
  deliveries(): Promise<readonly Delivery[]>;
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
const everything = ["push_events", "merge_requests_events", "note_events", "pipeline_events", "job_events"];

export async function startGitLab(): Promise<GitLabForge> {
  const directory = await mkdtemp(join(tmpdir(), "gitlab-sandbox-"));
  const forge = await startForge({
    name: "gitlab",
    kind: "gitlab",
    dialect: gitlabDialect,
    directory,
    clock: systemClock,
    mergeabilityMilliseconds: 20,
  });
  const { store } = forge;
  const api = (headers = {}) => gitlabClient(forge.apiUrl, headers);
  return {
    url: forge.url,
    store,
    ci: forge.ci,
    faults: forge.faults,
    api,
    person: peopleOf(forge, api),
    project: async (path, { user: owner }, how = { private: false }) => {
      const repository = await store.createRepository({ path, owner, ...how });
      await commit(store, repository, { branch: "main", files: { NEWS: "one\n" }, by: owner });
      return repository;
    },
    commit: (repository, wanted) => commit(store, repository, wanted),
    listen: (repository, how = {}) => {
      const wanted = { url: nowhere, secret: "", signingToken: undefined, events: everything, ...how };
      const { id } = store.addHook(repository, wanted);
      return {
        deliveries: async () => {
          await forge.settled();
          return forge.webhooks.deliveries().filter(({ hook }) => hook === id);
        },
      };
    },
    settled: () => forge.settled(),
    close: async () => {
      await forge.close();
      await rm(directory, { recursive: true });
    },
  };
}

function peopleOf(
  forge: SandboxForge,
  api: (headers: Readonly<Record<string, string>>) => GitLabClient,
): (login: string) => Person {
  const people = new Map<string, Person>();
  return (login) => {
    const known = people.get(login);
    if (known !== undefined) return known;
    const { user, token } = forge.addAccount({ login });
    const person = { user, token, api: api({ "private-token": token }) };
    people.set(login, person);
    return person;
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
