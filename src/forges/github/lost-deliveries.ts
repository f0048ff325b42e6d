import { z } from "zod";
import type { LostDeliveries } from "../forge.js";
import type { GitHubClient } from "./client.js";

const deliveryPayload = z.object({
  id: z.number(),
  /** Of the webhook; equal in all that are sent of it. */
  guid: z.string(),
  delivered_at: z.string(),
  redelivery: z.boolean(),
  status_code: z.number(),
});
type DeliveryPayload = z.infer<typeof deliveryPayload>;

/** So many failures are looked through, and so many webhooks sent again, newest first: for what else happened are sweeps. */
const mostLooked = 1000;
const mostSent = 100;

/** The webhooks of an App, which GitHub never sends again by itself. */
export function lostDeliveries(client: GitHubClient): LostDeliveries {
  return {
    async redeliver(since, hasArrived) {
      const failed = await failedSince(client, since);
      // Where another try failed as well, it was somebody's doing, or ours before we were cut off.
      const tried = new Set(failed.filter(({ redelivery }) => redelivery).map(({ guid }) => guid));
      const lost: number[] = [];
      for (const { id, guid } of failed) {
        if (lost.length < mostSent && !tried.has(guid) && !(await hasArrived(guid))) lost.push(id);
      }
      // In the order in which they should have come.
      for (const id of lost.reverse()) {
        await client.askAsApp({
          route: "POST /app/hook/deliveries/{delivery_id}/attempts",
          parameters: { delivery_id: id },
          answer: z.unknown(),
        });
      }
      return lost.length;
    },
  };
}

/** Newest first. */
async function failedSince(client: GitHubClient, since: Date): Promise<readonly DeliveryPayload[]> {
  // GitHub tells whole seconds.
  const second = new Date(since).setUTCMilliseconds(0);
  const found: DeliveryPayload[] = [];
  const listed = client.listAsApp({
    route: "GET /app/hook/deliveries",
    parameters: { status: "failure" },
    answer: deliveryPayload.array(),
  });
  for await (const delivery of listed) {
    if (Date.parse(delivery.delivered_at) < second || found.length === mostLooked) break;
    if (delivery.status_code < 200 || delivery.status_code > 299) found.push(delivery);
  }
  return found;
}
