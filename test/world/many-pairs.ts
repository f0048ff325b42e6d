import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/database/open.js";
import type { MergeRequest } from "../../src/domain/merge-request.js";
import type { RepositoryRef } from "../../src/domain/refs.js";
import { Secret } from "../../src/domain/secret.js";
import { createGitHubForge } from "../../src/forges/github/adapter.js";
import { createGitLabForge } from "../../src/forges/gitlab/adapter.js";
import { ForgeRegistry } from "../../src/forges/registry.js";
import { GitCache } from "../../src/git/cache/git-cache.js";
import { git, gitText } from "../../src/git/run.js";
import { perform } from "../../src/handlers/perform.js";
import type { Services } from "../../src/handlers/services.js";
import { sweep } from "../../src/handlers/sweep.js";
import { SqlHomecomings } from "../../src/linking/homecoming/sql-homecomings.js";
import { noLabels } from "../../src/linking/mirror/labels.js";
import { createLinks } from "../../src/linking/links/links.js";
import { Clones } from "../../src/linking/pairs/clones.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { Reconciler } from "../../src/linking/reconciler/reconciler.js";
import { SqlObeyedComments, SqlSweeps } from "../../src/linking/reconciler/sql-sweeps.js";
import { SqlLateResults } from "../../src/linking/results/sql-late-results.js";
import { SqlTold } from "../../src/linking/telling/sql-told.js";
import type { Job, NewJob } from "../../src/queue/queue.js";
import type { SandboxMergeRequest, SandboxRepository } from "../../src/sandbox/model.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import { startSandbox } from "../../src/sandbox/start.js";
import { linkEntry } from "../config/link-entry.js";
import { MovableClock } from "./clock.js";
import { RequestLog } from "./request-log.js";

/** What one sweep of everything cost, and the kinds of jobs that followed. */
export interface Swept {
  readonly requests: readonly string[];
  readonly found: readonly string[];
  /** Seconds of work. */
  readonly seconds: number;
}

export interface ManyPairs {
  sweep(): Promise<Swept>;
  /** People change every tenth source-git merge request. */
  changeATenth(): Promise<void>;
  /** Another process, which knows what is in the database and no answer of a forge. */
  restart(): void;
  end(): Promise<void>;
}

const every = 10 * 60_000;
const sides = [
  { kind: "gitlab", group: "src", branches: "change-" },
  { kind: "github", group: "rpms", branches: "sluice/change-" },
] as const;

/** What all of them say, and its fingerprint. */
const title = "Fix";
const texts = "8cf516e145b84e60e14efd56273d028b142119c32c1a99ed89f2a65ab50da9ef";

