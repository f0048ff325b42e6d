import { describe, expect, it } from "@jest/globals";
import { done } from "../../src/domain/outcome.js";
import { engines, useDatabases } from "../world/databases.js";
import { job, pause, performed, queuesOn, watched } from "./queues.js";

describe.each(engines)("shares of the queue on %s", (engine) => {
  const emptyQueue = queuesOn(useDatabases(engine));
  const noisy = (count: number) =>
    Array.from({ length: count }, (_, index) => job(`noisy ${index}`, { share: "noisy" }));

  it("let others go before, however much one has to do", async () => {
    const { queue } = await emptyQueue();
    await queue.add(noisy(30));
    await queue.add([job("quiet", { share: "quiet" })]);

    expect((await performed(queue)).indexOf("quiet")).toBe(1);
  });

  it("do so while several are worked on at a time", async () => {
    const { queue } = await emptyQueue();
    await queue.add(noisy(30));
    await queue.add([job("quiet", { share: "quiet" })]);

    expect((await watched(queue)).starts.indexOf("quiet")).toBeLessThan(10);
  });

  it("do so in several processes, whichever was told of the work", async () => {
    const { queue, anotherWorker } = await emptyQueue();
    const other = anotherWorker();
    await queue.add(noisy(30));
    await other.add([job("quiet", { share: "quiet" })]);

    const starts: string[] = [];
    const perform = async ({ key }: { readonly key: string }) => {
      starts.push(key);
      await pause(20);
      return done("");
    };
    queue.start(perform);
    other.start(perform);
    while ((await queue.nextDueAt()) !== undefined) await Promise.all([queue.idle(), other.idle()]);
    await Promise.all([queue.stop(), other.stop()]);

    expect(starts.indexOf("quiet")).toBeLessThan(15);
    expect(starts).toHaveLength(31);
  });

  it("wait for their turn, and no longer", async () => {
    const { queue, pass } = await emptyQueue();
    await queue.add(noisy(5));
    pass(60);
    await queue.add([job("quiet", { share: "quiet" })]);

    expect((await performed(queue)).at(-1)).toBe("quiet");
  });

  it("let others go before for as long as they mean to, though they were due before", async () => {
    const { queue, anotherWorker, in: later, pass } = await emptyQueue();
    const sweeps = [0, 1, 2].map((index) =>
      job(`sweep ${index}`, { share: "sweep", yieldsFor: 3600, runAt: later(index) }),
    );
    await queue.add(sweeps);
    pass(1800);
    await queue.add([job("person")]);
    expect((await watched(anotherWorker({ concurrency: 1 }))).starts[0]).toBe("person");

    await queue.add(sweeps.map(({ runAt: _, ...sweep }) => sweep));
    pass(3700);
    await queue.add([job("late person")]);
    expect((await performed(queue)).at(-1)).toBe("late person");
  });

  it("are not held up by what is only planned", async () => {
    const { queue, in: later, pass } = await emptyQueue();
    await queue.add([job("planned", { share: "one", runAt: later(600) })]);
    await queue.add([job("now", { share: "one" })]);
    await queue.add([job("other", { share: "other" })]);

    expect(await performed(queue)).toEqual(["now", "other"]);
    pass(600);
    expect(await performed(queue)).toEqual(["planned"]);
  });
});
