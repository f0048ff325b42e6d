import { Command } from "commander";
import { pino } from "pino";
import { readEnvironment } from "../config/environment.js";
import { loadConfiguration } from "../config/load.js";
import { systemClock } from "../domain/clock.js";
import { UserError } from "../domain/errors.js";
import { encodeText } from "../git/text.js";
import { explanationJson, explanationText } from "./explanation-text.js";
import { configOption, jsonOption } from "./options.js";
import { withProgress } from "./progress.js";
import type { Explained, LoadService } from "./service.js";

interface Options {
  readonly config: string;
  readonly json?: true;
}

export function explainMergeRequestCommand(loadService: LoadService): Command {
  return new Command("explain")
    .description(
      "Says of the merge request at URL, on either side, which link and branch it falls under, where its pair stands," +
        " whether its head is trusted, what a conversion would change, and what happens or is waited for next, each with" +
        " its reason. Nothing is changed on any forge. It reads the environment and the database of the service.",
    )
    .argument("<url>", "address of the merge request, as the browser shows it")
    .addOption(configOption())
    .addOption(jsonOption())
    .action(async (url: string, options: Options) => {
      const explained = await withProgress("looking", () => explainAt(url, options, loadService));
      process.stdout.write(
        options.json === true ? explanationJson(explained) : encodeText(explanationText(explained)),
      );
    });
}

async function explainAt(url: string, { config }: Options, loadService: LoadService): Promise<Explained> {
  if (!URL.canParse(url)) {
    throw new UserError("usage", {
      message: "not the address of a merge request",
      where: url,
      remedy: "Give it as the browser shows it: https://…/-/merge_requests/7 or https://…/pull/7.",
    });
  }
  const environment = readEnvironment();
  const configuration = await loadConfiguration(config, environment);
  const { openLookout } = await loadService();
  const log = pino({ level: "silent" });
  const lookout = await openLookout({ configuration, environment, log, clock: systemClock });
  try {
    return await lookout.explain(url);
  } finally {
    await lookout.close();
  }
}
