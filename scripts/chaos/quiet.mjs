import { setTimeout as pause } from "node:timers/promises";
import { mergeHomes } from "./dist-people.mjs";
import { isAtRest } from "./rules.mjs";
import { jobsOf } from "./sight.mjs";

/** Milliseconds in which all jobs have to end, and in which a sweep may mend what is left. */
const patience = { jobs: 180_000, mending: 100_000 };
/** Of the form that is over soon, and waits for no edit of a comment that gathers results. */
const shortPatience = { jobs: 60_000, mending: 20_000 };

const refusedPush = /chaos: nobody pushes now/;

/**
 * No more faults: what was lost is found by the sweep at the start of each process, people ask again for what was refused
 * before their eyes, and the operator retries what was parked for it. Then everything has to be right within a bound.
 */
export async function becomeQuiet(chaos) {
  const { tell, processes, post, check } = chaos;
  const begun = performance.now();
  post.calm();
  const finishing = {};
  await restart(processes);
  let restless = await rest(chaos);
  for (let round = 0; round < 3 && (await finish(chaos, finishing)); round += 1) restless = await rest(chaos);
  if (!chaos.short) {
    await restart(processes);
    restless = await rest(chaos);
  }
  tell(`quiet after ${((performance.now() - begun) / 1000).toFixed(0)} s; looking`);
  let { sight, violations } = await check();
  const until = performance.now() + (chaos.short ? shortPatience : patience).mending;
  while (violations.length > 0 && performance.now() < until) {
    tell(`${violations.length} things are not right yet`);
    await pause(chaos.short ? 2000 : 10_000);
    restless = await rest(chaos);
    ({ sight, violations } = await check());
  }
  return {
    sight,
    violations: [...violations, ...restless],
    finishing,
    quietSeconds: (performance.now() - begun) / 1000,
  };
}

async function restart(processes) {
  await Promise.all(processes.map((each) => each.kill(0)));
}

/** Resolves with what does not come to rest. */
async function rest({ world, post, database, short, tell }) {
  const until = performance.now() + (short ? shortPatience : patience).jobs;
  const goesOn = ({ kind, key, state }) =>
    state !== "parked" &&
    (kind === "reconcile" || !isAtRest({ kind, key })) &&
    !(short && kind === "edit-comments");
  let calm = 0;
  let busy = [];
  while (performance.now() < until) {
    await pause(500);
    // What fails in the box itself, such as a webhook of a branch that moved meanwhile, is not what is looked at here.
    await Promise.all(
      Object.values(world.forges).map((forge) => forge.settled().catch((error) => tell(error.message))),
    );
    busy = (await jobsOf(database)).filter(goesOn);
    calm = busy.length === 0 && post.isIdle() ? calm + 1 : 0;
    if (calm === 3) return [];
  }
  return busy.map(({ key, attempt, last_error: error }) => ({
    rule: "comesToRest",
    text: `job ${key} goes on at attempt ${attempt}: ${String(error).split("\n")[0]}`,
  }));
}

/** What people do whose push was refused on the way, and what the operator does; whether there was anything to do. */
async function finish({ world, database, processes, tell }, counts) {
  let acted = 0;
  for (const { mergeRequest, place, orders } of world.requests.values()) {
    const { store } = place.sourceForge;
    const comments = store.comments(mergeRequest);
    if (mergeRequest.state !== "open" || !comments.some(({ body }) => refusedPush.test(body))) continue;
    const { id } = store.addComment(
      mergeRequest,
      "/sluice resync",
      place.sourceForge.account("maintainer").user,
    );
    orders.push({ side: "source", number: mergeRequest.number, id, body: "/sluice resync" });
    acted += 1;
    counts["resync after a refused push"] = (counts["resync after a refused push"] ?? 0) + 1;
  }
  for (const place of world.packages.values()) {
    const merged = await mergeHomes(place);
    if (merged > 0) counts["homecoming merged"] = (counts["homecoming merged"] ?? 0) + merged;
    acted += merged;
  }
  const parked = (await jobsOf(database)).filter(
    ({ state, last_error: error }) => state === "parked" && refusedPush.test(error),
  );
  for (const { id } of parked) {
    await processes[0].command(["jobs", "retry", String(id)]);
    acted += 1;
    counts["parked job retried"] = (counts["parked job retried"] ?? 0) + 1;
  }
  if (acted > 0) tell(`${acted} times somebody sees to what waits for people`);
  return acted > 0;
}
