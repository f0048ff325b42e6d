import { type Command, InvalidArgumentError, Option } from "commander";
import { pino } from "pino";
import { readEnvironment } from "../config/environment.js";
import { loadConfiguration } from "../config/load.js";
import { systemClock } from "../domain/clock.js";
import { UserError } from "../domain/errors.js";
import { encodeText } from "../git/text.js";
import { configOption, jsonOption } from "./options.js";
import type { LoadService, Operations } from "./service.js";

export interface OperationOptions {
  readonly config: string;
  readonly json?: true;
  readonly limit: number;
}

/** Options that all commands on the service's database take. */
export function withOperationOptions(command: Command): Command {
  return command
    .addOption(configOption())
    .addOption(new Option("--limit <count>", "list at most so many").argParser(parseCount).default(50))
    .addOption(jsonOption());
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number, 1 or more.");
}

/** Opens the database of the service, running or not, for one answer. */
export async function operate<Answer>(
  config: string,
  loadService: LoadService,
  act: (operations: Operations) => Promise<Answer>,
): Promise<Answer> {
  const environment = readEnvironment();
  const configuration = await loadConfiguration(config, environment);
  const { openOperations } = await loadService();
  const log = pino({ level: "silent" });
  const operations = await openOperations({ configuration, environment, log, clock: systemClock });
  try {
    return await act(operations);
  } finally {
    await operations.close();
  }
}

/** What is told of the answer: values for programs, or text for people. */
export function answer(options: OperationOptions, { value, text }: { value: unknown; text: string }): void {
  process.stdout.write(
    options.json === true ? `${JSON.stringify(value, undefined, 2)}\n` : encodeText(`${text}\n`),
  );
}

/** Columns as wide as what they hold; the last one takes what is left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(oneLine))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function oneLine(text: string): string {
  const [first = ""] = text.split("\n");
  return first.length > 100 ? `${first.slice(0, 99)}…` : first;
}

/** The thing of this name, where a command needs one. */
export function given(id: string | undefined, action: string): string {
  if (id !== undefined) return id;
  throw new UserError("usage", { message: `${action} needs an id`, remedy: "The list shows them." });
}

export function missing(what: string, id: string): UserError {
  return new UserError("missing", {
    message: `there is no ${what} ${id}`,
    remedy: "The list shows what there is.",
  });
}

export function shownMoment(moment: Date): string {
  return moment
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}
