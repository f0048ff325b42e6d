import { packageRules } from "./package-rules.mjs";
import { requestRules } from "./request-rules.mjs";
import { treeRules } from "./tree-rules.mjs";

/** What must hold once all is quiet, as the documentation promises it; each rule answers what is wrong, in words. */

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
    for (const rule of [...requestRules, ...treeRules]) await rule(seen, say({ ...where, rule: rule.name }));
  }
  for (const seen of sight.packages) {
    for (const rule of packageRules)
      await rule(seen, say({ package: seen.place.name, rule: rule.name }), sight);
  }
  databaseRests(sight, say({ rule: "databaseRests" }));
  return found;
}

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
