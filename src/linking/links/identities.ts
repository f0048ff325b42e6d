import type { Logger } from "pino";
import { OperatorError } from "../../domain/errors.js";
import type { ForgeRegistry } from "../../forges/registry.js";

/**
 * Asks each forge who we are there, so that a wrong token is found at the start rather than by the first merge request.
 * The others are served all the same: jobs for the one that refuses us are parked with the same reason.
 */
export async function checkIdentities(forges: ForgeRegistry, log: Logger): Promise<void> {
  for (const { name } of forges.all()) {
    try {
      const names = (await forges.ourselves(name)).map(({ login }) => login);
      log.info({ forge: name, as: names }, "the forge knows us");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof OperatorError) {
        log.error(
          { forge: name, reason },
          "the forge refuses us: `sluice check-config` names the variables that hold its secrets",
        );
      } else log.warn({ forge: name, reason }, "the forge cannot be asked who we are");
    }
  }
}
