import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // What people were last told of a pair: the one comment of each side is made of it.
  await database.schema.createTable("told", (table) => {
    table.integer("pair_id").primary().references("pairs.id").onDelete("cascade");
    // The source-git merge request as it was then, as JSON, without its description.
    table.text("merge_request").notNullable();
    // Where mirroring stood, as JSON; null until there was something to say in a comment.
    table.text("progress");
    // The CI results of one source-git commit, as JSON; null until there were some.
    table.text("results");
    // Whether dist-git's side has a comment, which then has to be kept true.
    table.boolean("said_in_dist").notNullable();
  });

  // Paragraphs about a pair that come and go by themselves: drift, a stale mirror.
  await database.schema.createTable("told_notes", (table) => {
    table.integer("pair_id").notNullable().references("pairs.id").onDelete("cascade");
    table.text("topic").notNullable();
    table.text("text").notNullable();
    table.primary(["pair_id", "topic"]);
  });

  // What was last given to a forge, so that it need not be asked each time: the ids of comments, statuses that were set.
  await database.schema.createTable("given", (table) => {
    table.text("key").primary();
    table.text("value").notNullable();
    // What was not touched for long is forgotten; then the forge is asked.
    table.timestamp("updated_at").notNullable().index();
  });
}

export async function down(database: Knex): Promise<void> {
  for (const table of ["given", "told_notes", "told"]) await database.schema.dropTable(table);
}
