import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // Merge requests of one source-git commit share its statuses: which of their pairs has them under their plain names.
  await database.schema.createTable("status_names", (table) => {
    // The source-git repository; the path in lower case, as forges compare it.
    table.text("forge").notNullable();
    table.text("path").notNullable();
    table.text("source_commit").notNullable();
    table.integer("pair_id").notNullable().references("pairs.id").onDelete("cascade").index();
    table.boolean("plain").notNullable();
    table.primary(["forge", "path", "source_commit", "pair_id"]);
  });
  await database.raw(
    "create unique index status_names_plain on status_names (forge, path, source_commit) where plain",
  );
}

export async function down(database: Knex): Promise<void> {
  await database.schema.dropTable("status_names");
}
