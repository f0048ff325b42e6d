import { join } from "node:path";
import type { Knex } from "knex";
import type { Logger } from "pino";
import type { Configuration, ForgeSettings } from "./config/configuration.js";
import type { Environment } from "./config/environment.js";
import { SqlGiven } from "./database/given.js";
import { openDatabase } from "./database/open.js";
import type { Clock } from "./domain/clock.js";
import { mergeRequestName } from "./domain/refs.js";
import type { Forge } from "./forges/forge.js";
import { createGitHubForge } from "./forges/github/adapter.js";
import { createGitLabForge } from "./forges/gitlab/adapter.js";
import type { ForgeMemory } from "./forges/memory.js";
import { type ActingForge, ForgeRegistry } from "./forges/registry.js";
import { createGitHubReceiver } from "./handlers/github.js";
import { createGitLabReceiver } from "./handlers/gitlab.js";
import { commentsJob, silenceJob } from "./handlers/jobs.js";
import { perform } from "./handlers/perform.js";
import type { ReceiverTools, WebhookReceiver } from "./handlers/receive.js";
import type { Services } from "./handlers/services.js";
import { Carrier } from "./linking/carry.js";
import { Clones } from "./linking/clones.js";
import { Commander } from "./linking/commander.js";
import { Counterparts } from "./linking/counterparts.js";
import { DistBranches } from "./linking/dist-branches.js";
import { Ending } from "./linking/ending.js";
import { Drift } from "./linking/home-drift.js";
import { Explainer } from "./linking/explainer.js";
import type { Explanation } from "./linking/explanation.js";
import { HomeBringer } from "./linking/homecoming.js";
import { HomeRequests } from "./linking/homecoming-request.js";
import { SqlHomecomings } from "./linking/sql-homecomings.js";
import { type Asked, type BranchStatus, linkStatus } from "./linking/link-status.js";
import { createLinks, identityIn } from "./linking/links.js";
import { Mirror } from "./linking/mirror.js";
import { Narrowings } from "./linking/narrowing.js";
import { SqlPairs } from "./linking/sql-pairs.js";
import { Relay } from "./linking/relay.js";
import { Rerunner } from "./linking/rerunner.js";
import { ResultBoard } from "./linking/result-board.js";
import { Reporter } from "./linking/report.js";
import { SqlTold } from "./linking/sql-told.js";
import { Standing } from "./linking/standing.js";
import { TrustKeeper } from "./linking/trust-keeper.js";
import type { LaneJob } from "./queue/jobs-view.js";
import { SqlQueue } from "./queue/sql-queue.js";
import { startWebServer } from "./web/server.js";

