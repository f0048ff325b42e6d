import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("obeyed_comments", (table) => {
    // What was answered to it, as Markdown; nothing where a reaction said enough. Answers of a merge request share a comment.
    table.text("answer");
  });
}

export async function down(database: Knex): Promise<void> {
  // Plain SQL, which both databases know: knex would make the whole table anew on SQLite.
  await database.raw("alter table obeyed_comments drop column ??", ["answer"]);
}
