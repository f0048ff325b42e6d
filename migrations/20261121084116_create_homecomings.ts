import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // A dist-git branch whose own changes come home to a source-git branch, by one merge request at a time.
  await database.schema.createTable("homecomings", (table) => {
    table.increments("id");
    table.text("dist_forge").notNullable();
    table.text("dist_path").notNullable();
    table.text("dist_branch").notNullable();
    table.text("source_forge").notNullable();
    table.text("source_path").notNullable();
    table.text("source_branch").notNullable();
    // The branch that Sluice pushes to source-git, and the newest merge request from it.
    table.text("home_branch").notNullable();
    table.integer("number");
    // Where it stands; linking/homecoming/homecomings.ts names the states.
    table.text("state").notNullable();
    // Both branches and Sluice's own as they were when everything that followed from them was done.
    table.text("dist_tip");
    table.text("source_tip");
    table.text("home_tip");
    // The dist-git commit up to which the merge request brings everything home.
    table.text("carried_tip");
    // The same of one that was merged: source-git has all up to there, whatever became of the trailers.
    table.text("settled_tip");
    // What Sluice last gave the merge request to say; another title or draft is somebody's.
    table.text("shown_title");
    table.boolean("shown_draft");
    // The same while it is being given: a killed process leaves open which of the two it has.
    table.text("giving_title");
    table.boolean("giving_draft");
    // Why it cannot go on, for those who look for it.
    table.text("problem");
    table.timestamp("created_at").notNullable();
    table.timestamp("updated_at").notNullable();
  });
  // Events name repositories as their forge writes them, which may differ in case from sluice.yml.
  await database.raw(
    "create unique index homecomings_sides on homecomings " +
      "(dist_forge, lower(dist_path), dist_branch, source_forge, lower(source_path), source_branch)",
  );
  await database.raw(
    "create index homecomings_home on homecomings (source_forge, lower(source_path), home_branch)",
  );

  // The commits that Sluice pushed to a home branch: what else is found there is somebody's.
  await database.schema.createTable("homecoming_commits", (table) => {
    table.integer("homecoming_id").notNullable().references("homecomings.id").onDelete("cascade");
    table.text("commit").notNullable();
    table.timestamp("created_at").notNullable();
    table.primary(["homecoming_id", "commit"]);
  });
}

export async function down(database: Knex): Promise<void> {
  await database.schema.dropTable("homecoming_commits");
  await database.schema.dropTable("homecomings");
}
