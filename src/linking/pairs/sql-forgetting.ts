import type { Knex } from "knex";

/**
 * Forgets what nobody asks for any more, of pairs that ended before then: their history, but for what a merge request that is
 * reopened goes on from. The pairs themselves stay, and so does the last commit of each branch, by which what dist-git merged
 * is known as source-git's. Several processes may do it at once.
 */
export async function forgetEnded(database: Knex, before: Date): Promise<void> {
  const moment = before.toISOString();
  const ended = (...states: readonly string[]) =>
    database("pairs").whereIn("state", states).where("updated_at", "<", moment).select("id");
  await database("mirrored_commits")
    .whereIn("pair_id", ended("closed", "merged", "stopped"))
    .whereNotExists(
      database("pairs")
        .whereRaw("pairs.id = mirrored_commits.pair_id")
        .whereRaw("pairs.pushed_commit = mirrored_commits.dist_commit"),
    )
    .delete();
  for (const table of ["told", "told_notes", "trusted_commits", "status_names"])
    await database(table).whereIn("pair_id", ended("closed", "merged")).delete();
  // Only the commit that the branch is at is ever asked for.
  await database("homecoming_commits")
    .where("created_at", "<", moment)
    .whereNotExists(
      database("homecomings")
        .whereRaw("homecomings.id = homecoming_commits.homecoming_id")
        .whereRaw("homecomings.home_tip = homecoming_commits.??", ["commit"]),
    )
    .delete();
  await database("relayed_results").where("asked_at", "<", moment).delete();
  await database("obeyed_comments").where("obeyed_at", "<", moment).delete();
}
