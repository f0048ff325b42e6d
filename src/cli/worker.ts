import type { Command } from "commander";
import { serviceCommand } from "./serve.js";
import type { LoadService } from "./service.js";

export function workerCommand(loadService: LoadService): Command {
  return serviceCommand("worker", { roles: ["worker"], loadService }).description(
    "Does the work that webhooks and time set off, and receives no webhooks; several may run beside one another on" +
      " Postgres. It answers /healthz, /readyz and /metrics, and stops as serve does.",
  );
}
