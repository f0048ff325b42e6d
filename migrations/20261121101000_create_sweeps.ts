import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // Repositories of links that were heard of, and how far each was compared with what the database says.
  await database.schema.createTable("sweeps", (table) => {
    table.text("forge").notNullable();
    // In lower case, as forges compare paths.
    table.text("path").notNullable();
    // When the last sweep began: what changed later is asked for by the next. Null until the first.
    table.timestamp("swept_at");
    // The same of the last sweep that looked at everything that is open.
    table.timestamp("swept_whole_at");
    // The tips of linked branches that no homecoming speaks of, as JSON.
    table.text("tips");
    // What is wrong with its webhook, and when that was looked at.
    table.text("trouble");
    table.timestamp("looked_at");
    table.primary(["forge", "path"]);
  });

  // Comments whose orders were carried out: a webhook and a sweep may both tell of one.
  await database.schema.createTable("obeyed_comments", (table) => {
    table.text("forge").notNullable();
    table.text("path").notNullable();
    table.integer("number").notNullable();
    // Beyond 32 bits on github.com.
    table.bigInteger("comment_id").notNullable();
    table.timestamp("obeyed_at").notNullable();
    table.primary(["forge", "path", "number", "comment_id"]);
  });
}

export async function down(database: Knex): Promise<void> {
  for (const table of ["obeyed_comments", "sweeps"]) await database.schema.dropTable(table);
}
