import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // Two merge requests that mirror one another.
  await database.schema.createTable("pairs", (table) => {
    table.increments("id");
    // The source-git merge request; it is mirrored once.
    table.text("source_forge").notNullable();
    table.text("source_path").notNullable();
    table.integer("source_number").notNullable();
    // The dist-git repository, the branch that Sluice pushes there, and the merge request from it once there is one.
    table.text("dist_forge").notNullable();
    table.text("dist_path").notNullable();
    table.text("dist_branch").notNullable();
    table.integer("dist_number");
    // The dist-git branch that this merge request is for; another one than Sluice last chose was chosen by people there.
    table.text("dist_target");
    // Where the pair stands; linking/pairs/pairs.ts names the states.
    table.text("state").notNullable();
    // The source-git head that dist-git stands for.
    table.text("mirrored_head");
    // The commit that Sluice last pushed to dist_branch; what else is found there is somebody's.
    table.text("pushed_commit");
    // Why the pair cannot go on, as the people concerned were told.
    table.text("problem");
    table.timestamp("created_at").notNullable();
    table.timestamp("updated_at").notNullable();
    table.unique(["source_forge", "source_path", "source_number"]);
  });
  // Events name dist-git as its forge writes it, which may differ in case from sluice.yml.
  await database.raw("create index pairs_dist on pairs (dist_forge, lower(dist_path), dist_number)");

  // What each dist-git commit of Sluice stands for: CI results go back to the commit that was tested.
  await database.schema.createTable("mirrored_commits", (table) => {
    table.integer("pair_id").notNullable().references("pairs.id").onDelete("cascade");
    table.text("source_commit").notNullable();
    table.text("dist_commit").notNullable().index();
    table.timestamp("created_at").notNullable();
    table.primary(["pair_id", "dist_commit"]);
  });
}

export async function down(database: Knex): Promise<void> {
  await database.schema.dropTable("mirrored_commits");
  await database.schema.dropTable("pairs");
}
