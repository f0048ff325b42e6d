import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { ForgeName } from "../domain/refs.js";
import type { Services } from "./services.js";

/** Milliseconds: clocks differ, and one that is on its way may fail only later. */
const overlap = 2 * 60_000;

/** Has a forge send again what did not arrive since this was last asked. */
export async function redeliverWebhooks(
  { forge: name }: { readonly forge: ForgeName },
  { forges, sweeps, queue, clock }: Services,
): Promise<Outcome> {
  const forge = forges.all().find((one) => one.name === name);
  if (!forge?.lostDeliveries) return skipped(`${name} keeps no webhooks`);
  const place = { forge: name, path: "" };
  const at = clock.now();
  const { at: since } = await sweeps.of(place);
  const hasArrived = (id: string) => queue.hasReceived({ forge: name, id });
  const count = since
    ? await forge.lostDeliveries.redeliver(new Date(since.getTime() - overlap), hasArrived)
    : 0;
  await sweeps.record(place, { at });
  return count === 0 ? skipped("no webhook failed") : done(`${count} webhooks come again`);
}
