import { expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { startService } from "../../src/app.js";
import { readEnvironment } from "../../src/config/environment.js";
import { loadConfiguration } from "../../src/config/load.js";
import { systemClock } from "../../src/domain/clock.js";
import { pause } from "./queues.js";

/** A forge that is not there. */
const links = `
forges:
  gitlab.local: { kind: gitlab, url: "http://127.0.0.1:9" }
links:
  - { source-git: "gitlab.local/src/{name}", dist-git: "gitlab.local/rpms/{name}", layout: rpm }
reconcile: never
keep-deliveries: 2 days
`;

const day = 24 * 3_600_000;

it("a service forgets deliveries that are older than the links file wants them, as soon as it is started", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-kept-"));
  const environment = readEnvironment({
    ...{ GITLAB_TOKEN: "x", GITLAB_WEBHOOK_SECRET: "y" },
    ...{ HOST: "127.0.0.1", PORT: "0", DATA_DIRECTORY: directory },
  });
  const file = join(directory, "sluice.yml");
  await writeFile(file, links);
  const configuration = await loadConfiguration(file, environment);
  const log = pino({ level: "silent" });
  const start = () => startService({ configuration, environment, clock: systemClock, log });
  const daysAgo = (days: number) => new Date(systemClock.now().getTime() - days * day);

  const first = await start();
  for (const days of [1, 3]) {
    const delivery = { forge: "gitlab.local", id: `${days} days`, event: "Push Hook", body: "{}" };
    await first.queue.accept({ ...delivery, receivedAt: daysAgo(days) }, []);
  }
  await first.stop();
  const second = await start();
  const kept = async () => (await second.queue.deliveries.list({ limit: 10 })).map(({ id }) => id);
  while ((await kept()).length > 1) await pause(20);

  expect(await kept()).toEqual(["1 days"]);
  await second.stop();
  await rm(directory, { recursive: true, force: true });
});
