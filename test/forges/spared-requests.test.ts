import { expect, it } from "@jest/globals";
import type { CommitStatus } from "../../src/domain/commit-status.js";
import { conditionalFetch } from "../../src/forges/conditional.js";
import { shortMemory } from "../../src/forges/memory.js";
import { ensurePosted, type Held } from "../../src/forges/posted-statuses.js";

it("an answer is kept as long as the forge says that it holds, and given as it was", async () => {
  let text = "one";
  const answers: number[] = [];
  const fetch = conditionalFetch((_, init) => {
    const tag = `W/"${text}"`;
    const isKnown = new Headers(init?.headers).get("if-none-match") === tag;
    answers.push(isKnown ? 304 : 200);
    const headers = { etag: tag, "x-budget": String(answers.length) };
    return Promise.resolve(new Response(isKnown ? null : text, { status: isKnown ? 304 : 200, headers }));
  });
  const read = async () => {
    const response = await fetch("https://forge.example/a");
    return [response.status, await response.text(), response.headers.get("x-budget")];
  };

  expect(await read()).toEqual([200, "one", "1"]);
  expect(await read()).toEqual([200, "one", "2"]);
  text = "two";
  expect(await read()).toEqual([200, "two", "3"]);
  expect(answers).toEqual([200, 304, 200]);
});

it("a status is posted when it differs, and looked up when a try was cut off", async () => {
  const place = { memory: shortMemory(), key: "statuses a" };
  const build = (state: CommitStatus["state"]): CommitStatus => ({
    context: "build",
    state,
    description: "",
  });
  const posted: [string, Held | undefined][] = [];
  const post = (statuses: readonly CommitStatus[], held: Held | undefined) => {
    posted.push([statuses.map(({ state }) => state).join(), held]);
    return Promise.resolve("set" as const);
  };

  await ensurePosted(place, [build("pending")], post);
  await ensurePosted(place, [build("pending")], post);
  const cutOff = () => Promise.reject(new Error("killed"));
  await expect(ensurePosted(place, [build("success")], cutOff)).rejects.toThrow("killed");
  await ensurePosted(place, [build("success")], post);

  expect(posted).toEqual([
    ["pending", new Map()],
    ["success", undefined],
  ]);
});
