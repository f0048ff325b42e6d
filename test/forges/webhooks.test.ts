import { expect, it } from "@jest/globals";
import { describeForges } from "./contract.js";

const address = "http://127.0.0.1:1/webhooks/forge.example";
const nothingThere = { health: "trouble", trouble: "no webhook leads to Sluice" };

describeForges((world) => {
  it("tells whether a webhook leads to us, where we may see it, and whether it is switched off", async () => {
    const { repository, ref } = await world().repository();
    const { hooks } = world().forge;
    if (world().account === "GitHub, as an app") return;

    expect(await hooks?.look(ref)).toEqual({ health: "unseen" });
    world().box.store.setMember(repository, world().ourselves, "admin");
    expect(await hooks?.look(ref)).toEqual(nothingThere);
    const hook = { secret: "", signingToken: undefined, events: ["push_events"] };
    const elsewhere = "http://127.0.0.1:1/webhooks/other.example";
    world().box.store.addHook(repository, { ...hook, url: elsewhere });
    expect(await hooks?.look(ref)).toEqual(nothingThere);
    const added = world().box.store.addHook(repository, { ...hook, url: address });
    expect(await hooks?.look(ref)).toEqual({ health: "works" });

    added.disabledUntil = "further notice";
    const byItself = "GitLab has disabled the webhook for good: a test delivery in its settings wakes it";
    const byHand = "the webhook is switched off in its settings";
    const trouble = world().account === "GitLab" ? byItself : byHand;
    expect(await hooks?.look(ref)).toEqual({ health: "trouble", trouble });
    if (world().account !== "GitLab") return;
    added.disabledUntil = "2026-11-22T03:00:00.000Z";
    const until = "GitLab has disabled the webhook until 2026-11-22T03:00:00.000Z";
    expect(await hooks?.look(ref)).toEqual({ health: "trouble", trouble: until });
  });

  it("misses none in repositories where groups have them", async () => {
    const { repository, ref } = await world().repository();
    world().box.store.setMember(repository, world().ourselves, "admin");
    const { hooks } = world().adapter({ webhooks: "groups" });

    const isApp = world().account === "GitHub, as an app";
    expect(await hooks?.look(ref)).toEqual(isApp ? nothingThere : undefined);
  });

  it("tells it of the one webhook of an App for all its repositories, by one question an hour", async () => {
    if (world().account !== "GitHub, as an app") return;
    const [{ ref: one }, { ref: other }] = [await world().repository(), await world().repository()];
    const { hooks } = world().adapter();

    world().box.app?.connect(undefined);
    expect(await hooks?.look(one)).toEqual(nothingThere);
    world().box.app?.connect(address);
    expect(await hooks?.look(other)).toEqual(nothingThere);
    world().clock.pass(3600);
    expect([await hooks?.look(one), await hooks?.look(other)]).toEqual([
      { health: "works" },
      { health: "works" },
    ]);
    world().box.app?.connect(undefined);
  });

  it("has webhooks of an App that nobody took sent again, and each once", async () => {
    const { lostDeliveries } = world().forge;
    expect(lostDeliveries !== undefined).toBe(world().account === "GitHub, as an app");
    if (!lostDeliveries) return;
    const repository = await world().repository();
    // Nobody listens there.
    world().box.app?.connect(address);
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
