import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Secret } from "../domain/secret.js";
import { git } from "../git/run.js";
import type { SandboxRepository } from "./model.js";
import { buildPackage, type PackageRepositories } from "./package.js";
import type { SandboxForge } from "./sandbox.js";

/** The two forges of an example; one and the same where both sides live on it. */
export interface ExampleForges {
  readonly sourceForge: SandboxForge;
  readonly distForge: SandboxForge;
}

export interface ExampleSettings extends ExampleForges {
  /** A package as in `test/fixtures/packages`; its name is the package's. */
  readonly folder: string;
  /** Where the work trees and the configuration are written. */
  readonly directory: string;
  /** Makes the two local repositories; from the folder unless told. */
  readonly build?: typeof buildPackage;
  /** Brings main and tags to an empty repository of the forge; by a push unless told. */
  readonly publish?: typeof pushAll;
}

/** A package that lives in source-git and in dist-git, and the local clones that it was pushed from. */
export interface Example extends ExampleForges {
  readonly name: string;
  readonly sourceGit: SandboxRepository;
  readonly distGit: SandboxRepository;
  readonly local: PackageRepositories;
}

/** Puts a package on the forges: `src/<name>` and `rpms/<name>`, with Sluice's account as a member of both. */
export async function installExample(settings: ExampleSettings): Promise<Example> {
  const { folder, directory, sourceForge, distForge, build = buildPackage, publish = pushAll } = settings;
  const name = basename(folder);
  const local = await build(folder, join(directory, "packager"));
  const sourceGit = await createFor(sourceForge, `src/${name}`);
  await publish(local.sourceGit, sourceForge, sourceGit);
  const distGit = await createFor(distForge, `rpms/${name}`);
  await publish(local.distGit, distForge, distGit);
  return { name, sourceForge, distForge, sourceGit, distGit, local };
}

async function createFor(forge: SandboxForge, path: string): Promise<SandboxRepository> {
  const repository = await forge.store.createRepository({
    path,
    owner: forge.account("maintainer").user,
    private: false,
    defaultBranch: "main",
  });
  forge.store.setMember(repository, forge.account("sluice-bot").user, "write");
  return repository;
}

async function pushAll(local: string, forge: SandboxForge, repository: SandboxRepository): Promise<void> {
  const { user, token } = forge.account("maintainer");
  const url = forge.cloneUrl(repository);
  await git(["push", "--quiet", url, "main", "--tags"], {
    directory: local,
    credentials: { url, username: user.login, password: new Secret(token) },
  });
}

/** What GitLab's hooks of an example send as their secret token; it is worth nothing outside the box. */
const webhookSecret = "sandbox-webhook-secret";

/** Has both sides send their webhooks to Sluice at `url`. */
export function connectExample({ sourceForge, distForge, sourceGit, distGit }: Example, url: string): void {
  for (const [forge, repository] of [
    [sourceForge, sourceGit],
    [distForge, distGit],
  ] as const) {
    const address = `${url}/webhooks/${forge.name}`;
    if (forge.app) forge.app.connect(address);
    else forge.store.addHook(repository, { ...gitlabHook, url: address });
  }
}

const gitlabHook = {
  secret: webhookSecret,
  signingToken: undefined,
  events: ["push_events", "merge_requests_events", "note_events", "pipeline_events", "job_events"],
};

export interface ExampleConfiguration {
  /** Path of the `sluice.yml`. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ConfigurationSettings {
  readonly directory: string;
  readonly trust?: "members" | "everyone";
  /** As in `sluice.yml`: `{ c9s: c9s }`. */
  readonly branches?: string;
  readonly layout?: string;
  /** Further keys of the link, as in `sluice.yml`. */
  readonly link?: Readonly<Record<string, string>>;
  /** Further accounts of dist-git's forge that may act as Sluice, by login. */
  readonly identities?: readonly string[];
  /** How often everything is compared with the forges, as in `sluice.yml`. */
  readonly reconcile?: string;
  /** How commands are written and who may give them, as in `sluice.yml`. */
  readonly commands?: string;
  /** The file that says which logins belong to one person. */
  readonly users?: string;
}

/** Writes the `sluice.yml` that links the example's repositories, and says what the environment must hold. */
export async function configureExample(
  { sourceForge, distForge, sourceGit, distGit, name }: Example,
  { directory, trust, branches, layout = "rpm", link = {}, identities = [], ...top }: ConfigurationSettings,
): Promise<ExampleConfiguration> {
  await mkdir(directory, { recursive: true });
  const forges = [...new Set([sourceForge, distForge])];
  const pattern = (forge: SandboxForge, { path }: SandboxRepository) =>
    `${forge.name}/${path.slice(0, -name.length)}{name}`;
  const lines = [
    "forges:",
    ...forges.flatMap((forge) => forgeLines(forge, forge === distForge ? identities : [])),
    "links:",
    `  - source-git: ${pattern(sourceForge, sourceGit)}`,
    `    dist-git: ${pattern(distForge, distGit)}`,
    `    layout: ${layout}`,
    ...(branches === undefined ? [] : [`    branches: ${branches}`]),
    ...(trust === undefined ? [] : [`    trust: ${trust}`]),
    ...Object.entries(link).map(([key, value]) => `    ${key}: ${value}`),
    ...topLines(top),
  ];
  if (top.users !== undefined) await writeFile(join(directory, "users.yml"), top.users);
  const file = join(directory, "sluice.yml");
  await writeFile(file, `${lines.join("\n")}\n`);
  const environment: Record<string, string> = {};
  for (const forge of forges) Object.assign(environment, await secretsOf(forge, directory));
  for (const login of identities) environment[variableOf(login)] = distForge.account(login).token;
  return { file, environment };
}

function topLines({
  reconcile,
  commands,
  users,
}: Pick<ConfigurationSettings, "reconcile" | "commands" | "users">): readonly string[] {
  return [
    ...(reconcile === undefined ? [] : [`reconcile: ${reconcile}`]),
    ...(commands === undefined ? [] : [`commands: ${commands}`]),
    ...(users === undefined ? [] : ["users: users.yml"]),
  ];
}

function forgeLines(
  { name, kind, url, app }: SandboxForge,
  identities: readonly string[],
): readonly string[] {
  const first = `  ${name}: { kind: ${kind}, url: "${url}"`;
  if (identities.length === 0) return [`${first} }`];
  const own = app ? "app-id: APP_ID, private-key: PRIVATE_KEY" : "token: GITLAB_TOKEN";
  const others = identities.map((login) => `${login}: { secrets: { token: ${variableOf(login)} } }`);
  return [`${first}, secrets: { ${own} }, identities: { ${others.join(", ")} } }`];
}

function variableOf(login: string): string {
  return `TOKEN_OF_${login.toUpperCase().replaceAll("-", "_")}`;
}

async function secretsOf(forge: SandboxForge, directory: string): Promise<Record<string, string>> {
  if (!forge.app) {
    return { GITLAB_TOKEN: forge.account("sluice-bot").token, GITLAB_WEBHOOK_SECRET: webhookSecret };
  }
  const key = join(directory, "app.pem");
  await writeFile(key, forge.app.privateKey, { mode: 0o600 });
  const { id, webhookSecret: secret } = forge.app.app;
  return { APP_ID: String(id), PRIVATE_KEY_PATH: key, WEBHOOK_SECRET: secret };
}
