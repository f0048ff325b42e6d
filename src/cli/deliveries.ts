import { Argument, Command } from "commander";
import type { Delivery } from "../queue/queue.js";
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
  readonly forge?: string;
}

type Action = "list" | "show" | "replay";

export function deliveriesCommand(loadService: LoadService): Command {
  const command = new Command("deliveries")
    .description(
      "Lists the webhooks that were received, newest first, shows one with its body, or replays it: what follows from it" +
        " is done once more. Works while the service runs.",
    )
    .addArgument(new Argument("[action]", "what to do").choices(["list", "show", "replay"]).default("list"))
    .argument("[id]", "the forge's id of the delivery")
    .option("--forge <name>", "of this forge alone");
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
  const found = (await operations.deliveries.withId(wanted)).filter(
    ({ forge }) => options.forge === undefined || forge === options.forge,
  );
  const [delivery] = found;
  if (!delivery) throw missing("delivery", wanted);
  if (action === "show") {
    answer(options, { value: delivery, text: details(delivery) });
    return;
  }
  const jobs = await operations.replay(delivery);
  answer(options, {
    value: { forge: delivery.forge, id: delivery.id, jobs },
    text: `${delivery.id} is replayed: ${jobs} jobs`,
  });
}

async function list({ operations, options }: Performing): Promise<void> {
  const { forge, limit } = options;
  const deliveries = await operations.deliveries.list({ limit, ...(forge !== undefined && { forge }) });
  const rows = deliveries.map((each) => [shownMoment(each.receivedAt), each.forge, each.event, each.id]);
  const text = rows.length === 0 ? "No deliveries." : table(["RECEIVED", "FORGE", "EVENT", "ID"], rows);
  // Bodies are long; `show` has them.
  answer(options, { value: deliveries.map((each) => ({ ...each, body: undefined })), text });
}

function details({ forge, id, event, receivedAt, body }: Delivery): string {
  return [
    `forge     ${forge}`,
    `id        ${id}`,
    `event     ${event}`,
    `received  ${shownMoment(receivedAt)}`,
    "",
    body,
  ].join("\n");
}
