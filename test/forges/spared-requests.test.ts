import { describe, expect, it } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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

describe("the answers that are kept", () => {
  /** Answers everything; says 304 to who knows it. */
  function forge(headers: () => Record<string, string> = () => ({})) {
    const known: string[] = [];
    const fetch = conditionalFetch((url, init) => {
      const isKnown = new Headers(init?.headers).has("if-none-match");
      if (isKnown) known.push(String(url));
      const said = { etag: '"1"', ...headers() };
      return Promise.resolve(
        new Response(isKnown ? null : "{}", { status: isKnown ? 304 : 200, headers: said }),
      );
    });
    return { fetch, known };
  }

  it("take as much of memory as they are long", async () => {
    const { fetch } = forge();
    const before = keptBytes();

    for (let number = 0; number < 1000; number += 1) await fetch(`https://forge.example/${number}`);

    expect(keptBytes() - before).toBeLessThan(4_000_000);
    // So that they are there still.
    await fetch("https://forge.example/0");
  });

  it("are forgotten beyond 16 MB, with their headers, those first that were longest not asked for", async () => {
    const { fetch, known } = forge(() => ({ "x-long": randomBytes(150_000).toString("base64") }));
    const ask = (number: number) => fetch(`https://forge.example/${number}`);

    for (let number = 0; number < 60; number += 1) await ask(number);
    await ask(0);
    for (let number = 60; number < 120; number += 1) await ask(number);
    await ask(0);
    await ask(1);

    expect(known).toEqual(["https://forge.example/0", "https://forge.example/0"]);
  });
});

/** What buffers take that somebody holds. */
function keptBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return memoryUsage().arrayBuffers;
}

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
