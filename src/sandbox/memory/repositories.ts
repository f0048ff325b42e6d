import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../../git/run.js";
import type { SandboxAccess, SandboxHook, SandboxRepository, SandboxUser } from "../model.js";
import type { NewRepository, SandboxStore } from "../store.js";
import type { Core } from "./core.js";
import { listBranches } from "./reading.js";

type Verbs = Pick<
  SandboxStore,
  | "repositoryByPath"
  | "repositoryById"
  | "repositories"
  | "access"
  | "createRepository"
  | "fork"
  | "renameRepository"
  | "deleteRepository"
  | "repositoryOnceAt"
  | "setMember"
  | "addHook"
>;

/** `appBot` is a member everywhere: the app is installed on all repositories. */
export function repositoryVerbs(core: Core, appBot: SandboxUser | undefined): Verbs {
  const { repositories } = core.state;
  return {
    repositoryByPath: (path) => repositories.find((one) => one.path.toLowerCase() === path.toLowerCase()),
    repositoryById: (id) => repositories.find((one) => one.id === id),
    repositories: () => repositories,
    access: (user, repository) =>
      appBot !== undefined && user?.id === appBot.id ? "write" : accessOf(repository, user),
    createRepository: (wanted) => createRepository(core, wanted),
    fork: (repository, by, name) => fork(core, { origin: repository, by, name }),
    renameRepository: (repository, path, by) => rename(core, repository, { path, by }),
    deleteRepository: (repository, by) => remove(core, repository, by),
    repositoryOnceAt: (path) => {
      const id = core.state.formerPaths.get(path.toLowerCase());
      return repositories.find((one) => one.id === id);
    },
    setMember: (repository, user, access) => void repository.members.set(user.id, access),
    addHook: (repository, hook) => addHook(core, repository, hook),
  };
}

function accessOf(repository: SandboxRepository, user: SandboxUser | undefined): SandboxAccess | undefined {
  if (user !== undefined && repository.owner.id === user.id) return "admin";
  const membership = user && repository.members.get(user.id);
  return membership ?? (repository.private ? undefined : "read");
}

async function createRepository(core: Core, wanted: NewRepository): Promise<SandboxRepository> {
  const repository = newRepository(core, { ...wanted, forkOf: undefined });
  await git([
    "init",
    "--quiet",
    "--template=",
    "--bare",
    `--initial-branch=${repository.defaultBranch}`,
    repository.gitDirectory,
  ]);
  return register(core, repository);
}

interface Forking {
  readonly origin: SandboxRepository;
  readonly by: SandboxUser;
  readonly name: string | undefined;
}

function nameOf({ path }: SandboxRepository): string {
  return path.split("/").at(-1) ?? "";
}

/** Objects stay where they are: a fork borrows them, as in a fork network of the real forges. */
async function fork(core: Core, { origin, by, name = nameOf(origin) }: Forking): Promise<SandboxRepository> {
  const repository = newRepository(core, {
    path: `${by.login}/${name}`,
    owner: by,
    private: origin.private,
    defaultBranch: origin.defaultBranch,
    forkOf: origin.id,
  });
  const { gitDirectory } = repository;
  await git([
    "init",
    "--quiet",
    "--template=",
    "--bare",
    `--initial-branch=${repository.defaultBranch}`,
    gitDirectory,
  ]);
  await mkdir(join(gitDirectory, "objects", "info"), { recursive: true });
  await writeFile(
    join(gitDirectory, "objects", "info", "alternates"),
    `${join(origin.gitDirectory, "objects")}\n`,
  );
  await git(
    ["fetch", "--quiet", origin.gitDirectory, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"],
    {
      directory: gitDirectory,
    },
  );
  return register(core, repository);
}

function rename(
  core: Core,
  repository: SandboxRepository,
  { path, by }: { readonly path: string; readonly by: SandboxUser },
): void {
  const { state } = core;
  const previousPath = repository.path;
  const [before, after] = [previousPath, path].map((one) => one.slice(0, one.lastIndexOf("/")));
  state.formerPaths.set(previousPath.toLowerCase(), repository.id);
  state.formerPaths.delete(path.toLowerCase());
  repository.path = path;
  const action = before === after ? "renamed" : "transferred";
  core.emit({ kind: "repository", action, repository, previousPath, by });
}

function remove(core: Core, repository: SandboxRepository, by: SandboxUser): void {
  const { state } = core;
  const { path: previousPath, id } = repository;
  core.emit({ kind: "repository", action: "deleted", repository, previousPath, by });
  state.repositories.splice(state.repositories.indexOf(repository), 1);
  for (const [path, of] of state.formerPaths) if (of === id) state.formerPaths.delete(path);
}

function newRepository(
  core: Core,
  {
    path,
    owner,
    private: hidden,
    defaultBranch,
    forkOf,
  }: NewRepository & { readonly forkOf: number | undefined },
): SandboxRepository {
  const id = core.nextId();
  return {
    id,
    path,
    owner,
    defaultBranch: defaultBranch ?? "main",
    private: hidden,
    forkOf,
    createdAt: core.now(),
    members: new Map(),
    hooks: [],
    gitDirectory: join(core.directory, `${id}.git`),
    nextNumber: 1,
  };
}

/** As the real forges have it: partial clones, commits by id, and merge request heads that nobody may push. */
const configuration = `[http]
	receivepack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	advertisePushOptions = true
	hideRefs = refs/pull
	hideRefs = refs/merge-requests
`;

async function register(core: Core, repository: SandboxRepository): Promise<SandboxRepository> {
  await appendFile(join(repository.gitDirectory, "config"), configuration);
  core.state.branches.set(repository.id, await listBranches(repository));
  core.state.repositories.push(repository);
  core.state.formerPaths.delete(repository.path.toLowerCase());
  return repository;
}

function addHook(
  core: Core,
  repository: SandboxRepository,
  hook: Omit<SandboxHook, "id" | "createdAt">,
): SandboxHook {
  const added: SandboxHook = { ...hook, id: core.nextId(), createdAt: core.now() };
  repository.hooks.push(added);
  return added;
}
