import { describe, expect, it } from "@jest/globals";
import type { Delivery } from "../../src/queue/queue.js";
import { engines, useDatabases } from "../world/databases.js";
import { job, performed, queuesOn } from "./queues.js";

describe.each(engines)("deliveries that arrive together, on %s", (engine) => {
  const emptyQueue = queuesOn(useDatabases(engine));
  const receivedAt = new Date("2026-11-21T12:00:00Z");
  const delivery = (id: string): Delivery => ({
    ...{ forge: "gitlab.com", id, event: "Push Hook", body: "{}", receivedAt },
  });

  it("are all taken, with the jobs of each", async () => {
    const { queue } = await emptyQueue();
    const ids = Array.from({ length: 250 }, (_, index) => String(index));

    const answers = await Promise.all(ids.map((id) => queue.accept(delivery(id), [job(`mirror ${id}`)])));

    expect(new Set(answers)).toEqual(new Set(["accepted"]));
    expect(await queue.deliveries.list({ limit: 1000 })).toHaveLength(250);
    expect(new Set(await performed(queue))).toEqual(new Set(ids.map((id) => `mirror ${id}`)));
  });

  it("are taken once, where they are the same", async () => {
    const { queue } = await emptyQueue();

    const answers = await Promise.all(
      ["1", "2", "1"].map((id, index) => queue.accept(delivery(id), [job(`${id} from ${index}`)])),
    );

    expect(answers).toEqual(["accepted", "accepted", "duplicate"]);
    expect(await performed(queue)).toEqual(["1 from 0", "2 from 1"]);
  });

  it("share the jobs that they agree on, and keep the order of a lane", async () => {
    const { queue } = await emptyQueue();
    const inLane = (key: string) => job(key, { lane: "b" });

    await Promise.all([
      queue.accept(delivery("1"), [inLane("z"), job("a")]),
      queue.accept(delivery("2"), [inLane("y"), inLane("z")]),
      queue.accept(delivery("3"), [inLane("x")]),
    ]);

    const keys = await performed(queue);
    expect(keys.filter((key) => key !== "a")).toEqual(["z", "y", "x"]);
    expect(keys).toHaveLength(4);
  });

  it("do not suffer from one that cannot be stored", async () => {
    const { queue } = await emptyQueue();
    const broken = { ...job("broken"), kind: null as unknown as string };

    const [before, bad, after] = await Promise.allSettled([
      queue.accept(delivery("1"), [job("mirror 1")]),
      queue.accept(delivery("2"), [broken]),
      queue.accept(delivery("3"), [job("mirror 3")]),
    ]);

    expect([before, after]).toMatchObject([{ value: "accepted" }, { value: "accepted" }]);
    expect(bad).toMatchObject({ status: "rejected" });
    expect((await queue.deliveries.list({ limit: 10 })).map(({ id }) => id).sort()).toEqual(["1", "3"]);
    expect(await performed(queue)).toEqual(["mirror 1", "mirror 3"]);
  });

  it("are told apart from those that somebody had sent again later", async () => {
    const { queue } = await emptyQueue();
    await queue.accept(delivery("1"), []);
    const later = new Date(receivedAt.getTime() + 60_000);

    const answers = await Promise.all(
      ["1", "2"].map((id) => queue.accept({ ...delivery(id), receivedAt: later }, [job(id)])),
    );

    expect(answers).toEqual(["repeated", "accepted"]);
    expect(await performed(queue)).toEqual(["1", "2"]);
  });

  it("are forgotten when they are old, however many there are", async () => {
    const { queue, in: at } = await emptyQueue();
    const old = Array.from({ length: 450 }, (_, index) => delivery(String(index)));
    await Promise.all(old.map((each) => queue.accept(each, [])));
    await queue.accept({ ...delivery("young"), receivedAt: at(-10) }, []);

    await queue.deliveries.forgetOlderThan(60_000);
    expect(await queue.deliveries.list({ limit: 1000 })).toHaveLength(451);
    await queue.accept({ ...delivery("0"), receivedAt: at(3600) }, []);
    await queue.deliveries.forgetOlderThan(-20_000);

    expect((await queue.deliveries.list({ limit: 10 })).map(({ id }) => id)).toEqual(["0"]);
  });
});
