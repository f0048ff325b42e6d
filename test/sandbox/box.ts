import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hono } from "hono";
import { systemClock } from "../../src/domain/clock.js";
import { Secret } from "../../src/domain/secret.js";
import { type GitOptions, git, gitText } from "../../src/git/run.js";
import type { Dialect } from "../../src/sandbox/dialect.js";
import { startForge } from "../../src/sandbox/forge.js";
import type { ForgeKind, SandboxRepository } from "../../src/sandbox/model.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";

/** A dialect of few words: what is tested here is what all dialects stand on. */
const plainDialect: Dialect = {
  routes: (store) => {
    const api = new Hono();
    api.get("/api/*", (c) => c.json({ paths: store.repositories().map(({ path }) => path) }));
    api.post("/api/*", async (c) => c.json({ said: await c.req.json<unknown>() }, 201));
    return api;
  },
  webhooks: (_store, happening) => {
    const body = JSON.stringify({
      kind: happening.kind,
      ...("action" in happening ? { action: happening.action } : {}),
    });
    return Promise.resolve([{ event: happening.kind, headers: { "x-delivery": randomUUID() }, body }]);
  },
};

/** One forge, a repository with one commit on main, and a directory for clones. */
export interface Box {
  readonly forge: SandboxForge;
  readonly repository: SandboxRepository;
  readonly directory: string;
  /** A clone made by `login`, and how git is run in it with their token. */
  clone(login: string, repository?: SandboxRepository): Promise<Clone>;
  end(): Promise<void>;
}

export interface Clone {
  git(args: readonly string[], options?: GitOptions): Promise<string>;
  commit(file: string, text: string): Promise<string>;
}

export async function openBox(kind: ForgeKind): Promise<Box> {
  const directory = await mkdtemp(join(tmpdir(), "sandbox-"));
  const forge = await startForge({
    name: kind,
    kind,
    dialect: plainDialect,
    directory,
    clock: systemClock,
    mergeabilityMilliseconds: 1,
  });
  const owner = forge.account("maintainer").user;
  const repository = await forge.store.createRepository({ path: "team/tally", owner, private: false });
  let clones = 0;

  async function clone(login: string, of = repository): Promise<Clone> {
    const at = join(directory, `clone-${++clones}`);
    const credentials = credentialsOf(forge, login);
    await git(["clone", "--quiet", forge.cloneUrl(of), at], { credentials });
    await git(["config", "user.name", login], { directory: at });
    await git(["config", "user.email", `${login}@box.example`], { directory: at });
    const run = (args: readonly string[], options: GitOptions = {}) =>
      gitText(args, { directory: at, credentials, ...options });
    return {
      git: run,
      commit: async (file, text) => {
        const blob = await run(["hash-object", "-w", "--stdin"], { input: text });
        await run(["update-index", "--add", "--cacheinfo", `100644,${blob},${file}`]);
        await run(["commit", "--quiet", "-m", `Change ${file}`]);
        return run(["rev-parse", "HEAD"]);
      },
    };
  }

  const first = await clone("maintainer");
  await first.git(["symbolic-ref", "HEAD", "refs/heads/main"]);
  await first.commit("NEWS", "one\n");
  await first.git(["push", "--quiet", "origin", "HEAD:main"]);
  return {
    forge,
    repository,
    directory,
    clone,
    end: async () => {
      await forge.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function credentialsOf(forge: SandboxForge, login: string) {
  return { url: forge.url, username: "anybody", password: new Secret(forge.account(login).token) };
}

/** Somebody who listens to webhooks and keeps them. */
export interface Listener {
  readonly url: string;
  readonly received: { readonly headers: Record<string, unknown>; readonly body: string }[];
  close(): Promise<void>;
}

export async function listenForWebhooks(status = 202): Promise<Listener> {
  const received: Listener["received"] = [];
  const server: Server = createServer((request, response) => {
    void request.toArray().then((chunks: Buffer[]) => {
      received.push({ headers: { ...request.headers }, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(status).end("heard");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
