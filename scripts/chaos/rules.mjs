/** What must hold once all is quiet, as the documentation promises it; each rule answers what is wrong, in words. */

/** A status is set anew when something is tried again; more often than this it is a storm. */
const mostStatuses = 40;

const periodic = ["sweep", "reconcile", "redeliver-webhooks"];

/** Jobs that will not end by themselves soon: those that come again, and those that give up waiting for a CI. */
export function isAtRest({ kind, key }) {
  return periodic.includes(kind) || key.startsWith("silence ");
}

export async function violationsOf(sight) {
  const found = [];
  const say = (where) => (text) => found.push({ ...where, text });
  for (const seen of sight.requests) {
    const where = { package: seen.at.place.name, request: seen.record.request };
    for (const rule of requestRules) await rule(seen, say({ ...where, rule: rule.name }));
  }
  for (const seen of sight.packages) {
    for (const rule of packageRules)
      await rule(seen, say({ package: seen.place.name, rule: rule.name }), sight);
  }
  databaseRests(sight, say({ rule: "databaseRests" }));
  return found;
}

/** What people's last doing came to. */
function standing({ record, mine, mirrors }) {
  const waits = record.home !== record.place.sourceGit && !record.trusted.has(mine.head);
  const endedInDist = mirrors.some(({ state }) => state === "merged") || record.dist.closed === true;
  return { waits, endedInDist, isMirrored: mine.state === "open" && !waits && !endedInDist };
}

const requestRules = [
  function oneCounterpart(seen, say) {
    const { mirrors, record, mine } = seen;
    const open = mirrors.filter(({ state }) => state === "open");
    if (open.length > 1) say(`has ${open.length} open counterparts`);
    const recreated = record.orders.filter(({ body }) => body === "/sluice recreate").length;
    const replaced = seen.comments.filter(({ body }) => body.includes("so this is a new one")).length;
    if (mirrors.length > 1 + recreated + replaced)
      say(`has ${mirrors.length} counterparts, ${recreated} recreated`);
    if (standing(seen).isMirrored && open.length === 0) say("is open and has no open counterpart");
    if (mine.state === "closed" && open.length > 0) say("is closed and its counterpart is open");
  },

  function sameTexts(seen, say) {
    const { mine, mirror } = seen;
    if (!standing(seen).isMirrored || !mirror) return;
    for (const what of ["title", "draft", "targetBranch"]) {
      if (mirror[what] !== mine[what]) say(`${what}: ${mine[what]}, in dist-git ${mirror[what]}`);
    }
    const said = mine.description.split("\n")[0];
    if (!mirror.description.includes(said)) say(`description: dist-git lacks "${said}"`);
  },

  async function sameTree(seen, say) {
    const { mine, mirror, record, at } = seen;
    if (!standing(seen).isMirrored || !mirror) return;
    const { place, trees, sourceBranches, distBranches } = at;
    const source = await trees.files(place.sourceGit.gitDirectory, mine.head);
    const dist = await applied(trees, place, mirror.head, say);
    if (!dist) return;
    if (dist.get(record.file) !== source.get(record.file)) say(`${record.file} is another one in dist-git`);
    const known = [source];
    known.push(await trees.files(place.sourceGit.gitDirectory, sourceBranches.get(mine.targetBranch)));
    known.push((await applied(trees, place, distBranches.get(mirror.targetBranch), say)) ?? new Map());
    for (const path of dist.keys()) {
      if (/^change-/.test(path) && !known.some((files) => files.has(path)))
        say(`dist-git brings ${path}, which is not its own`);
    }
  },

  function statusesTell(seen, say) {
    const { mine, mirror, statuses, checks, ci } = seen;
    const newest = new Map([...statuses, ...checks].map(({ context, state }) => [context, state]));
    const stands = standing(seen);
    if (mine.state !== "open" || stands.endedInDist) return;
    const own = newest.get("sluice");
    if (stands.waits && own !== "pending") say(`waits for a word, and its status sluice is ${own}`);
    if (!stands.isMirrored || !mirror) return;
    if (own !== "success")
      say(
        `its status sluice is ${own}: ${statuses.findLast(({ context }) => context === "sluice")?.description}`,
      );
    const results = new Map(ci.map(({ context, state }) => [context, state]));
    for (const [context, state] of results) {
      const shown = newest.get(`dist-git/${context}`);
      if (shown !== state) say(`${context} is ${state} in dist-git, and shown as ${shown}`);
    }
    const whole = [...results.values()].every((state) => state === "success") ? "success" : "failure";
    if (newest.get("dist-git") !== whole)
      say(`dist-git's CI is ${whole}, and shown as ${newest.get("dist-git")}`);
  },

  function noStorm({ statuses }, say) {
    const counts = new Map();
    for (const { context } of statuses) counts.set(context, (counts.get(context) ?? 0) + 1);
    for (const [context, count] of counts) if (count > mostStatuses) say(`${context} was set ${count} times`);
  },

  function oneComment({ comments, mirrorComments }, say) {
    for (const [side, list] of Object.entries({ "source-git": comments, "dist-git": mirrorComments })) {
      const topics = list.flatMap(({ body }) => /^<!-- (sluice:\S+) -->/.exec(body)?.[1] ?? []);
      const twice = topics.filter((topic, index) => topics.indexOf(topic) !== index);
      if (twice.length > 0) say(`${side} has more than one comment of ${twice.join(", ")}`);
    }
  },

  function ordersAreAnswered({ orders, pair }, say) {
    if (!pair) return;
    for (const { body, side, reactions } of orders) {
      if (reactions.length !== 1)
        say(`${body ?? "/sluice status"} in ${side}-git has ${reactions.length} answers`);
    }
  },

  function endFollows(seen, say) {
    const { mine, mirror, record, comments } = seen;
    const policy = record.place.link["after-source-merge"];
    if (mine.state !== "merged" || policy === undefined || !mirror || mirror.state !== "open") return;
    const told = comments.some(({ body }) => /\*\*Merged (here|too soon)/.test(body));
    if (!told) say("is merged, its counterpart is open, and nobody was told why");
  },

  function recordAgrees(seen, say) {
    const { pair, mine, mirror } = seen;
    if (!standing(seen).isMirrored) return;
    if (!pair) return say("has no pair in the database");
    if (pair.state !== "open") say(`its pair is ${pair.state}`);
    if (mirror && pair.dist_number !== mirror.number)
      say(`its pair names ${pair.dist_number}, not ${mirror.number}`);
    if (pair.mirrored_head !== mine.head)
      say(`its pair stands for ${pair.mirrored_head}, the head is ${mine.head}`);
    if (mirror && pair.pushed_commit !== mirror.head)
      say(`its pair pushed ${pair.pushed_commit}, dist-git has ${mirror.head}`);
  },
];

