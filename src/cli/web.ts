import type { Command } from "commander";
import { serviceCommand } from "./serve.js";
import type { LoadService } from "./service.js";

export function webCommand(loadService: LoadService): Command {
  return serviceCommand("web", { roles: ["web"], loadService }).description(
    "Receives webhooks and stores them, and leaves the work to worker processes; several may run beside one another on" +
      " Postgres.",
  );
}
