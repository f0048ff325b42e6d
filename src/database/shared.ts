import type { Knex } from "knex";
import type { Clock } from "../domain/clock.js";
import { SqlGiven } from "./given.js";
import { SqlLimits } from "./limits.js";

/** What the processes of the service know of the forges together. */
export function sharedBetween(database: Knex, clock: Clock) {
  return { memory: new SqlGiven(database, clock), limits: new SqlLimits(database, clock) };
}
