import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("pairs", (table) => {
    // Who told Sluice to carry nothing over for now.
    table.text("paused_by");
    // The head of an untrusted merge request that waits for a maintainer, and since when: a command that names no commit
    // means the one that was shown when it was written.
    table.text("waiting_head");
    table.timestamp("waiting_since");
  });

  // Commits of untrusted people that somebody with the right looked at: each for itself, for the head may move.
  await database.schema.createTable("trusted_commits", (table) => {
    table.integer("pair_id").notNullable().references("pairs.id").onDelete("cascade");
    table.text("source_commit").notNullable();
    table.text("trusted_by").notNullable();
    table.timestamp("created_at").notNullable();
    table.primary(["pair_id", "source_commit"]);
  });
}

export async function down(database: Knex): Promise<void> {
  await database.schema.dropTable("trusted_commits");
  // Plain SQL, which both databases know: knex would make the whole table anew on SQLite.
  for (const column of ["waiting_since", "waiting_head", "paused_by"]) {
    await database.raw("alter table pairs drop column ??", [column]);
  }
}
