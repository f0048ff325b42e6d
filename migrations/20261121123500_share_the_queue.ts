import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("jobs", (table) => {
    // Whose work it is: the repository that it is about. Shares take turns.
    table.text("share").notNullable().defaultTo("");
    // Its place in the order in which jobs are taken: when it is due, or behind what its share has waiting already.
    table.timestamp("turn");
  });
  await database("jobs").update({ share: database.ref("lane"), turn: database.ref("run_at") });
  await database.schema.alterTable("jobs", (table) => {
    table.index(["state", "turn", "id"]);
    table.index(["share", "turn"]);
    table.index(["key"]);
  });
}

export async function down(database: Knex): Promise<void> {
  await database.schema.alterTable("jobs", (table) => {
    table.dropIndex(["state", "turn", "id"]);
    table.dropIndex(["share", "turn"]);
    table.dropIndex(["key"]);
  });
  for (const column of ["share", "turn"]) await database.raw("alter table jobs drop column ??", [column]);
}
