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

async function control(path: string, body?: object): Promise<{ status: number; answer: unknown }> {
  const asked = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${box.forge.url}/_sandbox${path}`, asked);
  return { status: response.status, answer: await response.json() };
}

describe("the remote control", () => {
  it("explains itself with commands to copy", async () => {
    const help = await (await fetch(`${box.forge.url}/_sandbox/`)).text();
    expect(help).toContain(`curl ${box.forge.url}/_sandbox/users`);
  });

  it("tells addresses, users with tokens, repositories and the app", async () => {
    const { answer } = await control("/forge");
    expect(answer).toMatchObject({
      name: "github",
      url: box.forge.url,
      apiUrl: `${box.forge.url}/api/v3`,
      repositories: [{ path: "team/tally", cloneUrl: `${box.forge.url}/team/tally.git` }],
      app: { privateKey: expect.stringContaining("PRIVATE KEY") },
    });
    expect((answer as { users: { login: string; token: string }[] }).users).toContainEqual({
      login: "contributor",
      name: "Robin Okafor",
      token: box.forge.account("contributor").token,
    });
  });

  it("makes users, repositories and members", async () => {
    await control("/users", { login: "ana" });
    const made = await control("/repositories", { path: "rpms/zlib", private: true });
    expect(made).toMatchObject({ status: 201, answer: { path: "rpms/zlib" } });
    await control("/members", { repository: "rpms/zlib", user: "ana", access: "write" });

    const { store } = box.forge;
    const repository = store.repositoryByPath("rpms/zlib");
    expect(repository && store.access(store.userByLogin("ana"), repository)).toBe("write");
    expect(repository && store.access(undefined, repository)).toBeUndefined();
  });

  it("renames repositories, which the old address leads to, and deletes them", async () => {
    const renamed = await control("/repositories/rename", { repository: "team/tally", path: "team/sums" });
    expect(renamed).toMatchObject({ status: 200, answer: { path: "team/sums" } });
    expect(box.forge.store.repositoryOnceAt("team/tally")).toMatchObject({ path: "team/sums" });

    await control("/repositories/delete", { repository: "team/sums" });
    expect(box.forge.store.repositories()).toEqual([]);
    expect((await control("/repositories/delete", { repository: "team/sums" })).status).toBe(400);
  });

  it("scripts the CI, shows deliveries and sends one again", async () => {
    await control("/app-webhook", { url: listener.url });
    await control("/ci", { repository: "team/tally", stepMilliseconds: 1, jobs: [{ name: "build" }] });
    const maintainer = await box.clone("maintainer");
    await maintainer.commit("NEWS", "two\n");
    await maintainer.git(["push", "--quiet", "origin", "HEAD:main"]);
    await control("/settled", {});

    const { answer } = await control("/deliveries");
    const deliveries = answer as { id: number; request: { body: string } }[];
    const kinds = deliveries.map(({ request }) => (JSON.parse(request.body) as { kind: string }).kind);
    expect(kinds).toEqual(["push", "pipeline", "job", "job", "pipeline", "job", "pipeline"]);
    const again = await control(`/deliveries/${deliveries[0]?.id}/redeliver`, {});
    expect(again.answer).toMatchObject({ redeliveryOf: deliveries[0]?.id, outcome: { status: 202 } });
    expect(listener.received.at(-1)?.body).toBe('{"kind":"push"}');
  });

  it("says what is wrong with a request", async () => {
    expect(await control("/faults", { fault: "earthquake" })).toMatchObject({ status: 400 });
    expect(await control("/ci/step", { repository: "no/such" })).toEqual({
      status: 400,
      answer: { error: "There is no repository no/such." },
    });
  });
});
