import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // Which repository each path of the other tables means: a path may change, and another repository may get it.
  await database.schema.createTable("repositories", (table) => {
    table.text("forge").notNullable();
    // The forge's own, which survives renames and transfers.
    table.bigInteger("repository_id").notNullable();
    // As it is called now.
    table.text("path").notNullable();
    table.timestamp("seen_at").notNullable();
    table.primary(["forge", "repository_id"]);
  });
  await database.raw("create unique index repositories_path on repositories (forge, lower(path))");

  // What repositories were called before: sluice.yml may still call them so.
  await database.schema.createTable("former_names", (table) => {
    table.text("forge").notNullable();
    // In lower case, as forges compare paths.
    table.text("path").notNullable();
    // The last that was called so.
    table.bigInteger("repository_id").notNullable().index();
    table.timestamp("left_at").notNullable();
    table.primary(["forge", "path"]);
  });

  // Never used: a repository has one id, however many pairs it has.
  for (const column of ["source_id", "dist_id"])
    await database.raw("alter table pairs drop column ??", [column]);
}

export async function down(database: Knex): Promise<void> {
  await database.schema.alterTable("pairs", (table) => {
    table.bigInteger("source_id");
    table.bigInteger("dist_id");
  });
  for (const table of ["former_names", "repositories"]) await database.schema.dropTable(table);
}
