import { isAtRest } from "./rules.mjs";

/** A job that fails so many times more, though nothing is wrong any more, will go on failing. */
const mostTries = 8;

/** Milliseconds in which some job has to end while any may run, on whatever machine. */
const longestStandstill = 300_000;

/**
 * Watches jobs that should come to an end, and tells those that do not: because they fail again and again, because nobody
 * works on them, or because each leaves another behind, so that more than `most` of them end.
 */
export function goingOn({ short, most }) {
  const first = new Map();
  let before = new Map();
  let ended = 0;
  let moved = performance.now();
  return (jobs) => {
    const busy = jobs.filter((job) => goesOn(job, short));
    const present = new Map(busy.map(({ id, attempt }) => [id, attempt]));
    const gone = [...before.keys()].filter((id) => !present.has(id));
    const isTried = busy.some(({ id, attempt }) => before.get(id) !== attempt);
    const mayRun = busy.some(({ run_at: at }) => new Date(at).getTime() <= Date.now());
    if (gone.length > 0 || isTried || !mayRun) moved = performance.now();
    ended += gone.length;
    before = present;
    for (const { id, attempt } of busy) first.set(id, first.get(id) ?? attempt);

    if (performance.now() - moved > longestStandstill)
      return { busy, restless: busy.map(told("stands still")) };
    if (ended > most) return { busy, restless: busy.map(told(`goes on after ${ended} others`)) };
    const failing = busy.filter(({ id, attempt }) => attempt - first.get(id) >= mostTries);
    return { busy, restless: failing.map(told("fails again and again")) };
  };
}

/** The short form waits for no edit of a comment that gathers results. */
function goesOn({ kind, key, state }, short) {
  return state !== "parked" && !isAtRest({ kind, key }) && !(short && kind === "edit-comments");
}

function told(how) {
  return ({ key, attempt, last_error: error }) => ({
    rule: "comesToRest",
    text: `job ${key} ${how}, at attempt ${attempt}: ${String(error).split("\n")[0]}`,
  });
}
