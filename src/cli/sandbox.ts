import { Command, InvalidArgumentError } from "commander";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../domain/clock.js";
import { describeForge, sandboxText } from "../sandbox/describe.js";
import type { Sandbox } from "../sandbox/sandbox.js";
import { type SandboxSettings, startSandbox } from "../sandbox/start.js";
import { jsonOption, parsePort, portOption } from "./options.js";
import { type InstalledExample, offerExample } from "./sandbox-example.js";
import { stopSignal } from "./signals.js";

type ForgeChoice = SandboxSettings["forges"][number];

interface Options {
  readonly forge?: readonly ForgeChoice[];
  readonly directory?: string;
  readonly example?: true;
  readonly port: number;
  readonly json?: true;
}

const defaultForges: readonly ForgeChoice[] = [
  { name: "gitlab.local", kind: "gitlab" },
  { name: "github.local", kind: "github" },
];

/** Where Sluice listens unless told. */
const defaultPort = 3000;

export function sandboxCommand(): Command {
  return new Command("sandbox")
    .description(
      "Runs forges in a box until Ctrl-C, each with its REST API, git over HTTP, signed webhooks and a simple CI, and" +
        " prints their addresses, tokens and secrets. Without --forge: a GitLab and a GitHub.",
    )
    .option("-f, --forge <name=kind[:port]>", "a forge, github or gitlab; may be repeated", collectForges)
    .option("-d, --directory <directory>", "where repositories are kept (default: a temporary one)")
    .option(
      "-e, --example",
      "put an example package on the first and the last forge, and write sluice.yml for it",
    )
    .addOption(portOption("where the example expects Sluice").default(defaultPort))
    .addOption(jsonOption())
    .action(runSandbox);
}

function collectForges(text: string, before: readonly ForgeChoice[] = []): readonly ForgeChoice[] {
  const [, name, kind, port] = /^([A-Za-z0-9][A-Za-z0-9.-]*)=(github|gitlab)(?::(.*))?$/.exec(text) ?? [];
  if (name === undefined || kind === undefined) {
    throw new InvalidArgumentError("Write for example git.example.com=gitlab or github.local=github:8081.");
  }
  if (before.some((forge) => forge.name === name))
    throw new InvalidArgumentError("That forge is there already.");
  const choice: ForgeChoice = { name, kind: kind === "github" ? "github" : "gitlab" };
  return [...before, port === undefined ? choice : { ...choice, port: parsePort(port) }];
}

async function runSandbox(options: Options): Promise<void> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "sluice-sandbox-")));
  await mkdir(directory, { recursive: true });
  const sandbox = await startSandbox({
    forges: options.forge ?? defaultForges,
    directory: join(directory, "repositories"),
    clock: systemClock,
  });
  try {
    const signal = stopSignal();
    const url = `http://127.0.0.1:${options.port}`;
    const example = options.example === true ? await offerExample(sandbox, { directory, url }) : undefined;
    process.stdout.write(
      options.json === true ? asJson(sandbox, example) : asText(sandbox, { example, port: options.port }),
    );
    await signal;
  } finally {
    await sandbox.close();
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  }
}

function asJson({ forges }: Sandbox, example: InstalledExample | undefined): string {
  return `${JSON.stringify({ forges: forges.map(describeForge), ...(example && { example }) }, undefined, 2)}\n`;
}

interface Told {
  readonly example: InstalledExample | undefined;
  readonly port: number;
}

function asText(sandbox: Sandbox, { example, port }: Told): string {
  const written = example ? `\n${nextSteps(example, port)}\n` : "";
  return `${sandboxText(sandbox)}${written}\nCtrl-C ends it\n`;
}

function nextSteps({ configuration, environment }: InstalledExample, port: number): string {
  const elsewhere = port === defaultPort ? "" : ` --port ${port}`;
  return [
    `wrote ${configuration}`,
    `wrote ${environment}`,
    "",
    "In another terminal, the bot:",
    `  set -a; . ${environment}; set +a`,
    `  bin/sluice serve --config ${configuration}${elsewhere}`,
  ].join("\n");
}
