import { describe, expect, it } from "@jest/globals";
import { engines, useDatabases } from "../world/databases.js";
import { job, performed, queuesOn, watched } from "./queues.js";

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

  it("wait for their turn, and no longer", async () => {
    const { queue, pass } = await emptyQueue();
    await queue.add(noisy(5));
    pass(60);
    await queue.add([job("quiet", { share: "quiet" })]);

    expect((await performed(queue)).at(-1)).toBe("quiet");
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
