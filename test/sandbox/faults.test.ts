import { afterEach, describe, expect, it } from "@jest/globals";
import { type Box, openBox } from "./box.js";

let box: Box;
afterEach(() => box.end());

const api = (path: string) => fetch(box.forge.apiUrl + path);

describe("faults", () => {
  it.each([
    { kind: "github", status: 503 },
    { kind: "gitlab", status: 502 },
  ] as const)("$kind is down until it comes back, and can be told so", async ({ kind, status }) => {
    box = await openBox(kind);
    box.forge.faults.goDown();
    expect((await api("/anything")).status).toBe(status);

    const control = `${box.forge.url}/_sandbox/faults`;
    expect((await fetch(control, { method: "POST", body: '{"fault":"back"}' })).status).toBe(200);
    expect((await api("/anything")).status).toBe(200);
  });

  it("GitHub's spent budget names the moment of the next one", async () => {
    box = await openBox("github");
    box.forge.faults.rateLimitFor(600);
    const answer = await api("/anything");

    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-ratelimit-remaining")).toBe("0");
    const wait = Number(answer.headers.get("x-ratelimit-reset")) - Date.now() / 1000;
    expect(wait).toBeGreaterThan(400);
    expect(wait).toBeLessThan(602);
  });

  it("GitLab's spent budget says how long to wait, and the pages stay", async () => {
    box = await openBox("gitlab");
    box.forge.faults.rateLimitFor(600);
    const answer = await api("/anything");

    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(400);
    expect((await fetch(`${box.forge.url}/`)).status).toBe(200);
  });

  it("one request fails, the same again does not", async () => {
    box = await openBox("gitlab");
    box.forge.faults.failNextRequest({ method: "GET", path: /\/projects\//, status: 500 });

    expect((await api("/user")).status).toBe(200);
    expect((await api("/projects/1")).status).toBe(500);
    expect((await api("/projects/1")).status).toBe(200);
  });

  it("observers see what was asked and answered, and change nothing", async () => {
    box = await openBox("gitlab");
    const seen: unknown[] = [];
    const stop = box.forge.afterRequest((request, response) => {
      seen.push({ method: request.method, path: request.path, query: request.query, body: request.body });
      seen.push({ status: response.status, body: response.body });
    });
    const ask = () => fetch(`${box.forge.apiUrl}/notes?page=2`, { method: "POST", body: '{"body":"hello"}' });

    expect(await (await ask()).json()).toEqual({ said: { body: "hello" } });
    stop();
    await ask();

    expect(seen).toEqual([
      { method: "POST", path: "/api/v4/notes", query: "?page=2", body: '{"body":"hello"}' },
      { status: 201, body: '{"said":{"body":"hello"}}' },
    ]);
  });
});
