import type { Configuration } from "./configuration.js";
import type { Environment } from "./environment.js";
import { readLinksFile } from "./links-file.js";
import { type Problem, problemsError } from "./problem.js";
import { resolveForge } from "./secrets.js";
import { readUsersFile } from "./users-file.js";
import { sharedDefaults } from "./variables.js";

/** What `check-config` looks at: the configuration as far as it is right, and everything that is wrong with it. */
export interface Inspection {
  readonly configuration: Configuration;
  readonly problems: readonly Problem[];
}

/** Reads the links file and the secrets that it names; throws `UserError` with every problem that there is. */
export async function loadConfiguration(
  file: string,
  environment: Pick<Environment, "secret">,
): Promise<Configuration> {
  const { configuration, problems } = await inspectConfiguration(file, environment);
  if (problems.length > 0) throw problemsError(file, problems);
  return configuration;
}

/** The same for who wants to know all of it; throws `UserError` only where there is no file. */
export async function inspectConfiguration(
  file: string,
  environment: Pick<Environment, "secret">,
): Promise<Inspection> {
  const { forges: entries, users: listed, problems, ...settings } = await readLinksFile(file);
  const people = await readUsersFile(file, listed, entries);
  const shared = sharedDefaults(entries);
  const forges = entries.map((entry) => resolveForge(entry, environment));
  return {
    configuration: {
      ...settings,
      file,
      forges: forges.flatMap((forge) => forge.settings ?? []),
      users: people.users,
    },
    problems: [...problems, ...people.problems, ...shared, ...forges.flatMap((forge) => forge.problems)],
  };
}
