import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("jobs", (table) => {
    // When a running job was claimed: where nothing was for a long time, and something is due, all that work hang.
    table.timestamp("begun_at");
  });
}

export async function down(database: Knex): Promise<void> {
  await database.raw("alter table jobs drop column ??", ["begun_at"]);
}
