import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pino from "pino";
import { type Role, type Service, startService } from "../../src/app.js";
import { readEnvironment } from "../../src/config/environment.js";
import { loadConfiguration } from "../../src/config/load.js";
import { systemClock } from "../../src/domain/clock.js";

/** A forge that is not there. */
const links = `
forges:
  gitlab.local: { kind: gitlab, url: "http://127.0.0.1:9" }
links:
  - { source-git: "gitlab.local/src/{name}", dist-git: "gitlab.local/rpms/{name}", layout: rpm }
reconcile: never
`;

interface Quiet {
  /** Lines of `sluice.yml` beside the rest. */
  readonly settings?: string;
  readonly roles?: readonly Role[];
}

/** A process that neither hears nor is told anything, with its data in the folder. */
export async function startQuietly(
  directory: string,
  { settings = "", roles = ["web", "worker"] }: Quiet = {},
): Promise<Service> {
  const environment = readEnvironment({
    ...{ GITLAB_TOKEN: "x", GITLAB_WEBHOOK_SECRET: "y" },
    ...{ HOST: "127.0.0.1", PORT: "0", DATA_DIRECTORY: directory },
  });
  const file = join(directory, "sluice.yml");
  await writeFile(file, `${links}${settings}`);
  const configuration = await loadConfiguration(file, environment);
  const log = pino({ level: "silent" });
  return startService({ configuration, environment, clock: systemClock, log, roles });
}