const packageRules = [
  async function nothingLost({ place, trees, sourceBranches, distBranches }, say, sight) {
    for (const branch of ["main", "devel"]) {
      const source = await trees.files(place.sourceGit.gitDirectory, sourceBranches.get(branch));
      const dist = await applied(trees, place, distBranches.get(branch), say);
      const raw = await trees.files(place.distGit.gitDirectory, distBranches.get(branch));
      for (const { record, mine, mirrors } of sight.requests.filter(({ record }) => record.place === place)) {
        if (mine.state === "merged" && mine.targetBranch === branch && !source.has(record.file)) {
          say(`${record.file} was merged into ${branch} of source-git and is not there`);
        }
        const isIn = mirrors.some(({ state, targetBranch }) => state === "merged" && targetBranch === branch);
        if (isIn && dist && !dist.has(record.file))
          say(`${record.file} was merged into ${branch} of dist-git and is not there`);
      }
      for (const { path, branch: its } of place.distOnly ?? []) {
        if (its === branch && !raw.has(path)) say(`dist-git's own ${path} is gone from ${branch}`);
      }
    }
  },

  async function comesHomeOnce({ place, trees, sources, dists, sourceBranches }, say, sight) {
    for (const branch of ["main", "devel"]) {
      const homes = [branch, `sluice/from-dist-${branch}`].filter((name) => sourceBranches.has(name));
      const named = await trees.homeTrailers(
        place.sourceGit,
        homes.map((name) => `refs/heads/${name}`),
      );
      const awaited = sight.requests.some(
        ({ record, mine, mirrors }) =>
          record.place === place &&
          mine.state === "open" &&
          mirrors.some(({ state, targetBranch }) => state === "merged" && targetBranch === branch),
      );
      for (const { branch: its, commit, path } of place.distOnly ?? []) {
        if (its !== branch) continue;
        const count = named.filter((each) => each === commit).length;
        if (count > 1 || (count === 0 && !awaited))
          say(`${path} of ${branch} (${commit}) came home ${count} times`);
      }
      const open = sources.filter(
        ({ sourceBranch, state }) => sourceBranch === `sluice/from-dist-${branch}` && state === "open",
      );
      if (open.length > 1) say(`${open.length} merge requests bring ${branch} home`);
    }
    for (const { number, description, author } of dists) {
      if (/sluice/.test(author) && !/Mirrored by Sluice/.test(description))
        say(`dist-git ${number} is by Sluice and mirrors nothing`);
    }
  },

  function branchesAreOfUse({ sources, dists, sourceBranches, distBranches }, say) {
    for (const name of distBranches.keys()) {
      if (!name.startsWith("sluice/")) continue;
      const states = dists.filter(({ sourceBranch }) => sourceBranch === name).map(({ state }) => state);
      if (!states.includes("open") && !states.includes("closed"))
        say(`dist-git's branch ${name} is of no use: ${states.join(", ") || "no merge request"}`);
    }
    for (const name of sourceBranches.keys()) {
      if (!name.startsWith("sluice/")) continue;
      const isOpen = sources.some(({ sourceBranch, state }) => sourceBranch === name && state === "open");
      if (!isOpen) say(`source-git's branch ${name} is of no use`);
    }
  },
];

function databaseRests({ jobs, pairs }, say) {
  for (const { id, kind, key, state, last_error: error, ...job } of jobs) {
    if (state === "parked") say(`job ${id} (${key}) is parked: ${String(error).split("\n")[0]}`);
    // Comes within seconds, for results that are gathered.
    else if (kind === "edit-comments" && job.attempt === 0) continue;
    else if (!isAtRest({ kind, key })) say(`job ${id} (${key}) is ${state} at attempt ${job.attempt}`);
  }
  const counterparts = pairs
    .filter(({ dist_number: number }) => number !== null)
    .map((pair) => `${pair.dist_path} ${pair.dist_number}`);
  const twice = counterparts.filter((name, index) => counterparts.indexOf(name) !== index);
  for (const name of twice) say(`two pairs have the counterpart ${name}`);
}

async function applied(trees, place, commit, say) {
  try {
    return await trees.applied(place, commit);
  } catch (error) {
    say(`what dist-git's ${commit} lists cannot be applied: ${error.message}`);
    return undefined;
  }
}
