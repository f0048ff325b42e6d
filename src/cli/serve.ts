import { Command, InvalidArgumentError, Option } from "commander";
import { destination, type Logger, pino } from "pino";
import type { Configuration } from "../config/configuration.js";
import { type LogLevel, readEnvironment } from "../config/environment.js";
import { loadConfiguration } from "../config/load.js";
import { readVersion } from "../config/version.js";
import { systemClock } from "../domain/clock.js";
import { within } from "../domain/within.js";
import { configOption, jsonOption, portOption } from "./options.js";
import type { LoadService, Role } from "./service.js";
import { stopSignal } from "./signals.js";

interface Options {
  readonly config: string;
  readonly port?: number;
  readonly grace: number;
  readonly json?: true;
}

export function serveCommand(loadService: LoadService): Command {
  return serviceCommand("serve", { roles: ["web", "worker"], loadService }).description(
    "Receives the webhooks of the forges in the links file and mirrors merge requests, until it is told to stop" +
      " (Ctrl-C or SIGTERM). Logs go to standard error, one line of JSON each.",
  );
}

interface Serving {
  readonly roles: readonly Role[];
  readonly loadService: LoadService;
}

/** A command that runs the service, or a part of it, until it is told to stop. */
export function serviceCommand(name: string, serving: Serving): Command {
  return new Command(name)
    .addOption(configOption())
    .addOption(portOption("where it listens (default: PORT, else 3000; 0 takes a free one)"))
    .addOption(
      new Option("--grace <seconds>", "how long work may go on when told to stop, before it is handed back")
        .argParser(parseSeconds)
        .default(30),
    )
    .addOption(jsonOption())
    .action((options: Options) => serve(options, serving));
}

function parseSeconds(text: string): number {
  const [, seconds] = /^(\d{1,6})(?: ?s(?:econds?)?)?$/.exec(text) ?? [];
  if (seconds !== undefined) return Number(seconds);
  throw new InvalidArgumentError("It must be a number of seconds.");
}

/** Seconds in which all is closed once work has ended or was handed back: far more than it takes, unless a database hangs. */
const closing = 20;

async function serve({ config, port, grace, json }: Options, { roles, loadService }: Serving): Promise<void> {
  const environment = readEnvironment();
  const configuration = await loadConfiguration(config, environment);
  const log = createLog(environment.logLevel);
  const { startService } = await loadService();
  const service = await startService({
    configuration,
    environment: { ...environment, port: port ?? environment.port },
    log,
    clock: systemClock,
    roles,
  });
  const signal = stopSignal();
  const words = json === true ? greetingJson : greeting;
  const shown = roles.includes("web") ? configuration : { ...configuration, forges: [] };
  process.stdout.write(words(service.url, shown));
  log.info({ signal: await signal }, "stopping: the work under way ends first");
  const handedBack = await within((grace + closing) * 1000, service.stop(grace * 1000));
  if (handedBack === 0) return;
  if (handedBack === undefined) {
    log.error("stopped out of order: something hangs; jobs under way run again when their leases end");
    process.exit(1);
  }
  log.warn({ jobs: handedBack }, "stopped in the middle of jobs; they were handed back");
  // They are somebody else's now; what is left of them here must not go on.
  process.exit(0);
}

/** One line of JSON each, apart from what is said to people on standard output. */
function createLog(level: LogLevel): Logger {
  return pino({ level, base: null }, destination({ dest: 2, sync: true }));
}

function greeting(url: string, { forges, links }: Configuration): string {
  const width = Math.max(0, ...forges.map(({ name }) => name.length));
  return [
    `Sluice ${readVersion()} listens on ${url}`,
    ...forges.map(({ name }) => `  webhooks of ${name.padEnd(width)}  ${webhookUrl(url, name)}`),
    `  links ${links.length}; Ctrl-C stops\n`,
  ].join("\n");
}

function greetingJson(url: string, { forges }: Configuration): string {
  const webhooks = Object.fromEntries(forges.map(({ name }) => [name, webhookUrl(url, name)]));
  return `${JSON.stringify({ version: readVersion(), url, webhooks })}\n`;
}

function webhookUrl(url: string, forge: string): string {
  return `${url}/webhooks/${forge}`;
}
