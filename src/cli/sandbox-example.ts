import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { checkoutFolder } from "../config/checkout.js";
import { configureExample, connectExample, type Example, installExample } from "../sandbox/example.js";
import type { SandboxRepository } from "../sandbox/model.js";
import type { Sandbox, SandboxForge } from "../sandbox/sandbox.js";

/** Where the files are that a person needs to run Sluice on the example. */
export interface InstalledExample {
  readonly configuration: string;
  readonly environment: string;
}

/** Puts the example on the first and the last forge and writes `sluice.yml` and a shell file of variables beside it. */
export async function offerExample(
  { forges }: Sandbox,
  { directory, url }: { readonly directory: string; readonly url: string },
): Promise<InstalledExample> {
  const [sourceForge, distForge] = [forges[0], forges.at(-1)];
  if (!sourceForge || !distForge) throw new Error("a sandbox without forges has no room for an example");
  const example = await installExample({ folder: exampleFolder(), directory, sourceForge, distForge });
  connectExample(example, url);
  const { file, environment } = await configureExample(example, { directory });
  const path = join(directory, "environment");
  const variables = { ...environment, DATA_DIRECTORY: join(directory, "var"), ...addresses(example) };
  await writeFile(path, shellFile(variables), { mode: 0o600 });
  return { configuration: file, environment: path };
}

/** What the README's section "Try it by hand" calls by name. */
function addresses({ sourceForge, distForge, sourceGit, distGit }: Example): Record<string, string> {
  const { user, token } = sourceForge.account("maintainer");
  const cloneUrl = new URL(sourceForge.cloneUrl(sourceGit));
  cloneUrl.username = user.login;
  cloneUrl.password = token;
  return {
    MAINTAINER_TOKEN: token,
    SOURCE_GIT_CLONE_URL: cloneUrl.href,
    SOURCE_GIT_API_URL: repositoryApi(sourceForge, sourceGit),
    DIST_GIT_API_URL: repositoryApi(distForge, distGit),
  };
}

function repositoryApi({ kind, apiUrl }: SandboxForge, { path }: SandboxRepository): string {
  return kind === "github" ? `${apiUrl}/repos/${path}` : `${apiUrl}/projects/${encodeURIComponent(path)}`;
}

function shellFile(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`,
  );
  return `# For: set -a; . THIS_FILE; set +a\n${lines.join("")}`;
}

function exampleFolder(): string {
  const folder = join(checkoutFolder(), "test", "fixtures", "packages", "tally");
  if (existsSync(folder)) return folder;
  throw new Error("the example package is missing; it comes with a checkout of Sluice");
}
