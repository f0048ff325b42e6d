import { describe, expect, it, jest } from "@jest/globals";
import { addressOf } from "../../src/database/dialect.js";
import { done } from "../../src/domain/outcome.js";
import { useDatabases } from "../world/databases.js";
import { job, performed, queuesOn } from "./queues.js";

describe("a queue on Postgres that loses its connections", () => {
  const databases = useDatabases("Postgres");
  const emptyQueue = queuesOn(databases);
  const cutOff =
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = ?";

  // An error of a connection that nobody listens to ends the process, and here the test.
  it("outlives that in every moment of its stop", async () => {
    // graphile-worker prints there what it could not read.
    jest.spyOn(console, "error").mockReturnValue();
    const { queue, anotherWorker, database } = await emptyQueue();
    const name = new URL(addressOf(database).reveal()).pathname.slice(1);
    const others = databases.connect(await databases.url());

    for (let round = 0; round < 20; round++) {
      const worker = anotherWorker();
      worker.start(() => Promise.resolve(done("")));
      const stopping = worker.stop();
      for (let cut = 0; cut < 3; cut++) await others.raw(cutOff, [name]);
      await stopping.catch(() => undefined);
    }

    await queue.add([job("mirror 1")]);
    expect(await performed(queue)).toEqual(["mirror 1"]);
  });
});
