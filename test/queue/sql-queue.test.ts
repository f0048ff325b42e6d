import { describe, expect, it } from "@jest/globals";
import { OperatorError, RetryLater } from "../../src/domain/errors.js";
import { done, skipped } from "../../src/domain/outcome.js";
import type { Job } from "../../src/queue/queue.js";
import { engines, useDatabases } from "../world/databases.js";
import { job, pause, performed, queuesOn, watched } from "./queues.js";

describe.each(engines)("the queue on %s", (engine) => {
  const databases = useDatabases(engine);

  const emptyQueue = queuesOn(databases);

  describe("a delivery", () => {
    const delivery = { forge: "gitlab.com", id: "1", event: "Push Hook", body: "{}" };

    it("is taken with its jobs, and once, however often it arrives", async () => {
      const { queue, clock } = await emptyQueue();
      const receivedAt = clock.now();

      expect(await queue.accept({ ...delivery, receivedAt }, [job("mirror 1")])).toBe("accepted");
      expect(await performed(queue)).toEqual(["mirror 1"]);
      expect(await queue.accept({ ...delivery, receivedAt }, [job("mirror 1")])).toBe("duplicate");
      expect(await performed(queue)).toEqual([]);
    });

    it("does its work again when somebody has it redelivered later", async () => {
      const { queue, clock, pass } = await emptyQueue();
      await queue.accept({ ...delivery, receivedAt: clock.now() }, [job("mirror 1")]);
      await performed(queue);

      pass(60);

      expect(await queue.accept({ ...delivery, receivedAt: clock.now() }, [job("mirror 1")])).toBe(
        "repeated",
      );
      expect(await performed(queue)).toEqual(["mirror 1"]);
      expect(await queue.deliveries.list({ limit: 10 })).toHaveLength(1);
    });

    it("is kept for as long as it is wanted", async () => {
      const { queue, clock, pass } = await emptyQueue();
      await queue.accept({ ...delivery, receivedAt: clock.now() }, []);
      pass(60);
      await queue.accept({ ...delivery, id: "2", receivedAt: clock.now() }, []);

      await queue.tidy(59_000);

      expect(await queue.deliveries.list({ limit: 10 })).toMatchObject([{ id: "2" }]);
    });

    it("is another one on another forge", async () => {
      const { queue, clock } = await emptyQueue();
      const receivedAt = clock.now();

      await queue.accept({ ...delivery, receivedAt }, []);
      expect(await queue.accept({ ...delivery, forge: "internal", receivedAt }, [])).toBe("accepted");
    });

    it("is not taken when its jobs cannot be stored", async () => {
      const { queue, clock, database } = await emptyQueue();
      const receivedAt = clock.now();
      const broken = { ...job("mirror 1"), kind: null as unknown as string };

      const accepting = queue.accept({ ...delivery, receivedAt }, [job("mirror 2"), broken]);
      // Not `toThrow`: the native driver makes its errors of the first test file's Error class.
      await expect(accepting).rejects.toHaveProperty("message", expect.stringMatching(/null/i));

      expect(await database("deliveries")).toEqual([]);
      expect(await performed(queue)).toEqual([]);
    });
  });

  describe("jobs with the same key", () => {
    it("are one job while the first is waiting", async () => {
      const { queue } = await emptyQueue();

      await queue.add([job("mirror 1"), job("mirror 1")]);
      await queue.add([job("mirror 1")]);

      expect(await queue.counts()).toEqual({ waiting: 1, running: 0, parked: 0 });
    });

    it("are two while the first is running, as it may have looked before the second was asked for", async () => {
      const { queue } = await emptyQueue();
      await queue.add([job("mirror 1")]);

      const seen: string[] = [];
      await queue.runDue(async ({ key }) => {
        if (seen.push(key) === 1) await queue.add([job("mirror 1"), job("mirror 1")]);
        return done("mirrored");
      });

      expect(seen).toEqual(["mirror 1", "mirror 1"]);
    });

    it("are one again when the running one has to wait for its retry", async () => {
      const { queue } = await emptyQueue();
      await queue.add([job("mirror 1")]);

      await queue.runDue(async () => {
        await queue.add([job("mirror 1")]);
        throw new RetryLater("the forge is down");
      });

      expect(await queue.counts()).toEqual({ waiting: 1, running: 0, parked: 0 });
    });

    it("run at the earliest of the moments that they were asked for", async () => {
      const { queue, in: later } = await emptyQueue();

      await queue.add([job("mirror 1", { runAt: later(60) })]);
      await queue.add([job("mirror 1")]);

      expect(await performed(queue)).toEqual(["mirror 1"]);
    });
  });

  describe("a lane", () => {
    it("performs its jobs one at a time in the order in which they were added, beside other lanes", async () => {
      const { queue } = await emptyQueue();
      const lanes = ["a", "b", "c"];
      await queue.add([1, 2, 3, 4].flatMap((n) => lanes.map((lane) => job(`${lane}${n}`, { lane }))));

      const { starts, mostInLane, mostAtOnce } = await watched(queue, 200);

      for (const lane of lanes) {
        expect(starts.filter((key) => key.startsWith(lane))).toEqual([1, 2, 3, 4].map((n) => `${lane}${n}`));
      }
      expect(mostInLane).toBe(1);
      expect(mostAtOnce).toBeGreaterThan(1);
    });

    it("keeps its order under two workers", async () => {
      const { queue, anotherWorker } = await emptyQueue();
      const other = anotherWorker();
      const keys = Array.from({ length: 12 }, (_, n) => `job ${n}`);
      await queue.add(keys.map((key) => job(key, { lane: "a" })));

      const starts: string[] = [];
      const perform = async ({ key }: Job) => {
        starts.push(key);
        await pause(1);
        return done("");
      };
      queue.start(perform);
      other.start(perform);
      while ((await queue.nextDueAt()) !== undefined) await Promise.all([queue.idle(), other.idle()]);
      await Promise.all([queue.stop(), other.stop()]);

      expect(starts).toEqual(keys);
    });

    it("waits for the retry of its first job, and others do not", async () => {
      const { queue, pass } = await emptyQueue();
      await queue.add([
        job("first", { lane: "a" }),
        job("second", { lane: "a" }),
        job("other", { lane: "b" }),
      ]);

      expect(await performed(queue, { first: new RetryLater("the forge is down") })).toEqual([
        "first",
        "other",
      ]);
      pass(1);
      expect(await performed(queue)).toEqual(["first", "second"]);
    });

    it("goes on past a parked job", async () => {
      const { queue } = await emptyQueue();
      await queue.add([job("first", { lane: "a" }), job("second", { lane: "a" })]);

      expect(await performed(queue, { first: new OperatorError("no right") })).toEqual(["first", "second"]);
    });

    it("does not wait for what is scheduled for later", async () => {
      const { queue, pass, in: later } = await emptyQueue();
      await queue.add([job("later", { lane: "a", runAt: later(60) }), job("now", { lane: "a" })]);

      expect(await performed(queue)).toEqual(["now"]);
      pass(59);
      expect(await performed(queue)).toEqual([]);
      pass(1);
      expect(await performed(queue)).toEqual(["later"]);
    });
  });

  it("says in one line how each job ended and why", async () => {
    const { queue, lines } = await emptyQueue();
    await queue.add([job("a"), job("b"), job("c"), job("d")]);

    await queue.runDue(({ key }) => {
      if (key === "c") throw new RetryLater("the forge is down");
      if (key === "d") throw new OperatorError("no right");
      return Promise.resolve(key === "a" ? done("mirrored") : skipped("not linked"));
    });

    expect(lines).toMatchObject([
      { level: 30, job: "a", attempt: 1, outcome: "done", reason: "mirrored", msg: "job ended" },
      { level: 30, job: "b", attempt: 1, outcome: "skipped", reason: "not linked", msg: "job ended" },
      { level: 30, job: "c", attempt: 1, outcome: "retry", reason: "the forge is down", msg: "job waits" },
      { level: 50, job: "d", attempt: 1, outcome: "parked", reason: "no right", msg: "job is parked" },
    ]);
  });

  it("hands a job its payload as it was given", async () => {
    const { queue } = await emptyQueue();
    const payload = { mergeRequest: { repository: { forge: "gitlab.com", path: "a/ü" }, number: 7 } };
    await queue.add([job("mirror 1", { payload })]);

    const seen: unknown[] = [];
    await queue.runDue((claimed) => {
      seen.push(claimed.payload);
      return Promise.resolve(done(""));
    });

    expect(seen).toEqual([payload]);
  });

  it("ends the work under way when it is stopped and takes no more", async () => {
    const { queue } = await emptyQueue();
    await queue.add([job("first", { lane: "a" }), job("second", { lane: "a" })]);

    const ended: string[] = [];
    const begun = new Promise<void>((resolve) => {
      queue.start(async ({ key }) => {
        resolve();
        await pause(20);
        ended.push(key);
        return done("");
      });
    });
    await begun;
    await queue.stop();

    expect(ended).toEqual(["first"]);
    expect(await queue.counts()).toEqual({ waiting: 1, running: 0, parked: 0 });
  });

  it("hands work back that does not end within the time that it is given, and another takes it up", async () => {
    const { queue, anotherWorker } = await emptyQueue();
    await queue.add([job("first", { lane: "a" }), job("second", { lane: "a" })]);
    const begun = new Promise<void>((resolve) => {
      queue.start(() => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    await begun;

    expect(await queue.stop(20)).toBe(1);

    const other = anotherWorker();
    expect(await watched(other)).toMatchObject({ starts: ["first", "second"] });
  });
});
