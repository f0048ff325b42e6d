import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // How far dist-git's CI was with a commit that Sluice pushed when its results were last asked for.
  await database.schema.createTable("relayed_results", (table) => {
    table.integer("pair_id").notNullable().references("pairs.id").onDelete("cascade");
    table.text("dist_commit").notNullable();
    // Nothing of it went on.
    table.boolean("ended").notNullable();
    table.timestamp("asked_at").notNullable();
    table.primary(["pair_id", "dist_commit"]);
  });
  // Sweeps look for what was pushed in the last days.
  await database.schema.alterTable("mirrored_commits", (table) => {
    table.index(["created_at"], "mirrored_commits_created_at");
  });
}

export async function down(database: Knex): Promise<void> {
  await database.schema.alterTable("mirrored_commits", (table) => {
    table.dropIndex(["created_at"], "mirrored_commits_created_at");
  });
  await database.schema.dropTable("relayed_results");
}
