import { expect, it } from "@jest/globals";
import { describeForges } from "./contract.js";

describeForges((world) => {
  it("tells how a repository's webhook fares, where it has one and we may see it", async () => {
    const { repository, ref } = await world().repository();
    const { hooks } = world().forge;
    expect(hooks !== undefined).toBe(world().account === "GitLab");
    if (!hooks) return;

    expect(await hooks.look(ref)).toEqual({ health: "unseen" });
    world().box.store.setMember(repository, world().ourselves, "admin");
    expect(await hooks.look(ref)).toEqual({ health: "trouble", trouble: "no webhook leads to Sluice" });
    const hook = { secret: "", signingToken: undefined, events: ["push_events"] };
    const url = "http://127.0.0.1:1/webhooks/forge.example";
    world().box.store.addHook(repository, { ...hook, url });
    expect(await hooks.look(ref)).toEqual({ health: "works" });

    const [added] = repository.hooks;
    if (added) added.disabledUntil = "2026-11-22T03:00:00.000Z";
    const until = "GitLab has disabled the webhook until 2026-11-22T03:00:00.000Z";
    expect(await hooks.look(ref)).toEqual({ health: "trouble", trouble: until });
    if (added) added.disabledUntil = "further notice";
    const trouble = "GitLab has disabled the webhook for good: a test delivery in its settings wakes it";
    expect(await hooks.look(ref)).toEqual({ health: "trouble", trouble });
  });

  it("has webhooks of an App that nobody took sent again, and each once", async () => {
    const { lostDeliveries } = world().forge;
    expect(lostDeliveries !== undefined).toBe(world().account === "GitHub, as an app");
    if (!lostDeliveries) return;
    const repository = await world().repository();
    // Nobody listens there.
    world().box.app?.connect("http://127.0.0.1:1/webhooks/forge.example");
    const since = world().clock.now();
    await world().branch(repository, "change");
    await world().box.settled();
    world().clock.pass(60);

    const lost = world().box.webhooks.deliveries().length;
    expect(lost).toBeGreaterThan(0);
    const nothing = () => Promise.resolve(false);
    expect(await lostDeliveries.redeliver(since, nothing)).toBe(lost);
    await world().box.settled();
    // Whoever is killed before it is recorded asks again.
    expect(await lostDeliveries.redeliver(since, nothing)).toBe(0);
    const again = world()
      .box.webhooks.deliveries()
      .filter(({ redeliveryOf }) => redeliveryOf !== undefined);
    expect(again).toHaveLength(lost);
    world().box.app?.connect(undefined);
  });
});
