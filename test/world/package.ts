import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { buildPackage, type PackageRepositories } from "../../src/sandbox/package.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";

interface Template {
  readonly directory: string;
  readonly contribution: readonly string[];
}

const templates = new Map<string, Promise<Template>>();

afterAll(async () => {
  for (const template of templates.values())
    await rm((await template).directory, { recursive: true, force: true });
});

/** As `buildPackage`, copied from what it made the first time: a dozen git processes less for each world. */
export async function copyPackage(folder: string, directory: string): Promise<PackageRepositories> {
  const made = templates.get(folder) ?? makeTemplate(folder);
  templates.set(folder, made);
  const template = await made;
  await cp(template.directory, directory, { recursive: true });
  return {
    sourceGit: join(directory, "source-git"),
    distGit: join(directory, "dist-git"),
    contribution: template.contribution,
  };
}

/** As a push of main and tags leaves it, which is two dozen processes for each world. */
export async function copyToForge(
  local: string,
  forge: SandboxForge,
  repository: SandboxRepository,
): Promise<void> {
  const from = (...path: string[]) => join(local, ".git", ...path);
  for (const part of ["objects", "refs/tags"])
    await cp(from(part), join(repository.gitDirectory, part), { recursive: true });
  const commit = (await readFile(from("refs", "heads", "main"), "utf8")).trim();
  const { user: by } = forge.account("maintainer");
  await forge.store.createBranch(repository, { name: "main", commit, by });
}

async function makeTemplate(folder: string): Promise<Template> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-package-"));
  const { contribution } = await buildPackage(folder, directory);
  return { directory, contribution };
}
