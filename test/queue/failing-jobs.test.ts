import { describe, expect, it } from "@jest/globals";
import { OperatorError, RetryLater, UserError } from "../../src/domain/errors.js";
import { done, type Outcome } from "../../src/domain/outcome.js";
import type { SqlQueue } from "../../src/queue/sql-queue.js";
import { engines, useDatabases } from "../world/databases.js";
import { job, performed, queuesOn, watched } from "./queues.js";

describe.each(engines)("when a job fails, the queue on %s", (engine) => {
  const databases = useDatabases(engine);
  const emptyQueue = queuesOn(databases);

  describe("a job that time helps", () => {
    it("is tried again after pauses that double up to ten minutes, as often as it takes", async () => {
      const { queue, pass, clock } = await emptyQueue();
      await queue.add([job("mirror 1")]);

      const pauses: number[] = [];
      for (let attempt = 1; attempt <= 13; attempt++) {
        await performed(queue, { "mirror 1": new RetryLater("the forge is down") });
        const due = (await queue.nextDueAt()) ?? clock.now();
        const seconds = (due.getTime() - clock.now().getTime()) / 1000;
        pauses.push(seconds);
        pass(seconds);
      }

      expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
      expect(await performed(queue)).toEqual(["mirror 1"]);
    });

    it("is not tried before the moment that the forge named", async () => {
      const { queue, pass, in: later } = await emptyQueue();
      await queue.add([job("mirror 1")]);

      await performed(queue, { "mirror 1": new RetryLater("rate limited", { notBefore: later(90) }) });
      pass(89);
      expect(await performed(queue)).toEqual([]);
      pass(1);
      expect(await performed(queue)).toEqual(["mirror 1"]);
    });
  });

  describe("a job that fails otherwise", () => {
    it.each([
      ["for the operator", new OperatorError("the token lacks a right")],
      ["with a complaint that nobody told the user", new UserError("invalid", { message: "no such branch" })],
      ["by a bug", new TypeError("undefined is not a function")],
    ])("%s is parked with its error, never dropped and never retried", async (_, error) => {
      const { queue, pass } = await emptyQueue();
      await queue.add([job("mirror 1")]);

      await performed(queue, { "mirror 1": error });
      pass(86_400);

      expect(await performed(queue)).toEqual([]);
      const parked = await queue.parked();
      expect(parked).toMatchObject([{ kind: "mirror", key: "mirror 1" }]);
      expect(parked[0]?.error).toContain(error.message);
      expect(parked[0]?.error).toContain("failing-jobs.test");
    });

    it("is parked with the errors that caused it", async () => {
      const { queue } = await emptyQueue();
      await queue.add([job("mirror 1")]);

      const cause = new Error("400 Bad Request", { cause: new Error("state is missing") });
      await performed(queue, { "mirror 1": new OperatorError("the forge did not understand", { cause }) });

      const error = (await queue.parked())[0]?.error;
      expect(error).toContain("400 Bad Request");
      expect(error).toContain("state is missing");
    });

    it("leaves no token behind, neither in the table nor in the log", async () => {
      const { queue, lines } = await emptyQueue();
      await queue.add([job("mirror 1")]);

      const secret = "glpat-AbCdEf0123456789abcd";
      const cause = Object.assign(new Error("refused"), {
        request: { headers: { "private-token": secret } },
      });
      await performed(queue, { "mirror 1": new OperatorError(`token ${secret} is refused`, { cause }) });

      expect((await queue.parked())[0]?.error).toContain("token [secret] is refused");
      expect(JSON.stringify([await queue.parked(), lines])).not.toContain(secret);
    });

    it("runs again when the operator says so, and is gone when the operator says that", async () => {
      const { queue } = await emptyQueue();
      await queue.add([job("mirror 1"), job("mirror 2")]);
      const failures = {
        "mirror 1": new OperatorError("no right"),
        "mirror 2": new OperatorError("no right"),
      };
      await performed(queue, failures);
      const [one, two] = await queue.view.list({ state: "parked", limit: 10 });

      expect([await queue.revive(one?.id ?? ""), await queue.forget(two?.id ?? "")]).toEqual([true, true]);

      // It begins anew: what it failed of before counts no more.
      expect(await queue.view.list({ limit: 10 })).toMatchObject([{ state: "waiting", error: undefined }]);
      expect(await performed(queue)).toEqual(["mirror 1"]);
      expect(await queue.view.list({ limit: 10 })).toEqual([]);
      expect(await queue.revive("999")).toBe(false);
    });

    it("is kept once, however often the same work is tried again and fails", async () => {
      const { queue } = await emptyQueue();
      for (const reason of ["no right", "still no right"]) {
        await queue.add([job("mirror 1")]);
        await performed(queue, { "mirror 1": new OperatorError(reason) });
      }

      expect(await queue.parked()).toEqual([
        expect.objectContaining({ key: "mirror 1", error: expect.stringContaining("still no right") }),
      ]);
    });

    it("is forgotten once the same work was done", async () => {
      const { queue } = await emptyQueue();
      await queue.add([job("mirror 1"), job("mirror 2")]);
      await performed(queue, {
        "mirror 1": new OperatorError("no right"),
        "mirror 2": new OperatorError("no right"),
      });

      await queue.add([job("mirror 1")]);
      await performed(queue);

      expect(await queue.parked()).toMatchObject([{ key: "mirror 2" }]);
    });
  });

  describe("a worker that dies", () => {
    /** A worker that claims a job and is never heard of again. */
    const dieWith = async (queue: SqlQueue, key: string) => {
      const claimed = new Promise<void>((resolve) => {
        queue.start((claim) => {
          if (claim.key === key) resolve();
          return new Promise<Outcome>(() => undefined);
        });
      });
      await claimed;
    };

    it("loses its job to another one when its lease has run out, and its lane waits until then", async () => {
      const { queue, anotherWorker, pass } = await emptyQueue();
      await queue.add([job("first", { lane: "a" }), job("second", { lane: "a" })]);
      await dieWith(anotherWorker({ concurrency: 1 }), "first");

      expect(await performed(queue)).toEqual([]);
      pass(31);
      const attempts: Record<string, number> = {};
      await queue.runDue(({ key, attempt }) => {
        attempts[key] = attempt;
        return Promise.resolve(done(""));
      });

      expect(attempts).toEqual({ first: 2, second: 1 });
    });

    it("loses it to a worker that is already running", async () => {
      const { queue, anotherWorker, pass } = await emptyQueue();
      await queue.add([job("first", { lane: "a" }), job("second", { lane: "a" })]);
      // It can take nothing else: a dead one would not.
      await dieWith(anotherWorker({ concurrency: 1 }), "first");
      pass(31);

      expect((await watched(anotherWorker())).starts).toEqual(["first", "second"]);
    });

    it("makes the queue stuck when nobody takes its job over", async () => {
      const { queue, anotherWorker, pass } = await emptyQueue();
      await queue.add([job("first")]);
      await dieWith(anotherWorker(), "first");
      expect(await queue.stuckSeconds()).toBe(0);

      pass(600);

      expect(await queue.stuckSeconds()).toBe(600);
    });

    it("makes the queue stuck as well when it lives and hangs, with all others, for half an hour", async () => {
      const { queue, anotherWorker, database, pass, in: later } = await emptyQueue();
      await queue.add([job("first")]);
      await dieWith(anotherWorker({ concurrency: 1 }), "first");
      await queue.add([job("second")]);
      const hangFor = async (seconds: number) => {
        pass(seconds);
        await database("jobs")
          .where({ state: "running" })
          .update({ locked_until: later(30).toISOString() });
        return queue.stuckSeconds();
      };

      expect(await hangFor(1700)).toBe(0);
      expect(await hangFor(200)).toBe(1900);
    });

    it("cannot end the job that another one took over", async () => {
      const { queue, anotherWorker, pass } = await emptyQueue();
      const slow = anotherWorker();
      await queue.add([job("mirror 1")]);
      let wake = (_: Outcome): void => undefined;
      const claimed = new Promise<void>((resolve) => {
        slow.start(() => {
          resolve();
          return new Promise<Outcome>((end) => (wake = end));
        });
      });
      await claimed;

      pass(31);
      await queue.runDue(async () => {
        wake(done("too late"));
        await slow.stop();
        expect(await queue.counts()).toMatchObject({ running: 1 });
        throw new OperatorError("no right");
      });

      expect(await queue.parked()).toHaveLength(1);
    });
  });
});
