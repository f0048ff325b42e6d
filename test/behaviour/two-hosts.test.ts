import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/domain/clock.js";
import { configureExample, connectExample, installExample } from "../../src/sandbox/example.js";
import { startSandbox } from "../../src/sandbox/start.js";
import { useDatabases } from "../world/databases.js";
import { DistGit } from "../world/dist-git.js";
import { canMakeHosts, Host } from "../world/host.js";
import { freePort } from "../world/ports.js";
import { checkout, Program } from "../world/program.js";
import { distSide, sourceSide } from "../world/side.js";
import { SourceGit } from "../world/source-git.js";
import { StatusLog } from "../world/status-log.js";

let end: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const act of end.reverse()) await act();
  end = [];
});

/** Where nobody may make network namespaces there are no two hosts; jest then says that it was skipped, and we say why. */
const hasHosts = canMakeHosts();
const onTwoHosts = hasHosts ? it : it.skip;
const unless = hasHosts ? "" : " (it takes root's rights, and `ip` of iproute2)";

describe("two workers on two hosts, on Postgres", () => {
  const databases = useDatabases("Postgres");

  onTwoHosts(
    `finish what one was cut off from, which does no harm when it comes back${unless}`,
    async () => {
      const { sandbox, example, sourceGit, distGit } = await beginWorld();
      const ports = sandbox.forges.map(({ url }) => Number(new URL(url).port));
      const { settings, start } = await beginSluice(example, await databases.url());
      ports.push(Number(new URL(settings.DATABASE_URL ?? "").port));
      const [first, second] = [await startHost(1, ports), await startHost(2, ports)];

      const cutOff = await start("worker", first);
      let isCut = false;
      sandbox.forge("github.example").afterPush((_, by) => {
        if (!by.bot || isCut) return;
        isCut = true;
        first.unplug();
      });
      const mergeRequest = await sourceGit.openMergeRequest();
      await until("the worker is cut off after its push", () => isCut);
      const other = await start("worker", second);
      await until(
        "the other finishes",
        () => sourceGit.statuses(mergeRequest)["sluice"]?.state === "success",
      );
      await until("the first lets go", () => /job goes on elsewhere/.test(cutOff.output));

      const seen = pictureOf();
      await first.plugIn();
      await pause(3000);
      expect(pictureOf()).toEqual(seen);
      expect(seen).toMatchObject({ mirrors: [{ state: "open", title: "Do not overflow on large sums" }] });
      expect(seen.comments).toHaveLength(1);

      await other.end("SIGTERM");
      const pushed = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
      await until("the first goes on", () => sourceGit.statuses(pushed)["sluice"]?.state === "success");
      expect(distGit.mergeRequests()).toHaveLength(1);

      function pictureOf() {
        return {
          mirrors: distGit.mergeRequests().map(({ state, title, head }) => ({ state, title, head })),
          comments: sourceGit.comments(mergeRequest),
          statuses: sourceGit.statuses(mergeRequest),
        };
      }
    },
    1_200_000,
  );
});

async function beginWorld() {
  const directory = await mkdtemp(join(tmpdir(), "sluice-hosts-"));
  end.push(() => rm(directory, { recursive: true, force: true }));
  const forges = (["gitlab", "github"] as const).map((kind) => ({ name: `${kind}.example`, kind }));
  const sandbox = await startSandbox({
    ...{ forges, directory, clock: systemClock },
    webhookTimeoutMilliseconds: 120_000,
  });
  end.push(() => sandbox.close());
  const example = await installExample({
    sourceForge: sandbox.forge("gitlab.example"),
    distForge: sandbox.forge("github.example"),
    folder: join(checkout, "test/fixtures/packages/tally"),
    directory,
  });
  const log = new StatusLog();
  const sourceGit = new SourceGit(sourceSide(example, log), example.local);
  return { sandbox, example, sourceGit, distGit: new DistGit(distSide(example, log)) };
}

/** A `web` on this host; workers where they are told. */
async function beginSluice(example: Awaited<ReturnType<typeof installExample>>, database: string) {
  const directory = await mkdtemp(join(tmpdir(), "sluice-hosts-data-"));
  end.push(() => rm(directory, { recursive: true, force: true }));
  const { file, environment } = await configureExample(example, { directory, reconcile: "never" });
  const settings: Record<string, string> = { ...environment, HOST: "127.0.0.1", DATABASE_URL: database };
  let count = 0;
  const start = async (command: "web" | "worker", host?: Host, port = "0") => {
    const own = { PORT: port, DATA_DIRECTORY: join(directory, String(++count)) };
    const program = new Program([command, "--config", file], {
      environment: { ...settings, ...own },
      ...(host && { within: host.within }),
    });
    end.push(() => program.end("SIGKILL"));
    await program.says(/listens on/);
    return program;
  };
  const port = await freePort();
  await start("web", undefined, String(port));
  connectExample(example, `http://127.0.0.1:${port}`);
  return { settings, start };
}

async function startHost(number: number, ports: readonly number[]): Promise<Host> {
  const host = await Host.start(number, ports);
  end.push(() => host.end());
  return host;
}

async function until(what: string, happened: () => unknown): Promise<void> {
  const begun = Date.now();
  while (happened() !== true) {
    if (Date.now() > begun + 300_000) throw new Error(`in vain: ${what}`);
    await pause(20);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
