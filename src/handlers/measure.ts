import type { ForgeEvent } from "../domain/events.js";
import type { Metrics } from "../domain/metrics.js";
import type { Services } from "./services.js";

/** Counts what sweeps found that no webhook had told of. */
export function foundMetrics(metrics: Metrics): (kind: ForgeEvent["kind"]) => void {
  const count = metrics.counter({
    name: "sluice_reconciler_found_total",
    help: "What sweeps found to have changed with nobody telling, by kind of the webhook that should have come",
    labels: ["kind"],
  });
  return (kind) => count({ kind });
}

/** What is left of each forge's budget, and whose webhooks do not come; the answer tells the status page. */
export function measureForges({ forges, sweeps }: Pick<Services, "forges" | "sweeps">, metrics: Metrics) {
  const labels = ["forge", "identity"] as const;
  const budgets = (part: "remaining" | "limit") => () =>
    Promise.resolve(
      forges.budgets().map(({ forge, identity, budget }) => ({
        labels: { forge, identity: identity ?? "" },
        value: budget[part],
      })),
    );
  const help = (what: string) =>
    `${what}, as the forge last said to this process; none once that has run out`;
  metrics.gauge(
    { name: "sluice_api_budget_remaining", help: help("Requests that may still be asked"), labels },
    budgets("remaining"),
  );
  metrics.gauge(
    { name: "sluice_api_budget_limit", help: help("Requests of a whole budget"), labels },
    budgets("limit"),
  );
  metrics.gauge(
    { name: "sluice_webhooks_in_trouble", help: "Repositories whose webhooks do not come", labels: [] },
    async () => [{ labels: {}, value: (await sweeps.troubles()).length }],
  );
  return async () => ({ budgets: forges.budgets(), troubles: await sweeps.troubles() });
}
