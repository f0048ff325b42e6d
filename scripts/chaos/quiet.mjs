import { setTimeout as pause } from "node:timers/promises";
import { mergeHomes } from "./dist-people.mjs";
import { goingOn } from "./going-on.mjs";
import { jobsOf, sweptSince } from "./sight.mjs";

/** So many jobs may end for each merge request once all is quiet, before they are thought to chase one another. */
const mostJobs = 200;

/**
 * So many whole sweeps may pass without any of what is wrong being mended: a CI that had ended is asked again when a tenth of
 * the age of its commit has passed, which is some sweeps. A life that is over soon sees but one.
 */
const patience = { long: 6, short: 1 };

/** Milliseconds after which whoever waits is told what for. */
const betweenWords = 30_000;

const refusedPush = /chaos: nobody pushes now/;

/**
 * No more faults: what was lost is found by the sweep at the start of each process, people ask again for what was refused
 * before their eyes, and the operator retries what was parked for it. Then everything has to be right, however long this
 * machine takes for it: as long as sweeps mend something, they are waited for.
 */
export async function becomeQuiet(chaos) {
  const { tell, processes, post, check, short } = chaos;
  const begun = performance.now();
  const since = () => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
  post.calm();
  const finishing = {};
  let restless = await restAfter(chaos, restart(processes));
  tell(`swept after ${since()}`);
  for (let round = 0; round < 3 && (await finish(chaos, finishing)); round += 1) restless = await rest(chaos);
  if (!short) {
    restless = await restAfter(chaos, restart(processes));
  }
  tell(`quiet after ${since()}; looking`);
  let { sight, violations } = await check();
  let fewest = violations.length;
  for (let sweeps = 0; violations.length > 0 && sweeps < patience[short ? "short" : "long"]; sweeps += 1) {
    tell(`${violations.length} things are not right yet`);
    restless = await restAfter(chaos);
    ({ sight, violations } = await check());
    if (violations.length < fewest) [fewest, sweeps] = [violations.length, -1];
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

/** The same once all repositories were swept from now on. */
async function restAfter(chaos, happening) {
  const swept = new Date();
  await happening;
  return rest(chaos, { swept });
}

/** Resolves with what does not come to rest. */
async function rest({ world, post, database, short, tell }, { swept } = {}) {
  let told = performance.now();
  const watch = goingOn({ short, most: mostJobs * world.plan.requests });
  for (let calm = 0; calm < 3;) {
    await pause(500);
    // What fails in the box itself, such as a webhook of a branch that moved meanwhile, is not what is looked at here.
    await Promise.all(
      Object.values(world.forges).map((forge) => forge.settled().catch((error) => tell(error.message))),
    );
    const isSwept = swept === undefined || (await sweptSince(swept, { world, database }));
    const { busy, restless } = watch(await jobsOf(database));
    if (restless.length > 0) return restless;
    if (performance.now() - told > betweenWords) {
      told = performance.now();
      tell(`${busy.length} jobs go on${isSwept ? "" : ", and repositories wait for their sweep"}`);
    }
    calm = busy.length === 0 && isSwept && post.isIdle() ? calm + 1 : 0;
  }
  return [];
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
