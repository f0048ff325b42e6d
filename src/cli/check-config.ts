import { Command } from "commander";
import type { LinkEntry } from "../config/configuration.js";
import { readEnvironment } from "../config/environment.js";
import type { ForgeEntry } from "../config/forge-entry.js";
import { readLinksFile } from "../config/links-file.js";
import { inspectConfiguration } from "../config/load.js";
import { type Problem, problemsError } from "../config/problem.js";
import { UserError } from "../domain/errors.js";
import { Answered, errorAnswer } from "./explain.js";
import { configOption, jsonOption } from "./options.js";

interface Options {
  readonly config: string;
  readonly secrets: boolean;
  readonly json?: true;
}

/** What was found; the secrets' values are in none of it. */
interface Findings {
  readonly file: string;
  readonly forges: readonly Pick<ForgeEntry, "name" | "kind" | "url">[];
  readonly links: readonly LinkEntry[];
  readonly problems: readonly Problem[];
}

export function checkConfigCommand(): Command {
  return new Command("check-config")
    .description(
      "Checks the links file, and that the environment holds the secrets that it names. Every mistake is named with its" +
        " line and key; secrets are never printed.",
    )
    .addOption(configOption())
    .option("--no-secrets", "check the file alone, where the secrets are not at hand")
    .addOption(jsonOption())
    .action(async (options: Options) => {
      const findings = await find(options);
      const error = findings.problems.length > 0 && problemsError(options.config, findings.problems);
      if (options.json === true) {
        const text = JSON.stringify(
          { ...answer(findings), ...(error && { error: errorAnswer(error) }) },
          undefined,
          2,
        );
        process.stdout.write(`${text}\n`);
        if (error) throw new Answered(error);
        return;
      }
      if (error) throw error;
      process.stdout.write(summary(findings));
    });
}

async function find({ config, secrets, json }: Options): Promise<Findings> {
  try {
    if (!secrets) return { file: config, ...(await readLinksFile(config)) };
    const { configuration, problems } = await inspectConfiguration(config, readEnvironment());
    return { ...configuration, problems };
  } catch (error) {
    if (!(error instanceof UserError) || json !== true) throw error;
    return { file: config, forges: [], links: [], problems: [problemOf(error, config)] };
  }
}

function problemOf({ message, where, remedy }: UserError, file: string): Problem {
  return { where: where ?? file, key: "", message, remedy };
}

function answer({ file, forges, links, problems }: Findings) {
  return {
    file,
    ok: problems.length === 0,
    problems,
    forges: forges.map(({ name, kind, url }) => ({ name, kind, url })),
    links,
  };
}

function summary({ file, forges, links }: Findings): string {
  const named = forges.map(({ name, kind, url }) => `  ${name} (${kind}, ${url})\n`);
  const linked = links.map(
    ({ sourceGit, distGit, layout }) =>
      `  ${sourceGit.forge}/${sourceGit.path} -> ${distGit.forge}/${distGit.path} (${layout})\n`,
  );
  return `${file} is right.\nforges:\n${named.join("")}links:\n${linked.join("")}`;
}
