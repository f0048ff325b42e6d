import { mirrorsOf } from "./mirrors.mjs";
import { readerOf } from "./readers.mjs";
import { sharedFiles } from "./people.mjs";
import { branches } from "./plan.mjs";
import { partWays, sharedLines } from "./standing.mjs";
import { isRewritten } from "./rewritten.mjs";
import { createTrees } from "./trees.mjs";

/** Everything that anybody can see once all is quiet: both forges over REST and git, and the database by plain SQL. */
export async function look({ world, database }) {
  const trees = (world.trees ??= createTrees(world.commits));
  const packages = [];
  for (const place of world.packages.values()) packages.push(await lookAt(place, trees));
  const pairs = await database.query(
    "select id, source_path, source_number, dist_path, dist_number, dist_branch, state, mirrored_head, pushed_commit from pairs",
  );
  const jobs = await jobsOf(database);
  const records = [...world.requests.values()];
  const requests = await inGroups(records, (record) => lookAtRequest({ record, packages, pairs }));
  return { packages, pairs, jobs, requests: await besideRewritten(requests, packages) };
}

/** Where each side merged another head, what others bring to that branch conflicts as well. */
async function besideRewritten(requests, packages) {
  const rewritten = new Set();
  for (const seen of packages) {
    for (const branch of branches) {
      if (await isRewritten({ requests }, { seen, branch })) rewritten.add(`${seen.place.name} ${branch}`);
    }
  }
  return requests.map((one) => {
    const { record, mine } = one;
    const isBeside = mine.state === "open" && rewritten.has(`${record.place.name} ${mine.targetBranch}`);
    return { ...one, collides: one.collides || isBeside };
  });
}

/** Few at a time: it is one process that asks and answers. */
async function inGroups(list, act, size = 8) {
  const results = [];
  for (let at = 0; at < list.length; at += size) {
    results.push(...(await Promise.all(list.slice(at, at + size).map(act))));
  }
  return results;
}

export function jobsOf(database) {
  return database.query("select id, kind, key, state, run_at, attempt, last_error from jobs");
}

/** Whether every repository was compared with what is recorded of it, from this moment on. */
export async function sweptSince(moment, { world, database }) {
  const rows = await database.query("select forge, path, swept_at from sweeps");
  const since = new Set(
    rows
      .filter(({ swept_at: at }) => at !== null && new Date(at) >= moment)
      .map(({ forge, path }) => `${forge}/${path}`.toLowerCase()),
  );
  return [...world.packages.values()].every(({ sourceForge, sourceGit, distForge, distGit }) =>
    [`${sourceForge.name}/${sourceGit.path}`, `${distForge.name}/${distGit.path}`].every((name) =>
      since.has(name.toLowerCase()),
    ),
  );
}

async function lookAt(place, trees) {
  const { sourceForge, distForge, sourceGit, distGit, ports } = place;
  const reader = (forge, { path }, port) =>
    readerOf({ kind: forge.kind, port, path, token: forge.account("maintainer").token });
  const [source, dist] = [
    reader(sourceForge, sourceGit, ports.source),
    reader(distForge, distGit, ports.dist),
  ];
  const [sources, dists, sourceBranches, distBranches] = await Promise.all([
    source.mergeRequests(),
    dist.mergeRequests(),
    source.branches(),
    dist.branches(),
  ]);
  const runs = await runsOf(place, trees);
  const shared = await sharedOf(place, { trees, sourceBranches, distBranches });
  return { place, trees, source, dist, sources, dists, sourceBranches, distBranches, runs, shared };
}

/** The lines that each side's branches have of the file that merge requests share. */
async function sharedOf(place, { trees, sourceBranches, distBranches }) {
  const path = sharedFiles[place.fixture];
  const lines = async (side, files) => sharedLines(await trees.text(place, side, files.get(path)));
  const shared = new Map();
  for (const branch of branches) {
    const [source, dist] = await Promise.all([
      trees.files(place.sourceGit.gitDirectory, sourceBranches.get(branch)),
      // A rule says what is wrong there.
      trees.applied(place, distBranches.get(branch)).catch(() => new Map()),
    ]);
    shared.set(branch, { source: await lines("source", source), dist: await lines("dist", dist) });
  }
  return shared;
}

/** What dist-git's CI ever said, by the source-git commit that was tested: all states of each job. */
async function runsOf({ distForge, distGit }, trees) {
  const runs = new Map();
  for (const { commit, source, state: whole, jobs } of distForge.store.pipelines(distGit)) {
    if (source === "external") continue;
    for (const head of [commit, ...(await trees.standsFor(distGit, commit))]) {
      const states = runs.get(head) ?? new Map();
      const note = (name, state) => states.set(name, [...(states.get(name) ?? []), state]);
      for (const { name, state } of jobs) note(name, state);
      // On GitLab it is shown as well, and was what any of its jobs was.
      for (const state of [whole, ...jobs.map((job) => job.state)]) note("pipeline", state);
      runs.set(head, states);
    }
  }
  return runs;
}

async function lookAtRequest({ record, packages, pairs }) {
  const at = packages.find(({ place }) => place === record.place);
  const { source, dist, sources, dists, place } = at;
  const mine = sources.find(({ number }) => number === record.mergeRequest.number);
  const mirrors = mirrorsOf(dists, mine.url);
  const mirror = mirrors.find(({ state }) => state === "open") ?? mirrors.at(-1);
  const pair = pairs.find(
    ({ source_path: path, source_number: number }) => path === place.sourceGit.path && number === mine.number,
  );
  const [statuses, checks, comments, mirrorComments, ci] = await Promise.all([
    source.statuses(mine.head),
    source.checks(mine.head),
    source.comments(mine.number),
    mirror ? dist.comments(mirror.number) : [],
    mirror ? Promise.all([dist.statuses(mirror.head), dist.checks(mirror.head)]) : [],
  ]);
  // Where its counterpart begins.
  const base =
    mirror &&
    (await at.trees.mergeBase(place.distGit, at.distBranches.get(mirror.targetBranch), mirror.head));
  const target = at.sourceBranches.get(mine.targetBranch);
  const { source: ours, dist: theirs } = at.shared.get(mine.targetBranch);
  const collides =
    mine.state === "open" &&
    (partWays([...ours, ...record.sharedLines.map((line) => line.trim())], theirs) ||
      !(await at.trees.isClean(place.sourceGit, target, mine.head)));
  const older = await Promise.all(
    record.heads
      .filter((head) => head !== mine.head)
      .map(async (head) => ({ head, results: await resultsOn(source, head) })),
  );
  const orders = await Promise.all(
    record.orders.map(async (order) => {
      const reader = order.side === "source" ? source : dist;
      return { ...order, reactions: await reader.reactions(order.number, order.id) };
    }),
  );
  return {
    record,
    at,
    mine,
    mirrors,
    mirror,
    pair,
    statuses,
    checks,
    comments,
    mirrorComments,
    ci: ci.flat(),
    orders,
    base,
    /** It cannot be merged in source-git, as git sees it, or in dist-git, where others wrote at the same place. */
    collides,
    /** What earlier heads show. */
    older,
  };
}

async function resultsOn(source, commit) {
  return (await Promise.all([source.statuses(commit), source.checks(commit)])).flat();
}
