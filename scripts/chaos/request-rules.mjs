import { standing } from "./standing.mjs";

/** What must hold of each merge request; each rule answers what is wrong, in words. */

/** A status is set anew when something is tried again; more often than this it is a storm. */
const mostStatuses = 40;

export const requestRules = [
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
    const { isMirrored, isFollowed } = standing(seen);
    if (!mirror || !(isMirrored || (isFollowed && mirror.state === "open"))) return;
    for (const what of ["title", "draft", ...(isMirrored ? ["targetBranch"] : [])]) {
      if (mirror[what] !== mine[what]) say(`${what}: ${mine[what]}, in dist-git ${mirror[what]}`);
    }
    const said = mine.description.split("\n")[0];
    if (!mirror.description.includes(said)) say(`description: dist-git lacks "${said}"`);
  },

  function statusesTell(seen, say) {
    const { mine, mirror, statuses, checks, ci } = seen;
    const newest = new Map([...statuses, ...checks].map(({ context, state }) => [context, state]));
    const stands = standing(seen);
    if (mine.state !== "open" || stands.endedInDist) return;
    const own = newest.get("sluice");
    if (stands.waits && own !== "pending") say(`waits for a word, and its status sluice is ${own}`);
    if (stands.byHand && !stands.waits && !stands.collides && own !== "failure")
      say(`is continued by hand in dist-git, and its status sluice is ${own}`);
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

  /** Whatever became of it: nothing is shown as if it went on. */
  function nothingPends(seen, say) {
    const { mine, statuses, checks, comments, mirror, ci } = seen;
    const own = [...statuses, ...checks].findLast(({ context }) => context === "sluice");
    const told = comments.findLast(({ body }) => body.startsWith("<!-- sluice:mirror -->"))?.body ?? "";
    if (/\*\*Waiting for a forge|Sluice's operator has to help/.test(told))
      say(`says: ${told.replace(/\s+/g, " ").slice(0, 100)}`);
    if (own?.state !== "pending") return;
    const waitsForCi = mirror?.state === "open" && ci.some(({ state }) => state !== "success");
    const isRight =
      (standing(seen).waits && own.description.startsWith("waiting for a maintainer")) ||
      (mine.state === "merged" && waitsForCi && /has failed|waits for the CI/.test(own.description));
    if (!isRight) say(`is ${mine.state}, and its status sluice is pending: ${own.description}`);
  },

  /** What a commit shows last is what dist-git's CI says of that commit: of a job that was run again, the last run. */
  function resultsAreExact({ older, at }, say) {
    for (const { head, results } of older) {
      const runs = at.runs.get(head) ?? new Map();
      const shown = new Map(results.map(({ context, state }) => [context, state]));
      for (const [context, state] of shown) {
        const job = /^dist-git\/(.+)/.exec(context)?.[1];
        if (job === undefined || !["success", "failure"].includes(state)) continue;
        if (!(runs.get(job) ?? []).includes(state))
          say(
            `${head} shows ${context} as ${state}; there it was ${runs.get(job)?.join(", ") ?? "never run"}`,
          );
      }
    }
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

  function distEndFollows(seen, say) {
    const { mine, record, mirror, comments } = seen;
    const policy = record.place.link["after-dist-merge"];
    if (mine.state !== "open" || policy === undefined || mirror?.state !== "merged" || record.reopened)
      return;
    const told = comments.some(({ body }) => /could not be merged with it/.test(body));
    if (!told) say(`is open, its counterpart was merged, and the link says to ${policy} it`);
  },

  /** Nobody's commits are overwritten, and both sides know whose they are. */
  async function handworkStays(seen, say) {
    const { record, at, mirrors } = seen;
    const { distGit } = at.place;
    for (const { branch, commit, path, number, undone } of record.byHand ?? []) {
      if (undone) continue;
      const its = mirrors.find((one) => one.number === number);
      const name = its?.state === "merged" ? its.targetBranch : branch;
      const tip = at.distBranches.get(name);
      const isThere = tip !== undefined && (await at.trees.holds(distGit, tip, commit));
      const isSquashed =
        its?.state === "merged" && (await at.trees.files(distGit.gitDirectory, tip)).has(path);
      if (!isThere && !isSquashed) say(`${commit}, pushed by hand to ${branch}, is gone`);
    }
    if (!standing(seen).byHand || seen.mine.state !== "open" || standing(seen).waits) return;
    const isTold = seen.mirrorComments.some(({ body }) => body.startsWith("<!-- sluice:"));
    if (!isTold) say("dist-git is not told that its commits stopped Sluice");
  },

  function recordAgrees(seen, say) {
    const { pair, mine, mirror } = seen;
    const ends = { closed: ["closed", "stopped"], merged: ["merged", "merging", "stopped", "closed"] };
    if (pair && mine.state !== "open" && !ends[mine.state].includes(pair.state))
      say(`is ${mine.state}, and its pair ${pair.state}`);
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
