import type { Metrics } from "../domain/metrics.js";
import type { ForgeName } from "../domain/refs.js";

/** How a request to a forge ended; `unchanged` is free, `limited` is told to come later, `unanswered` never came back. */
export type RequestOutcome = "answered" | "unchanged" | "limited" | "refused" | "failed" | "unanswered";

export interface EndedRequest {
  readonly forge: ForgeName;
  readonly outcome: RequestOutcome;
  /** From when its turn had come. */
  readonly seconds: number;
}

/** Told of each request when it has ended. */
export type OnRequest = (ended: EndedRequest) => void;

/** Counts requests to the forges and their times. */
export function requestMetrics(metrics: Metrics): OnRequest {
  const count = metrics.counter({
    name: "sluice_api_requests_total",
    help:
      "Requests to the API: answered, unchanged (304, free), limited (told to come later), refused (4xx), failed (5xx)," +
      " unanswered (no connection, or no answer in time)",
    labels: ["forge", "outcome"],
  });
  const time = metrics.timer({
    name: "sluice_api_request_seconds",
    help: "How long the forge took to answer a request, without the wait for its turn",
    labels: ["forge"],
  });
  return ({ forge, outcome, seconds }) => {
    count({ forge, outcome });
    time({ forge }, seconds);
  };
}

/** Asks, and tells how that ended. */
export async function told(
  ask: () => Promise<Response>,
  end: (ended: Omit<EndedRequest, "forge">) => void,
): Promise<Response> {
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  try {
    const response = await ask();
    end({ outcome: outcomeOf(response), seconds: seconds() });
    return response;
  } catch (error) {
    end({ outcome: "unanswered", seconds: seconds() });
    throw error;
  }
}

function outcomeOf({ status, headers }: Response): RequestOutcome {
  if (status === 304) return "unchanged";
  if (status < 400) return "answered";
  if (status >= 500) return "failed";
  // GitHub says 403 of a budget that is used up, and of work that comes too fast.
  const isSpent = headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after");
  return status === 429 || (status === 403 && isSpent) ? "limited" : "refused";
}
