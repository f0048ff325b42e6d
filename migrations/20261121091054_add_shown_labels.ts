import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("pairs", (table) => {
    // JSON: the labels that Sluice put on the dist-git merge request, and those that it was about to put there. Without
    // them, nobody could tell its labels from people's.
    table.text("shown_labels");
  });
}

export async function down(database: Knex): Promise<void> {
  await database.raw("alter table pairs drop column ??", ["shown_labels"]);
}
