import { InvalidArgumentError, Option } from "commander";

export function configOption(): Option {
  return new Option("-c, --config <file>", "the links file").default("sluice.yml");
}

export function jsonOption(): Option {
  return new Option("--json", "answer in JSON");
}

export function layoutOption(): Option {
  return new Option("--layout <layout>", "how dist-git stores changes (default: found by itself)").choices([
    "rpm",
    "quilt",
    "plain",
  ]);
}

export function portOption(description: string): Option {
  return new Option("-p, --port <number>", description).argParser(parsePort);
}

/** 0 to 65535. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a port number, 0 to 65535.");
}
