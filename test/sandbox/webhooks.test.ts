import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Box, type Listener, listenForWebhooks, openBox } from "./box.js";

let box: Box;
let listener: Listener;
beforeEach(async () => {
  box = await openBox("github");
  listener = await listenForWebhooks();
});
afterEach(async () => {
  await box.end();
  await listener.close();
});

const hookTo = (url: string) => ({ url, secret: "s", signingToken: undefined, events: ["*"] });

async function push(branch: string): Promise<void> {
  const maintainer = await box.clone("maintainer");
  await maintainer.commit("NEWS", `${branch}\n`);
  await maintainer.git(["push", "--quiet", "origin", `HEAD:${branch}`]);
}

describe("webhooks", () => {
  it("are sent once, and remembered with their answer", async () => {
    box.forge.store.addHook(box.repository, hookTo(listener.url));
    await push("change");
    await box.forge.settled();

    expect(listener.received).toMatchObject([{ body: '{"kind":"push"}' }]);
    expect(box.forge.webhooks.deliveries()).toMatchObject([
      { event: "push", url: listener.url, outcome: { outcome: "answered", status: 202, body: "heard" } },
    ]);
  });

  it("are redelivered equal to the first time", async () => {
    box.forge.store.addHook(box.repository, hookTo(listener.url));
    await push("change");
    await box.forge.settled();
    const [delivery] = box.forge.webhooks.deliveries();
    if (delivery === undefined) throw new Error("nothing was delivered");

    await box.forge.webhooks.redeliver(delivery);

    const [first, second] = listener.received;
    expect(second).toEqual(first);
    expect(box.forge.webhooks.deliveries()).toMatchObject([{}, { redeliveryOf: delivery.id }]);
  });

  it("come in order to each hook, also to the app's own address", async () => {
    box.forge.app?.connect(listener.url);
    const { store } = box.forge;
    await push("change");
    const author = box.forge.account("maintainer").user;
    const between = {
      repository: box.repository,
      sourceRepository: box.repository,
      sourceBranch: "change",
      targetBranch: "main",
    };
    const answer = await store.openMergeRequest({
      ...between,
      title: "Two",
      description: "",
      draft: false,
      author,
    });
    if (answer.outcome !== "opened") throw new Error(answer.outcome);
    store.addComment(answer.mergeRequest, "Fine.", author);
    await store.closeMergeRequest(answer.mergeRequest, author);
    await box.forge.settled();

    expect(listener.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { kind: "push" },
      { kind: "merge-request", action: "opened" },
      { kind: "comment", action: "created" },
      { kind: "merge-request", action: "closed" },
    ]);
  });

  it("can be lost, and be sent after all by a redelivery", async () => {
    box.forge.store.addHook(box.repository, hookTo(listener.url));
    box.forge.faults.loseNextWebhook();
    await push("change");
    await box.forge.settled();
    expect(listener.received).toEqual([]);

    const [lost] = box.forge.webhooks.deliveries();
    expect(lost?.outcome).toEqual({ outcome: "lost" });
    if (lost !== undefined) await box.forge.webhooks.redeliver(lost);
    expect(listener.received).toHaveLength(1);
  });

  it("to nobody are remembered as failed and not tried again", async () => {
    await listener.close();
    box.forge.store.addHook(box.repository, hookTo(listener.url));
    await push("change");
    await box.forge.settled();

    expect(box.forge.webhooks.deliveries()).toMatchObject([{ outcome: { outcome: "failed" } }]);
    listener = await listenForWebhooks();
  });
});
