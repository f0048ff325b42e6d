import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { type Service, startService } from "../../src/app.js";
import { readEnvironment } from "../../src/config/environment.js";
import { loadConfiguration } from "../../src/config/load.js";
import {
  configureExample,
  connectExample,
  type Example,
  type ExampleConfiguration,
  installExample,
} from "../../src/sandbox/example.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";
import { copyPackage, copyToForge } from "./package.js";
import { freePort } from "./ports.js";
import { startSandbox } from "../../src/sandbox/start.js";
import { MovableClock } from "./clock.js";
import type { Combination } from "./combinations.js";
import { ContractWatch } from "./contract.js";
import { DistGit } from "./dist-git.js";
import { distSide, sourceSide } from "./side.js";
import { SourceGit } from "./source-git.js";
import { StatusLog } from "./status-log.js";

const packages = join(import.meta.dirname, "..", "fixtures", "packages");

export interface Wanted extends Combination {
  readonly trust?: "members" | "everyone";
  /** As in `sluice.yml`; every branch to its namesake unless given. */
  readonly branches?: string;
  /** As in `sluice.yml`; rpm unless given. */
  readonly layout?: "rpm" | "quilt" | "plain";
  /** Further keys of the link, as in `sluice.yml`. */
  readonly link?: Readonly<Record<string, string>>;
  /** Further accounts of dist-git's forge that may act as Sluice; those of the box, by login. */
  readonly identities?: readonly string[];
  /** How often everything is compared with the forges, as in `sluice.yml`; never unless told. */
  readonly reconcile?: string;
  /** How commands are written and who may give them, as in `sluice.yml`. */
  readonly commands?: string;
  /** The file that says which logins belong to one person. */
  readonly users?: string;
  /** As in `DATABASE_URL`; a file of SQLite unless given. */
  readonly database?: string;
  /** Seconds between a forge's lie and the truth are counted by this clock. */
  readonly clock?: MovableClock;
}

/** A package linked from source-git to dist-git, with Sluice running, and everything real between them. */
export interface World {
  readonly sourceGit: SourceGit;
  readonly distGit: DistGit;
  readonly example: Example;
  readonly sandbox: Sandbox;
  readonly service: Service;
  readonly clock: MovableClock;
  /** What `bin/sluice` takes to see what the service sees. */
  readonly commandLine: () => Promise<ExampleConfiguration>;
  /** Everything that was set off has come to its end; jobs that wait for a later moment wait on. */
  readonly settle: () => Promise<void>;
  /** Time passes for the forges and for Sluice until everything that waits has been done. */
  readonly waitOut: () => Promise<void>;
  /** The reasons of the jobs that wait for the operator; a test that expects some looks at them here. */
  readonly parked: () => Promise<readonly string[]>;
  readonly stopSluice: () => Promise<void>;
  readonly startSluice: () => Promise<void>;
}

interface Running {
  readonly directory: string;
  readonly contract: ContractWatch;
  readonly sandbox: Sandbox;
  readonly sourceGit: SourceGit;
  service: Service | undefined;
  lookedAtParked: boolean;
}

let running: Running[] = [];

export async function linkedPackage(name: string, wanted: Wanted): Promise<World> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-world-"));
  const clock = wanted.clock ?? new MovableClock(1 / 20);
  const kinds = [...new Set([wanted.from, wanted.to])];
  const forges = kinds.map((kind) => ({ name: `${kind}.example`, kind }));
  // No webhook is lost unless a test says so, however long the machine stalls.
  const delays = { mergeabilityMilliseconds: 5, webhookTimeoutMilliseconds: 120_000 };
  const sandbox = await startSandbox({ forges, directory, clock, ...delays });
  const contract = new ContractWatch();
  const log = new StatusLog();
  for (const forge of sandbox.forges) {
    contract.watch(forge);
    log.watch(forge);
  }
  const example = await installExample({
    sourceForge: sandbox.forge(`${wanted.from}.example`),
    distForge: sandbox.forge(`${wanted.to}.example`),
    folder: join(packages, name),
    directory,
    ...{ build: copyPackage, publish: copyToForge },
  });
  const sourceGit = new SourceGit(sourceSide(example, log), example.local);
  const world: Running = {
    directory,
    contract,
    sandbox,
    sourceGit,
    service: undefined,
    lookedAtParked: false,
  };
  running.push(world);

  const service = () => {
    if (!world.service) throw new Error("Sluice is not running");
    return world.service;
  };
  // Where it was is where its forges look for it when it comes back.
  const port = await freePort();
  const start = async () => {
    world.service = await startSluice({ example, directory, clock, wanted, port });
  };
  await start();
  connectExample(example, service().url);
  const settle = () => settleWorld(sandbox, () => world.service);
  return {
    sourceGit,
    distGit: new DistGit(distSide(example, log)),
    example,
    sandbox,
    clock,
    get service() {
      return service();
    },
    commandLine: async () => {
      const { file, environment } = await configureExample(example, { ...wanted, directory });
      return { file, environment: { ...environment, DATA_DIRECTORY: join(directory, "data") } };
    },
    settle,
    waitOut: async () => {
      await settle();
      // There is always a next sweep.
      const next = () => service().queue.nextDueAt(["sweep"]);
      for (let due = await next(); due; due = await next()) {
        clock.passUntil(due);
        await settle();
      }
    },
    parked: async () => {
      world.lookedAtParked = true;
      return (await service().queue.parked()).map(({ error }) => error);
    },
    stopSluice: async () => {
      await service().stop();
      world.service = undefined;
    },
    startSluice: start,
  };
}

/** To be called after each test: closes its worlds, and fails it for what happened there that nobody looked at. */
export async function endWorld(): Promise<void> {
  const worlds = running;
  running = [];
  const problems: string[] = [];
  for (const { service, sandbox, sourceGit, directory, contract, lookedAtParked } of worlds) {
    problems.push(...sourceGit.unreadComplaints().map((text) => `nobody looked at: ${text}`));
    if (service) {
      const parked = lookedAtParked ? [] : await service.queue.parked();
      problems.push(...parked.map(({ error }) => `a job is parked: ${error}`));
      await service.stop();
    }
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
    problems.push(...contract.violations);
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

interface Starting {
  readonly example: Example;
  readonly directory: string;
  readonly clock: MovableClock;
  readonly wanted: Wanted;
  readonly port: number;
}

async function startSluice({ example, directory, clock, wanted, port }: Starting): Promise<Service> {
  const configured = await configureExample(example, { reconcile: "never", ...wanted, directory });
  const environment = readEnvironment({
    ...configured.environment,
    PORT: String(port),
    HOST: "127.0.0.1",
    DATA_DIRECTORY: join(directory, "data"),
    ...(wanted.database !== undefined && { DATABASE_URL: wanted.database }),
  });
  const configuration = await loadConfiguration(configured.file, environment);
  return startService({
    configuration,
    environment,
    clock,
    log: pino({ level: process.env["SLUICE_TEST_LOG"] ?? "silent" }),
  });
}

/** A webhook makes a job, a job makes a webhook: done is when nothing was sent while both sides came to their ends. */
async function settleWorld(sandbox: Sandbox, service: () => Service | undefined): Promise<void> {
  const sent = () => sandbox.forges.reduce((sum, forge) => sum + forge.webhooks.deliveries().length, 0);
  let before: number;
  do {
    before = sent();
    await sandbox.settled();
    await service()?.queue.idle();
    // What the jobs did is not sent at once.
    await sandbox.settled();
  } while (sent() !== before);
}
