import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("obeyed_comments", (table) => {
    // What is told of it by a reaction; from then on all that it orders is carried out, or refused for good.
    table.text("reaction");
  });
}

export async function down(database: Knex): Promise<void> {
  // Plain SQL, which both databases know: knex would make the whole table anew on SQLite.
  await database.raw("alter table obeyed_comments drop column ??", ["reaction"]);
}
