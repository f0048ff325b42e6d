import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { OperatorError, RetryLater } from "../../src/domain/errors.js";
import { Secret } from "../../src/domain/secret.js";
import { createBareStore } from "../../src/git/local-store.js";
import type { ObjectStore } from "../../src/git/object-store.js";
import { fetch, listRefs, push, type Remote } from "../../src/git/remotes.js";

const ada = { name: "Ada", email: "ada@example.org", date: "1700000000 +0000" };
let folder = "";
let here: ObjectStore;
let there: ObjectStore;
let remote: Remote;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-test-"));
  here = await createBareStore(join(folder, "here"));
  there = await createBareStore(join(folder, "there"));
  remote = { url: there.directory, credentials: undefined };
});

afterEach(async () => {
  await here.close();
  await there.close();
  await rm(folder, { recursive: true, force: true });
});

function commit(message: string): string {
  return here.writeCommit({ tree: here.writeTree([]), parents: [], author: ada, committer: ada, message });
}

describe("push", () => {
  it("makes a branch that must not exist, and moves one from where it is expected", async () => {
    const [first, second] = [commit("One\n"), commit("Two\n")];
    await push(here, { remote, commit: first, branch: "mirror/1", expecting: undefined });
    expect(await there.resolve("refs/heads/mirror/1")).toBe(first);
    await push(here, { remote, commit: second, branch: "mirror/1", expecting: first });
    expect(await there.resolve("refs/heads/mirror/1")).toBe(second);
    expect([...(await listRefs(here, remote, ["refs/heads/*"]))]).toEqual([["refs/heads/mirror/1", second]]);
  });

  it("is tried later when the branch moved or came up meanwhile", async () => {
    const [first, second, third] = [commit("One\n"), commit("Two\n"), commit("Three\n")];
    await push(here, { remote, commit: first, branch: "main", expecting: undefined });
    await expect(
      push(here, { remote, commit: second, branch: "main", expecting: undefined }),
    ).rejects.toThrow(RetryLater);
    await expect(push(here, { remote, commit: second, branch: "main", expecting: third })).rejects.toThrow(
      /branch moved/,
    );
    expect(await there.resolve("refs/heads/main")).toBe(first);
  });

  it("tells what the remote's hook said when it refuses", async () => {
    const hook = join(there.directory, "hooks", "pre-receive");
    await writeFile(hook, "#!/bin/sh\necho 'GitLab: You are not allowed to push here.' >&2\nexit 1\n", {
      mode: 0o755,
    });
    await expect(
      push(here, { remote, commit: commit("One\n"), branch: "main", expecting: undefined }),
    ).rejects.toMatchObject({
      kind: "refused",
      message: "the push was refused: GitLab: You are not allowed to push here.",
    });
  });
});

describe("fetch", () => {
  it("brings the refs that are asked for, and says which is missing", async () => {
    const first = commit("One\n");
    await push(here, { remote, commit: first, branch: "main", expecting: undefined });
    await there.git(["update-ref", "refs/pull/1/head", first]);
    await fetch(here, { remote, refspecs: ["+refs/pull/1/head:refs/source/1"] });
    expect(await here.resolve("refs/source/1")).toBe(first);
    await expect(fetch(here, { remote, refspecs: ["refs/pull/2/head"] })).rejects.toMatchObject({
      kind: "missing",
      where: "refs/pull/2/head",
    });
  });

  it("says that there is no repository", async () => {
    const nothing = { url: join(folder, "nothing"), credentials: undefined };
    await expect(fetch(here, { remote: nothing, refspecs: ["refs/heads/main"] })).rejects.toMatchObject({
      kind: "missing",
    });
  });

  it.each([
    [401, OperatorError],
    [403, OperatorError],
    [429, RetryLater],
    [500, RetryLater],
    [503, RetryLater],
  ])("translates the answer %d, and never tells the password", async (status, kind) => {
    const server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/b.git`;
    const credentials = { username: "bot", password: new Secret("hunter22") };
    const error: unknown = await fetch(here, { remote: { url, credentials }, refspecs: ["main"] }).catch(
      (e: unknown) => e,
    );
    await new Promise((resolve) => server.close(resolve));
    expect(error).toBeInstanceOf(kind);
    expect(inspect(error, { depth: 9 })).not.toMatch(/hunter22|Ym90Omh1bnRlcjIy/);
  });

  it("tells people that the repository was archived, where a push is refused for that", async () => {
    const server = createServer((_, response) => {
      response.writeHead(403, { "content-type": "text/plain" });
      response.end("This repository was archived so it is read-only.");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a/b.git`;
    const pushing = push(here, {
      ...{ remote: { url, credentials: undefined }, commit: commit("One\n") },
      ...{ branch: "main", expecting: undefined },
    });
    await expect(pushing).rejects.toMatchObject({
      kind: "refused",
      message: "the push was refused: This repository was archived so it is read-only.",
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it("is tried later when nobody answers", async () => {
    const nobody = { url: "http://127.0.0.1:1/a.git", credentials: undefined };
    await expect(fetch(here, { remote: nobody, refspecs: ["main"] })).rejects.toThrow(RetryLater);
  });
});
