import { z } from "zod";
import type { GitHubClient } from "./client.js";

const deliveryPayload = z.object({
  id: z.number(),
  guid: z.string(),
  delivered_at: z.string(),
  redelivery: z.boolean(),
  status_code: z.number(),
});

/**
 * Has an App's webhooks sent again that failed since then, each once, the newest hundred at most: for what else happened
 * there are sweeps. GitHub never does it by itself.
 */
export async function redeliver(client: GitHubClient, since: Date): Promise<number> {
  // GitHub tells whole seconds.
  const second = new Date(since).setUTCMilliseconds(0);
  const failed = await client.askAsApp({
    route: "GET /app/hook/deliveries",
    parameters: { status: "failure", per_page: 100 },
    answer: deliveryPayload.array(),
  });
  const lost = failed.filter(
    ({ status_code: code, delivered_at: at, redelivery }) =>
      (code < 200 || code > 299) && Date.parse(at) >= second && !redelivery,
  );
  for (const { id } of lost) {
    await client.askAsApp({
      route: "POST /app/hook/deliveries/{delivery_id}/attempts",
      parameters: { delivery_id: id },
      answer: z.unknown(),
    });
  }
  return lost.length;
}
