import { Command } from "commander";
import { destination, type Logger, pino } from "pino";
import type { Configuration } from "../config/configuration.js";
import { type LogLevel, readEnvironment } from "../config/environment.js";
import { loadConfiguration } from "../config/load.js";
import { readVersion } from "../config/version.js";
import { systemClock } from "../domain/clock.js";
import { configOption, jsonOption, portOption } from "./options.js";
import type { LoadService } from "./service.js";
import { stopSignal } from "./signals.js";

interface Options {
  readonly config: string;
  readonly port?: number;
  readonly json?: true;
}

export function serveCommand(loadService: LoadService): Command {
  return new Command("serve")
    .description(
      "Receives the webhooks of the forges in the links file and mirrors merge requests, until it is told to stop" +
        " (Ctrl-C or SIGTERM). Logs go to standard error, one line of JSON each.",
    )
    .addOption(configOption())
    .addOption(portOption("where webhooks are received (default: PORT, else 3000; 0 takes a free one)"))
    .addOption(jsonOption())
    .action((options: Options) => serve(options, loadService));
}

async function serve({ config, port, json }: Options, loadService: LoadService): Promise<void> {
  const environment = readEnvironment();
  const configuration = await loadConfiguration(config, environment);
  const log = createLog(environment.logLevel);
  const { startService } = await loadService();
  const service = await startService({
    configuration,
    environment: { ...environment, port: port ?? environment.port },
    log,
    clock: systemClock,
  });
  const signal = stopSignal();
  process.stdout.write(
    json === true ? greetingJson(service.url, configuration) : greeting(service.url, configuration),
  );
  log.info({ signal: await signal }, "stopping: the work under way ends first");
  await service.stop();
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