/** Open pairs that are as recorded, from GitLab to GitHub, without anybody who works on them. */
export async function manyPairs(
  count: number,
  places: "two repositories" | "its own each",
): Promise<ManyPairs> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-pairs-"));
  const clock = new MovableClock();
  const forges = sides.map(({ kind }) => ({ name: `${kind}.example`, kind }));
  const sandbox = await startSandbox({ forges, directory, clock, mergeabilityMilliseconds: 0 });
  const [source, dist] = await Promise.all(
    sides.map(async ({ kind, group, branches }) => {
      const forge = sandbox.forge(`${kind}.example`);
      const repositories = await repositoriesOf(forge, group, places === "two repositories" ? 1 : count);
      return openAll(forge, repositories, { count, branches });
    }),
  );
  const database = await openDatabase(`sqlite:${join(directory, "sluice.db")}`);
  const ground = { database, clock, directory, forges: sandbox.forges };
  let services = servicesOn(ground);
  await recordAll(services, { source: source ?? [], dist: dist ?? [] });
  const log = new RequestLog(sandbox.forges);
  const sourceForge = sandbox.forge("gitlab.example");
  return {
    sweep: () => swept(services, { log, clock }),
    async changeATenth() {
      for (const [index, { mergeRequest }] of (source ?? []).entries()) {
        if (index % 10 > 0) continue;
        const change = { title: `Change ${index} again` };
        await sourceForge.store.editMergeRequest(mergeRequest, change, mergeRequest.author);
      }
    },
    restart() {
      services = servicesOn(ground);
    },
    async end() {
      await database.destroy();
      await sandbox.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** All have the same commits: only how many there are matters. */
async function repositoriesOf(
  forge: SandboxForge,
  group: string,
  count: number,
): Promise<readonly SandboxRepository[]> {
  const { user: owner } = forge.account("maintainer");
  const first = await forge.store.createRepository({ path: `${group}/p0`, owner, private: false });
  for (const { user } of forge.accounts) if (user.bot) first.members.set(user.id, "admin");
  const directory = first.gitDirectory;
  const tree = await gitText(["mktree"], { directory, input: "" });
  for (const [branch, ...more] of [["main"], ["change", "-p", "main"]]) {
    const names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
    const commit = await gitText([...names, "commit-tree", tree, ...more, "-m", branch ?? ""], { directory });
    await git(["update-ref", `refs/heads/${branch ?? ""}`, commit], { directory });
  }
  const all = forge.store.repositories() as SandboxRepository[];
  for (let index = 1; index < count; index++) {
    all.push({ ...first, id: first.id + 1_000_000 + index, path: `${group}/p${index}`, nextNumber: 1 });
  }
  return all.filter(({ path }) => path.startsWith(`${group}/`));
}

interface Opened {
  readonly ref: { readonly repository: RepositoryRef; readonly number: number };
  readonly mergeRequest: SandboxMergeRequest;
}

async function openAll(
  forge: SandboxForge,
  repositories: readonly SandboxRepository[],
  { count, branches }: { readonly count: number; readonly branches: string },
): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  const { user: author } = forge.account("maintainer");
  for (let index = 0; index < count; index++) {
    const repository = repositories[index % repositories.length];
    if (!repository) throw new Error("there is no repository");
    // Where each has a repository of its own, all of these are one copy: a few branches there, and not a thousand.
    const branch = `${branches}${Math.floor(index / repositories.length)}`;
    const directory = repository.gitDirectory;
    await git(["update-ref", `refs/heads/${branch}`, "refs/heads/change"], { directory });
    const text = { title, description: "", draft: false, author };
    const from = { repository, sourceRepository: repository, sourceBranch: branch, targetBranch: "main" };
    const outcome = await forge.store.openMergeRequest({ ...from, ...text });
    if (outcome.outcome !== "opened") throw new Error(outcome.outcome);
    const { mergeRequest } = outcome;
    const place = { forge: forge.name, path: repository.path };
    opened.push({ mergeRequest, ref: { repository: place, number: mergeRequest.number } });
  }
  await forge.settled();
  return opened;
}

interface Ground {
  readonly database: Awaited<ReturnType<typeof openDatabase>>;
  readonly clock: MovableClock;
  readonly directory: string;
  readonly forges: readonly SandboxForge[];
}

type Used = Pick<
  Services,
  "forges" | "links" | "sweeps" | "late" | "queue" | "clock" | "reconciler" | "sweepEvery"
> & {
  readonly pairs: SqlPairs;
  readonly told: SqlTold;
  readonly jobs: NewJob[];
};

function servicesOn({ database, clock, directory, forges: boxes }: Ground): Used {
  const forges = new ForgeRegistry(
    boxes.map((box) => ({ identity: undefined, forge: adapterOf(box, clock) })),
  );
  const [sourceGit, distGit] = sides.map(({ kind, group }) => {
    return { forge: `${kind}.example`, path: `${group}/{name}` };
  });
  const entry = linkEntry({ ...(sourceGit && { sourceGit }), ...(distGit && { distGit }) });
  const links = createLinks([entry]);
  const pairs = new SqlPairs(database, clock);
  const told = new SqlTold(database);
  const sweeps = new SqlSweeps(database);
  const jobs: NewJob[] = [];
  const reconciler = new Reconciler({
    ...{ forges, links, pairs, told, sweeps, clock },
    homecomings: new SqlHomecomings(database, clock),
    clones: clonesFor(boxes, new Clones(new GitCache({ directory: join(directory, "git"), clock }))),
    obeyed: new SqlObeyedComments(database, clock),
    whereabouts: { confirm: () => Promise.resolve("as known") } as never,
  });
  const queue = {
    add: (added: readonly NewJob[]) => {
      jobs.push(...added);
      return Promise.resolve();
    },
    hasReceived: () => Promise.resolve(false),
  };
  const late = new SqlLateResults(database, clock);
  return { forges, links, sweeps, late, queue, clock, reconciler, pairs, told, jobs, sweepEvery: every };
}

/** Branches are listed by git, at no request of the API: of very many repositories that is left out. */
function clonesFor([box]: readonly SandboxForge[], clones: Clones): Clones {
  return (box?.store.repositories().length ?? 0) <= 50
    ? clones
    : ({ with: () => Promise.resolve(new Map()) } as unknown as Clones);
}

function adapterOf(box: SandboxForge, clock: MovableClock) {
  const settings = { name: box.name, url: box.url, clock };
  if (box.kind === "gitlab") {
    return createGitLabForge({ ...settings, token: new Secret(box.account("sluice-bot").token) });
  }
  const { app, privateKey = "" } = box.app ?? {};
  const authentication = { kind: "app", appId: String(app?.id), privateKey: new Secret(privateKey) } as const;
  return createGitHubForge({ ...settings, authentication });
}

async function recordAll(
  { pairs, told }: Used,
  { source, dist }: Readonly<Record<"source" | "dist", readonly Opened[]>>,
): Promise<void> {
  for (const [index, { ref, mergeRequest }] of source.entries()) {
    const counterpart = dist[index];
    if (!counterpart) throw new Error("there is no counterpart");
    const distGit = { repository: counterpart.ref.repository, branch: counterpart.mergeRequest.sourceBranch };
    const pair = await pairs.ensure({ sourceGit: ref, distGit });
    const { head } = mergeRequest;
    await pairs.update(pair, {
      ...{ state: "open", distNumber: counterpart.ref.number, targetBranch: "main" },
      ...{ mirroredHead: head, pushedCommit: counterpart.mergeRequest.head },
      shown: { title, draft: false, labels: noLabels, texts },
    });
    const results = [{ context: "build", state: "success", description: "" } as const];
    await told.record(pair, {
      mergeRequest: { ref, head, targetBranch: "main" } as MergeRequest,
      results: { sourceCommit: head, results, shownAsStatuses: true },
    });
  }
}

async function swept(
  services: Used,
  { log, clock }: { readonly log: RequestLog; readonly clock: MovableClock },
): Promise<Swept> {
  const all = { ...services, stranding: { over: () => Promise.resolve([]) } } as unknown as Services;
  const found: string[] = [];
  const began = clock.now();
  let seconds = 0;
  const requests = await log.during(async () => {
    services.jobs.length = 0;
    await sweep(all);
    for (let job = services.jobs.shift(); job; job = services.jobs.shift()) {
      if (job.kind === "sweep") continue;
      if (!["reconcile", "redeliver-webhooks", "discover"].includes(job.kind)) {
        found.push(job.kind);
        continue;
      }
      clock.passUntil(job.runAt ?? began);
      const start = performance.now();
      await perform({ ...job, id: 0, attempt: 1 } as unknown as Job, all);
      seconds += (performance.now() - start) / 1000;
    }
  });
  clock.passUntil(new Date(began.getTime() + every));
  return { requests, found, seconds };
}
