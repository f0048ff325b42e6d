import { Command, CommanderError } from "commander";
import { readVersion } from "../config/version.js";
import { UserError } from "../domain/errors.js";
import { createStyle } from "./demo/style.js";
import { Answered, errorAnswer, explain } from "./explain.js";
import type { LoadService } from "./service.js";

/** What the command line asks for, and what only the program's entry point can bring along. */
export interface Program {
  /** Without `node` and the name of the script. */
  readonly argv: readonly string[];
  readonly loadService: LoadService;
}

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: (loadService: LoadService) => Promise<Command>;
}

/** Each command is loaded when it is called: no start pays for libraries that its command does not use. */
const commands: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "receive webhooks and mirror merge requests",
    load: async (loadService) => (await import("./serve.js")).serveCommand(loadService),
  },
  {
    name: "worker",
    summary: "do the work, and receive no webhooks",
    load: async (loadService) => (await import("./worker.js")).workerCommand(loadService),
  },
  {
    name: "web",
    summary: "receive webhooks, and leave the work to workers",
    load: async (loadService) => (await import("./web.js")).webCommand(loadService),
  },
  {
    name: "jobs",
    summary: "list, show, retry and forget the service's jobs",
    load: async (loadService) => (await import("./jobs.js")).jobsCommand(loadService),
  },
  {
    name: "deliveries",
    summary: "list, show and replay the webhooks that were received",
    load: async (loadService) => (await import("./deliveries.js")).deliveriesCommand(loadService),
  },
  {
    name: "pairs",
    summary: "list, show and forget the pairs",
    load: async (loadService) => (await import("./pairs.js")).pairsCommand(loadService),
  },
  {
    name: "check-config",
    summary: "check sluice.yml and the secrets that it names",
    load: async () => (await import("./check-config.js")).checkConfigCommand(),
  },
  {
    name: "init",
    summary: "begin a source-git repository from upstream and dist-git",
    load: async () => (await import("./init.js")).initCommand(),
  },
  {
    name: "update-dist-git",
    summary: "convert source-git's commits to dist-git",
    load: async () => (await import("./update-dist-git.js")).updateDistGitCommand(),
  },
  {
    name: "update-source-git",
    summary: "bring dist-git's own commits home to source-git",
    load: async () => (await import("./update-source-git.js")).updateSourceGitCommand(),
  },
  {
    name: "inspect",
    summary: "say what is understood of a dist-git repository or a spec",
    load: async () => (await import("./inspect.js")).inspectCommand(),
  },
  {
    name: "status",
    summary: "say whether source-git and dist-git are in step",
    load: async (loadService) => (await import("./status.js")).statusCommand(loadService),
  },
  {
    name: "explain",
    summary: "say what would be decided for a merge request, and why",
    load: async (loadService) =>
      (await import("./explain-merge-request.js")).explainMergeRequestCommand(loadService),
  },
  {
    name: "sandbox",
    summary: "run forges in a box, to try things out",
    load: async () => (await import("./sandbox.js")).sandboxCommand(),
  },
  {
    name: "demo",
    summary: "show the life of a merge request, on forges in a box",
    load: async () => (await import("./demo.js")).demoCommand(),
  },
];

/** Runs one command and answers its exit code: 0 done, 1 failed, 2 wrong usage, 3 conflict. */
export async function main({ argv, loadService }: Program): Promise<number> {
  try {
    const program = await createProgram(argv, loadService);
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    // Help and version that were asked for end with 0; commander has printed them, or what is wrong with the usage.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    if (error instanceof Answered) return exitCodeOf(error.error);
    if (wantsJson(argv))
      process.stdout.write(`${JSON.stringify({ error: errorAnswer(error) }, undefined, 2)}\n`);
    if (error instanceof CommanderError) return 2;
    if (wantsJson(argv) && !argv.includes("--debug")) return exitCodeOf(error);
    const style = createStyle(process.stderr.isTTY && process.stderr.hasColors());
    process.stderr.write(explain(error, { debug: argv.includes("--debug"), style }));
    return exitCodeOf(error);
  }
}

async function createProgram(argv: readonly string[], loadService: LoadService): Promise<Command> {
  const program = new Command("sluice")
    .description("Keeps source-git and dist-git repositories in step, across GitHub and GitLab.")
    .version(readVersion(), "-V, --version", "print the version")
    .option("--debug", "print stack traces of errors")
    .helpOption("-h, --help", "print this help")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", "\nExit codes: 0 done or nothing to do, 1 failed, 2 wrong usage, 3 conflict.");
  const words = argv.filter((word) => !word.startsWith("-"));
  const called = words[0] === "help" ? words[1] : words[0];
  for (const { name, summary, load } of commands) {
    const command = name === called ? await load(loadService) : new Command(name);
    program.addCommand(command.summary(summary));
  }
  for (const command of [program, ...program.commands]) {
    behave(command);
    // What is wrong with the usage is then said in JSON, once.
    if (wantsJson(argv)) command.configureOutput({ writeErr: () => undefined });
  }
  return program;
}

/** Whether a program reads the answer. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return (end < 0 ? argv : argv.slice(0, end)).includes("--json");
}

/** The same manners for all commands: usage errors are thrown, and lead to the help. */
function behave(command: Command): void {
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(--help shows how it is used)")
    .helpOption("-h, --help", "print this help");
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof UserError)) return 1;
  if (error.kind === "usage") return 2;
  return error.kind === "conflict" ? 3 : 1;
}
