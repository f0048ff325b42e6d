import { afterEach, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role, Service } from "../../src/app.js";
import { startQuietly } from "../world/quiet-service.js";

let directory = "";
const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop(0);
  await rm(directory, { recursive: true, force: true });
});

async function start(...roles: readonly Role[]): Promise<Service> {
  const service = await startQuietly(directory, { roles });
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
