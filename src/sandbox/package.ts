import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { git, gitText } from "../git/run.js";

/** Two local repositories with work trees, as a packager has them, and what a contributor wants to change. */
export interface PackageRepositories {
  /** Upstream's history, `.distro/` and the distribution's commits, on branch `main`. */
  readonly sourceGit: string;
  /** The package as the distribution builds it, on branch `main`. */
  readonly distGit: string;
  /** Mail patches, in order. */
  readonly contribution: readonly string[];
}

/** Everything here happened at fixed moments, so that the same folder gives the same commits. */
const packager = person("Ines Novak", "ines@distro.example", "2026-03-10T09:30:00+01:00");
const upstream = person("Tally Developers", "dev@tally.example.org", "2026-02-01T12:00:00+00:00");

/**
 * Makes the two repositories of a package from a folder that holds `upstream/`, `distro/`, `downstream/`, `dist-git/` and
 * `contribution/` (see `test/fixtures/packages/tally/README.md`).
 */
export async function buildPackage(folder: string, directory: string): Promise<PackageRepositories> {
  const sourceGit = join(directory, "source-git");
  await initialise(sourceGit);
  await cp(join(folder, "upstream"), sourceGit, { recursive: true });
  await commitAll(sourceGit, "Release 1.4.0", upstream);
  await git(["tag", "v1.4.0"], { directory: sourceGit });
  await cp(join(folder, "distro"), join(sourceGit, ".distro"), { recursive: true });
  await commitAll(sourceGit, "Add the distribution's files", packager);
  await applyMail(sourceGit, await filesOf(join(folder, "downstream")), packager);

  const distGit = join(directory, "dist-git");
  await initialise(distGit);
  await cp(join(folder, "dist-git"), distGit, { recursive: true });
  const base = await gitText(["rev-parse", "main"], { directory: sourceGit });
  await commitAll(distGit, `Read lines of any length\n\nFrom-source-git-commit: ${base}\n`, packager);
  return { sourceGit, distGit, contribution: await filesOf(join(folder, "contribution")) };
}

/** Applies mail patches as commits; their authors stay, `committer` signs. */
export async function applyMail(
  directory: string,
  patches: readonly string[],
  committer: Readonly<Record<string, string>>,
): Promise<void> {
  await git(["am", "--quiet", "--keep-cr", ...patches], { directory, environment: committer });
}

/** The variables by which git knows who commits, and when. */
export function person(name: string, email: string, date: string): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}

async function initialise(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(["init", "--quiet", "--template=", "--initial-branch=main"], { directory });
}

async function commitAll(
  directory: string,
  message: string,
  who: Readonly<Record<string, string>>,
): Promise<void> {
  await git(["add", "--all", "--force"], { directory });
  await git(["commit", "--quiet", "--file=-"], { directory, input: message, environment: who });
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
