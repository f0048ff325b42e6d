import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // What a forge said of its limits to one process; all processes of the service read it.
  await database.schema.createTable("limits", (table) => {
    table.text("forge").notNullable();
    // Who asks: an installation of an App, or a fingerprint of a token. Empty where nothing was said yet.
    table.text("owner").notNullable();
    // Made up anew at each start.
    table.text("process").notNullable();
    // Requests of a whole budget, those that are left, and when it is whole again. Null where the forge tells none.
    table.integer("budget");
    table.integer("remaining");
    table.timestamp("reset_at");
    // It wants no request before.
    table.timestamp("closed_until");
    // When the process last asked the forge for anything.
    table.timestamp("seen_at").notNullable();
    table.primary(["forge", "owner", "process"]);
  });
}

export async function down(database: Knex): Promise<void> {
  await database.schema.dropTable("limits");
}
