import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // Dist-git merge requests that others took the place of, until that was said on them.
  await database.schema.createTable("predecessors", (table) => {
    table.integer("pair_id").notNullable().references("pairs.id").onDelete("cascade");
    table.text("forge").notNullable();
    table.text("path").notNullable();
    table.integer("number").notNullable();
    table.primary(["pair_id", "forge", "path", "number"]);
  });

  await database.schema.alterTable("obeyed_comments", (table) => {
    // Whether all that it orders was done: what was only begun is done again, and answered as if nobody had been killed.
    table.boolean("finished").notNullable().defaultTo(true);
    // The names of its commands, parted by spaces, and when it was written: an older one may be heard of later.
    table.text("orders").notNullable().defaultTo("");
    table.timestamp("said_at");
  });
}

export async function down(database: Knex): Promise<void> {
  // Plain SQL, which both databases know: knex would make the whole table anew on SQLite.
  for (const column of ["said_at", "orders", "finished"]) {
    await database.raw("alter table obeyed_comments drop column ??", [column]);
  }
  await database.schema.dropTable("predecessors");
}
