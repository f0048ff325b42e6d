import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "../../src/git/run.js";
import type { TestRepository } from "./package.js";

const folders: string[] = [];

/** Clones of both sides, with work trees, as a person has them. */
export interface Clones {
  readonly folder: string;
  readonly source: string;
  readonly dist: string;
}

export async function cloneBoth(sides: {
  readonly source: TestRepository;
  readonly dist: TestRepository;
}): Promise<Clones> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  folders.push(folder);
  const clones = { folder, source: join(folder, "source"), dist: join(folder, "dist") };
  await clone(sides.source, clones.source);
  await clone(sides.dist, clones.dist);
  return clones;
}

async function clone({ store, tip }: TestRepository, directory: string): Promise<void> {
  await store.git(["update-ref", "refs/heads/main", tip ?? ""]);
  await git(["clone", "--quiet", store.directory, directory]);
  await git(["config", "user.name", "Grace Hopper"], { directory });
  await git(["config", "user.email", "grace@example.org"], { directory });
}

/** For `afterEach`. */
export async function removeClones(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}