export interface ServiceOptions {
  readonly configuration: Configuration;
  readonly environment: Environment;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Answers questions. */
export interface Lookout {
  /** How the branches of a link stand. */
  linkStatus(asked: Asked): Promise<readonly BranchStatus[]>;
  /** What would be decided for the merge request at this address, of either side, and the jobs that are about it. */
  explain(address: string): Promise<{
    readonly explanation: Explanation;
    readonly jobs: readonly LaneJob[];
    readonly prefix: string;
  }>;
  close(): Promise<void>;
}

/** A running service. */
export interface Service {
  /** Where it listens, without a final slash. */
  readonly url: string;
  readonly queue: SqlQueue;
  /** Takes no new work, lets the work under way end, and closes everything. */
  stop(): Promise<void>;
}

/** Builds the program and starts it: database, forges, worker, web server. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { configuration, environment, log, clock } = options;
  const database = await openDatabase(environment.databaseUrl.reveal());
  try {
    const queue = new SqlQueue({ database, clock, log });
    const pairs = new SqlPairs(database, clock);
    const services = buildServices(options, { database, queue, pairs });
    const receivers = receiversOf(configuration.forges, { queue, clock });
    const web = await startWebServer({ ...environment, receivers, queue, configuration, log });
    queue.start((job) => perform(job, services));
    return {
      url: web.url,
      queue,
      async stop() {
        await web.close();
        await queue.stop();
        await database.destroy();
      },
    };
  } catch (error) {
    await database.destroy();
    throw error;
  }
}

/** What the service knows and sees, for commands that only look; nothing is started. */
export async function openLookout(options: ServiceOptions): Promise<Lookout> {
  const { environment, log, clock } = options;
  const database = await openDatabase(environment.databaseUrl.reveal());
  const queue = new SqlQueue({ database, clock, log });
  const services = buildServices(options, { database, queue, pairs: new SqlPairs(database, clock) });
  const clones = new Clones(join(environment.dataDirectory, "git"));
  return {
    linkStatus: (asked) => linkStatus({ ...services, clones }, asked),
    explain: async (address) => {
      const explanation = await services.explainer.explain(address);
      const lane = mergeRequestName(explanation.sourceGit.ref);
      return { explanation, jobs: await queue.inLane(lane), prefix: options.configuration.commands.prefix };
    },
    close: () => database.destroy(),
  };
}

type Built = Services & { readonly explainer: Explainer };

function buildServices(
  { configuration, environment, log, clock }: ServiceOptions,
  { database, queue, pairs }: { readonly database: Knex; readonly queue: SqlQueue; readonly pairs: SqlPairs },
): Built {
  const tools = { log, clock, memory: new SqlGiven(database, clock) };
  const forges = registryOf(configuration, tools);
  const clones = new Clones(join(environment.dataDirectory, "git"));
  const { commands } = configuration;
  const told = new SqlTold(database);
  const report = new Reporter({
    ...{ forges, pairs, clock, told, prefix: commands.prefix },
    editLater: (mergeRequest, at) => queue.add([commentsJob(mergeRequest, at)]),
  });
  const branches = new DistBranches({ forges, pairs, clones });
  const board = new ResultBoard({
    ...{ forges, told, clock },
    giveUpLater: (commit, at) => queue.add([silenceJob(commit, at)]),
  });
  const carrier = new Carrier({ forges, clones, branches });
  const narrowings = new Narrowings({ forges, clones });
  const links = createLinks(configuration.links, configuration.users, (link) => narrowings.narrow(link));
  const trust = new TrustKeeper({ forges, pairs, clones });
  const standing = new Standing({ forges, links, told, trust });
  const counterparts = new Counterparts({ forges, pairs, branches });
  const homecomings = new SqlHomecomings(database, clock);
  const requests = new HomeRequests({ forges, homecomings });
  const ending = new Ending({ forges, pairs, counterparts, report });
  return {
    forges,
    links,
    narrowings,
    pairs,
    explainer: new Explainer({ forges, links, pairs, told, trust, carrier }),
    commander: new Commander({ forges, links, pairs, counterparts, commands, standing }),
    queue,
    mirror: new Mirror({ forges, pairs, carrier, report, counterparts, ending, trust, board }),
    relay: new Relay({ forges, links, pairs, told, report, board }),
    rerunner: new Rerunner({ forges, pairs, counterparts }),
    report,
    homecomings,
    homeBringer: new HomeBringer({ forges, clones, pairs, homecomings, requests }),
    drift: new Drift({ forges, clones, pairs, homecomings, requests, report }),
  };
}

function registryOf({ forges, links }: Configuration, tools: ForgeTools): ForgeRegistry {
  const acting = forges.flatMap((settings) => actingForges(settings, tools));
  return new ForgeRegistry(acting, (repository) => identityIn(links, repository));
}

/** A forge once for each identity that may act there. */
function actingForges(settings: ForgeSettings, tools: ForgeTools): readonly ActingForge[] {
  const first = { identity: undefined, forge: forgeOf(settings, tools) };
  const others: readonly (ForgeSettings & { readonly id: string })[] =
    settings.kind === "github"
      ? settings.identities.map((each) => ({ ...settings, ...each }))
      : settings.identities.map((each) => ({ ...settings, ...each }));
  return [first, ...others.map((other) => ({ identity: other.id, forge: forgeOf(other, tools) }))];
}

interface ForgeTools {
  readonly log: Logger;
  readonly clock: Clock;
  readonly memory: ForgeMemory;
}

function forgeOf(settings: ForgeSettings, tools: ForgeTools): Forge {
  return settings.kind === "github"
    ? createGitHubForge({ ...settings, ...tools })
    : createGitLabForge({ ...settings, ...tools });
}

/** By the name of the forge, which is the last part of the webhook's address. */
function receiversOf(
  forges: readonly ForgeSettings[],
  tools: ReceiverTools,
): ReadonlyMap<string, WebhookReceiver> {
  return new Map(
    forges.map((settings) => [
      settings.name,
      settings.kind === "github"
        ? createGitHubReceiver(settings, tools)
        : createGitLabReceiver(settings, tools),
    ]),
  );
}
