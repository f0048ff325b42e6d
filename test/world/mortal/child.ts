import { pino } from "pino";
import { startService } from "../../../src/app.js";
import { readEnvironment } from "../../../src/config/environment.js";
import { loadConfiguration } from "../../../src/config/load.js";
import type { Order } from "./order.js";
import { keepLedger } from "./witness.js";

/** Everything is read before it is told to live, so that it takes the place of a dead one at once. */
process.once("message", (order: Order) => void live(order));
process.once("disconnect", () => process.exit());

async function live({ file, environment: variables, ledger, dies, ahead }: Order): Promise<void> {
  keepLedger(ledger, dies);
  const time = { ahead };
  const environment = readEnvironment(variables);
  const service = await startService({
    configuration: await loadConfiguration(file, environment),
    environment,
    clock: { now: () => new Date(Date.now() + time.ahead) },
    log: pino({ level: "info", base: null }, pino.destination({ dest: 2, sync: true })),
  });
  process.on("message", (told: { readonly ahead?: number }) => {
    if (told.ahead === undefined) return void service.stop(0).then(() => process.exit(0));
    time.ahead = told.ahead;
    // Whatever is due by now is looked for at once.
    void service.queue.idle();
  });
  process.send?.("lives");
}
