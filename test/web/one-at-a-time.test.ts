import { afterEach, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
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

let directory = "";
const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop(0);
  await rm(directory, { recursive: true, force: true });
});

/** A process that neither hears nor is told anything. */
async function start(...roles: readonly Role[]): Promise<Service> {
  const environment = readEnvironment({
    ...{ GITLAB_TOKEN: "x", GITLAB_WEBHOOK_SECRET: "y" },
    ...{ HOST: "127.0.0.1", PORT: "0", DATA_DIRECTORY: directory },
  });
  const file = join(directory, "sluice.yml");
  await writeFile(file, links);
  const configuration = await loadConfiguration(file, environment);
  const log = pino({ level: "silent" });
  const service = await startService({ configuration, environment, clock: systemClock, log, roles });
  running.push(service);
  return service;
}

it("one process at a time works with an SQLite file, and the next once that has ended", async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-one-"));
  const first = await start("web", "worker");

  await expect(start("web", "worker")).rejects.toMatchObject({
    name: "UserError",
    message: `another process of Sluice works with ${join(directory, "sluice.db")}`,
  });
  // It takes nothing from anybody.
  await start("web");

  await first.stop();
  running.splice(running.indexOf(first), 1);
  await start("worker");
});
