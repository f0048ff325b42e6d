import { expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/domain/clock.js";
import { startQuietly } from "../world/quiet-service.js";
import { pause } from "./queues.js";

const day = 24 * 3_600_000;

it("a service forgets deliveries that are older than the links file wants them, as soon as it is started", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-kept-"));
  const start = () => startQuietly(directory, { settings: "keep-deliveries: 2 days\n" });
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
