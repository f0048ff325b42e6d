import type { Knex } from "knex";

export async function up(database: Knex): Promise<void> {
  // Webhooks that were accepted: a delivery that is here already is not taken twice.
  await database.schema.createTable("deliveries", (table) => {
    // The forge's name in sluice.yml.
    table.text("forge").notNullable();
    // The forge's own id of the delivery: X-GitHub-Delivery, GitLab's Idempotency-Key.
    table.text("id").notNullable();
    // The event's name as the forge's header says it.
    table.text("event").notNullable();
    // The exact bytes that were signed, as text.
    table.text("body").notNullable();
    table.timestamp("received_at").notNullable().index();
    table.primary(["forge", "id"]);
  });

  // Work to do. A job that is done is deleted; what it did is seen on the forge and in the log.
  await database.schema.createTable("jobs", (table) => {
    // The order of a lane is the order of its ids.
    table.bigIncrements("id");
    // Which handler performs it.
    table.text("kind").notNullable();
    // Waiting jobs with the same key are the same work: there is one.
    table.text("key").notNullable();
    // Jobs of one lane run one at a time.
    table.text("lane").notNullable();
    // A reference as JSON.
    table.text("payload").notNullable();
    // Not before this moment: when it was added, asked for, or when its next try is due.
    table.timestamp("run_at").notNullable();
    // Tries begun so far; counts up at each claim, which makes it the claim's token, too.
    table.integer("attempt").notNullable().defaultTo(0);
    // waiting, running or parked (only the operator can help).
    table.text("state").notNullable().checkIn(["waiting", "running", "parked"]);
    // What ended the last try: message and stack.
    table.text("last_error");
    // A running job whose worker has not renewed this in time is taken to have died with it.
    table.timestamp("locked_until");
    table.timestamp("created_at").notNullable();
    table.index(["state", "run_at"]);
    table.index(["lane", "id"]);
  });

  // What must never be is made impossible: twice the same work waiting, two jobs of a lane running.
  await database.raw("create unique index jobs_waiting_key on jobs (key) where state = 'waiting'");
  await database.raw("create unique index jobs_running_lane on jobs (lane) where state = 'running'");
}

export async function down(database: Knex): Promise<void> {
  await database.schema.dropTable("jobs");
  await database.schema.dropTable("deliveries");
}
