import { mirrorsOf } from "./mirrors.mjs";
import { readerOf } from "./readers.mjs";
import { createTrees } from "./trees.mjs";

/** Everything that anybody can see once all is quiet: both forges over REST and git, and the database by plain SQL. */
export async function look({ world, database }) {
  const trees = createTrees(world.commits);
  const packages = [];
  for (const place of world.packages.values()) packages.push(await lookAt(place, trees));
  const pairs = await database.query(
    "select id, source_path, source_number, dist_path, dist_number, dist_branch, state, mirrored_head, pushed_commit from pairs",
  );
  const jobs = await jobsOf(database);
  const requests = [...world.requests.values()];
  return {
    packages,
    pairs,
    jobs,
    requests: await inGroups(requests, (record) => lookAtRequest({ record, packages, pairs })),
  };
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
  return { place, trees, source, dist, sources, dists, sourceBranches, distBranches };
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
  };
}
