import type { Knex } from "knex";

const columns = ["fork_path", "source_id", "dist_id"];

export async function up(database: Knex): Promise<void> {
  await database.schema.alterTable("pairs", (table) => {
    // Our fork that has the dist-git branch; null where dist-git itself has it.
    table.text("fork_path");
    // The forges' own ids of both repositories, which survive that they are renamed; null until they were asked for.
    table.bigInteger("source_id");
    table.bigInteger("dist_id");
  });
}

export async function down(database: Knex): Promise<void> {
  for (const column of columns) await database.raw("alter table pairs drop column ??", [column]);
}
