import { Argument, Command, Option } from "commander";
import type { PairState } from "../linking/pairs/pairs.js";
import type { ListedPair } from "../linking/pairs/sql-pair-register.js";
import {
  answer,
  given,
  missing,
  type OperationOptions,
  operate,
  shownMoment,
  table,
  withOperationOptions,
} from "./operations.js";
import type { LoadService, Operations } from "./service.js";

interface Options extends OperationOptions {
  readonly state?: PairState;
}

/** The order of a pair's life. */
const states = [
  ...(["opening", "open", "empty", "stopped", "closing", "closed", "merging", "merged"] as const),
] satisfies readonly PairState[];

type Action = "list" | "show" | "forget";

export function pairsCommand(loadService: LoadService): Command {
  const command = new Command("pairs")
    .description(
      "Lists the merge requests that mirror one another, what changed last first, shows one, or forgets one: its merge" +
        " requests stay as they are, and Sluice knows nothing of them. Works while the service runs.",
    )
    .addArgument(new Argument("[action]", "what to do").choices(["list", "show", "forget"]).default("list"))
    .argument("[id]", "the pair")
    .addOption(new Option("--state <state>", "list these alone").choices(states));
  return withOperationOptions(command).action((action: Action, id: string | undefined, options: Options) =>
    operate(options.config, loadService, (operations) => perform(action, id, { operations, options })),
  );
}

interface Performing {
  readonly operations: Operations;
  readonly options: Options;
}

async function perform(action: Action, id: string | undefined, performing: Performing): Promise<void> {
  if (action === "list") return list(performing);
  const { operations, options } = performing;
  const wanted = given(id, action);
  const pair = /^\d{1,9}$/.test(wanted) ? await operations.pairs.find(Number(wanted)) : undefined;
  if (!pair) throw missing("pair", wanted);
  if (action === "show") {
    answer(options, { value: pair, text: details(pair) });
    return;
  }
  await operations.pairs.forget(pair.id);
  answer(options, {
    value: { id: pair.id, forgotten: true },
    text: `the pair of ${pair.sourceGit} is forgotten`,
  });
}

async function list({ operations, options }: Performing): Promise<void> {
  const { state, limit } = options;
  const pairs = await operations.pairs.list({ limit, ...(state !== undefined && { state }) });
  const rows = pairs.map((pair) => [
    String(pair.id),
    pair.state,
    shownMoment(pair.updatedAt),
    pair.sourceGit,
    pair.distGit ?? "-",
  ]);
  const text =
    rows.length === 0 ? "No pairs." : table(["ID", "STATE", "CHANGED", "SOURCE-GIT", "DIST-GIT"], rows);
  answer(options, { value: pairs, text });
}

function details(pair: ListedPair): string {
  return [
    ...[`pair        ${pair.id}`, `state       ${pair.state}`, `source-git  ${pair.sourceGit}`],
    ...[
      `dist-git    ${pair.distGit ?? "not opened yet"}`,
      `mirrored    ${pair.mirroredHead ?? "nothing yet"}`,
    ],
    ...(pair.waitingHead === undefined ? [] : [`waits for   somebody's word on ${pair.waitingHead}`]),
    ...(pair.pausedBy === undefined ? [] : [`paused by   ${pair.pausedBy}`]),
    `changed     ${shownMoment(pair.updatedAt)}`,
  ].join("\n");
}
