import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { readdir } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { RetryLater } from "../../../src/domain/errors.js";
import { fixture, type Fixture, readMain } from "./upstream.js";

const name = "forge/repository.git";
let world: Fixture;
let server: Server | undefined;

beforeEach(async () => {
  world = await fixture();
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await world.end();
});

async function forge(answer: RequestListener): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.git`;
}

function fetchFrom(url: string, patience?: number): Promise<void> {
  const what = { remote: { url, credentials: undefined }, refspecs: ["+refs/heads/main:refs/heads/main"] };
  return world.cache.use(name, ({ fetch }) => fetch(patience === undefined ? what : { ...what, patience }));
}

async function refsLine(): Promise<string> {
  const text = `${(await world.upstream.resolve("refs/heads/main")) ?? ""} refs/heads/main\0shallow no-thin\n`;
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}

/** A forge that says which refs it has, and then is this. */
async function forgeThat(sends: RequestListener): Promise<string> {
  const refs = `001e# service=git-upload-pack\n0000${await refsLine()}0000`;
  return forge((request, response) => {
    if (request.method === "POST") {
      sends(request, response);
      return;
    }
    response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" }).end(refs);
  });
}

const result = { "content-type": "application/x-git-upload-pack-result" };

describe("a fetch is tried later, and the store stays sound, when the forge", () => {
  it.each<[what: string, sends: RequestListener]>([
    [
      "hangs in the middle of the pack",
      (_, response) => response.writeHead(200, result).write("0008NAK\nPACK"),
    ],
    [
      "cuts the pack",
      (_, response) => response.writeHead(200, result).end("0008NAK\nPACK\0\0\0\u0002\0\0\0\u0005"),
    ],
    [
      "sends rubbish",
      (_, response) => response.writeHead(200, result).end(`0008NAK\n${"rubbish".repeat(999)}`),
    ],
    ["ends the connection", (_, response) => response.destroy()],
  ])("%s", async (_, sends) => {
    await world.commit("one");
    await expect(fetchFrom(await forgeThat(sends), 1)).rejects.toThrow(RetryLater);

    expect(await world.cache.use(name, readMain(world))).toBe("one");
    expect(await readdir(join(world.cache.directory, name, "objects", "pack"))).toEqual([]);
    expect(world.told).toEqual([]);
  });
});

it("a forge that accepts connections and never answers is tried later", async () => {
  const url = await forge(() => undefined);

  await expect(fetchFrom(url, 1)).rejects.toThrow(RetryLater);
});

describe("a git that is killed", () => {
  it("means another try, whatever it was at", async () => {
    await world.commit("one");
    const work = world.cache.use(name, async (used) => {
      await readMain(world)(used);
      const stopped = new AbortController();
      const waiting = used.store.git(["cat-file", "--batch"], { streamed: true, signal: stopped.signal });
      stopped.abort();
      await waiting;
    });
    await expect(work).rejects.toMatchObject({ name: "RetryLater", message: "git was killed" });
    expect(await world.cache.use(name, readMain(world))).toBe("one");
  });
});

describe("a full disk", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

  it("means another try, and the copy that was used least goes to make room", async () => {
    await world.commit("one");
    for (const used of ["forge/old.git", "forge/new.git", "forge/old.git", name]) {
      await world.cache.use(used, readMain(world));
      world.clock.pass(60);
    }
    await expect(world.cache.use(name, () => Promise.reject(full))).rejects.toThrow(/no room/);
    expect(world.told).toEqual([expect.objectContaining({ kind: "evicted", store: "forge/new.git" })]);
    expect(await world.cache.use(name, readMain(world))).toBe("one");
  });

  it("of the other side is not ours to make room on", async () => {
    await world.commit("one");
    await world.cache.use("forge/other.git", readMain(world));
    const theirs =
      "remote: fatal: write error: No space left on device\n ! [remote rejected] main -> main (unpacker error)";
    const said = world.cache.use(name, ({ store }) =>
      store.git(["-c", `alias.say=!printf '%s' "${theirs}" >&2; exit 1; :`, "say"]),
    );
    await expect(said).rejects.not.toThrow(RetryLater);
    expect(world.told).toEqual([]);
  });
});
