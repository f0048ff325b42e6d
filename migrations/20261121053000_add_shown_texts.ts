import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("pairs", (table) => {
    // The title and draft that Sluice last gave the dist-git side; another one found there is somebody's.
    table.text("shown_title");
    table.boolean("shown_draft");
    // A fingerprint of the source-git texts that the dist-git side was last given.
    table.text("shown_texts");
  });
}

export async function down(database: Knex): Promise<void> {
  // Plain SQL, which both databases know: knex would make the whole table anew on SQLite.
  for (const column of ["shown_texts", "shown_draft", "shown_title"]) {
    await database.raw("alter table pairs drop column ??", [column]);
  }
}
