import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Secret } from "../../domain/secret.js";
import { git } from "../../git/run.js";
import type { Example } from "../../sandbox/example.js";
import type { SandboxRepository } from "../../sandbox/model.js";
import { applyMail, person } from "../../sandbox/package.js";
import type { SandboxAccount, SandboxForge } from "../../sandbox/sandbox.js";

/** What the people of the demo do with git. */

/** A branch with the example's contribution. */
export async function pushContribution({ sourceForge, sourceGit, local }: Example): Promise<void> {
  const directory = local.sourceGit;
  const maintainer = sourceForge.account("maintainer");
  await git(["switch", "--quiet", "--create", "overflow"], { directory });
  await applyMail(directory, local.contribution, environmentOf(maintainer));
  await push({ forge: sourceForge, repository: sourceGit, account: maintainer, directory }, "overflow");
}

/** One more commit on that branch. */
export async function pushFollowUp({ sourceForge, sourceGit, local }: Example): Promise<void> {
  const directory = local.sourceGit;
  const maintainer = sourceForge.account("maintainer");
  await git(["switch", "--quiet", "overflow"], { directory });
  await change({ directory, file: "NEWS", account: maintainer, message: "Announce larger sums" }, (text) =>
    text.replace(/^/, "1.5.0\n  * Sums may be larger than an int.\n\n"),
  );
  await push({ forge: sourceForge, repository: sourceGit, account: maintainer, directory }, "overflow");
}

/** A branch in the fork of somebody without rights. */
export async function pushToFork({ sourceForge, local }: Example, fork: SandboxRepository): Promise<void> {
  const directory = local.sourceGit;
  const contributor = sourceForge.account("contributor");
  await git(["switch", "--quiet", "--create", "wording", "main"], { directory });
  await change(
    { directory, file: "README.md", account: contributor, message: "Say what a sum is of" },
    (text) => text.replace("Adds up the numbers", "Adds up the whole numbers"),
  );
  await push({ forge: sourceForge, repository: fork, account: contributor, directory }, "wording");
}

/** A packager changes the package where it is built, without a merge request. */
export async function pushToDistGit({ distForge, distGit, local }: Example): Promise<void> {
  const directory = local.distGit;
  const maintainer = distForge.account("maintainer");
  const message = "Build for another release";
  await git(["switch", "--quiet", "main"], { directory });
  await change({ directory, file: "tally.spec", account: maintainer, message }, (text) =>
    text.replace(/^Release:(\s*)\d+/m, "Release:$14"),
  );
  await push({ forge: distForge, repository: distGit, account: maintainer, directory }, "main");
}

/** A branch that changes the very line that the packager changed in dist-git. */
export async function pushConflict({ sourceForge, sourceGit, local }: Example): Promise<void> {
  const directory = local.sourceGit;
  const maintainer = sourceForge.account("maintainer");
  const message = "Build for a third release";
  await git(["switch", "--quiet", "--create", "rebuild", "main"], { directory });
  await change({ directory, file: ".distro/tally.spec", account: maintainer, message }, (text) =>
    text.replace(/^Release:(\s*)\d+/m, "Release:$15"),
  );
  await push({ forge: sourceForge, repository: sourceGit, account: maintainer, directory }, "rebuild");
}

interface Changing {
  readonly directory: string;
  readonly file: string;
  readonly account: SandboxAccount;
  readonly message: string;
}

async function change(
  { directory, file, account, message }: Changing,
  edit: (text: string) => string,
): Promise<void> {
  const path = join(directory, file);
  await writeFile(path, edit(await readFile(path, "utf8")));
  const environment = environmentOf(account);
  await git(["commit", "--quiet", "--all", "--message", message], { directory, environment });
}

interface Pushing {
  readonly forge: SandboxForge;
  readonly repository: SandboxRepository;
  readonly account: SandboxAccount;
  readonly directory: string;
}

async function push({ forge, repository, account, directory }: Pushing, branch: string): Promise<void> {
  const url = forge.cloneUrl(repository);
  const credentials = { url, username: account.user.login, password: new Secret(account.token) };
  await git(["push", "--quiet", url, branch], { directory, credentials });
}

function environmentOf({ user }: SandboxAccount): Record<string, string> {
  return person(user.name, user.email, "2026-11-02T16:05:00+00:00");
}
