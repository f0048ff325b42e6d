import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("status_names", (table) => {
    // What is said last of the pair, as JSON, while the commit is its head: under the plain names stands the gravest of all.
    table.text("mirroring");
    table.text("results");
  });
}

export async function down(database: Knex): Promise<void> {
  // Plain SQL, which both databases know: knex would make the whole table anew on SQLite.
  for (const column of ["results", "mirroring"]) {
    await database.raw("alter table status_names drop column ??", [column]);
  }
}
