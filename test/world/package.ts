import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import { buildPackage, type PackageRepositories } from "../../src/sandbox/package.js";

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

async function makeTemplate(folder: string): Promise<Template> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-package-"));
  const { contribution } = await buildPackage(folder, directory);
  return { directory, contribution };
}
