import { pino } from "pino";
import { type Service, startService } from "../../../src/app.js";
import { readEnvironment } from "../../../src/config/environment.js";
import { loadConfiguration } from "../../../src/config/load.js";
import type { Clock } from "../../../src/domain/clock.js";
import type { Order } from "./order.js";
import { keepLedger } from "./witness.js";

/** Everything is read before it is told to live, so that it takes the place of a dead one at once. */
process.once("message", (order: Order) => void live(order));
process.once("disconnect", () => process.exit());

async function live({ file, environment: variables, ledger, dies, ahead }: Order): Promise<void> {
  keepLedger(ledger, dies);
  const time = { ahead };
  const starting = start({ file, variables, clock: { now: () => new Date(Date.now() + time.ahead) } });
  // From the first moment: what it is told while it starts holds, too.
  process.on("message", (told: { readonly ahead?: number }) => {
    if (told.ahead === undefined) return void starting.then((service) => end(service));
    time.ahead = told.ahead;
    // Whatever is due by now is looked for at once.
    void starting.then(({ queue }) => queue.idle());
  });
  await starting;
  process.send?.("lives");
}

interface Starting {
  readonly file: string;
  readonly variables: Order["environment"];
  readonly clock: Clock;
}

async function start({ file, variables, clock }: Starting): Promise<Service> {
  const environment = readEnvironment(variables);
  return startService({
    configuration: await loadConfiguration(file, environment),
    environment,
    clock,
    log: pino({ level: "info", base: null }, pino.destination({ dest: 2, sync: true })),
  });
}

async function end(service: Service): Promise<void> {
  await service.stop(0);
  process.exit(0);
}
