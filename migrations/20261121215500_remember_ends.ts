import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("pairs", (table) => {
    // The dist-git merge request with whose merge Sluice closed source-git's; who reopens that has the last word.
    table.integer("closed_with");
  });
}

export async function down(database: Knex): Promise<void> {
  // Plain SQL, which both databases know: knex would make the whole table anew on SQLite.
  await database.raw("alter table pairs drop column ??", ["closed_with"]);
}
