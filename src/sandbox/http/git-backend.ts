import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { startGit } from "../../git/run.js";
import type { SandboxRepository, SandboxUser } from "../model.js";
import type { GitRequest } from "./git-request.js";

export interface GitExchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly request: GitRequest;
  readonly repository: SandboxRepository;
  readonly user: SandboxUser | undefined;
}

/**
 * Lets `git http-backend` answer, streaming both ways. `beforeEnd` is awaited before the client is told that it is
 * over, so that after a push everything stands as the push left it.
 */
export async function serveGit(exchange: GitExchange, beforeEnd: () => Promise<void>): Promise<void> {
  const { incoming, outgoing, repository } = exchange;
  const aborted = new AbortController();
  outgoing.once("close", () => aborted.abort());
  const backend = startGit(["http-backend"], {
    directory: repository.gitDirectory,
    environment: cgiEnvironment(exchange),
    streamed: true,
    signal: aborted.signal,
  });
  // A client that goes away, or a backend that needs no more, ends this early.
  const sending = pipeline(incoming, backend.stdin).catch(() => undefined);
  try {
    await forward(backend.stdout, outgoing, aborted.signal);
  } catch (error) {
    if (!aborted.signal.aborted) throw error;
  }
  await backend.ended;
  incoming.resume();
  await sending;
  await beforeEnd();
  outgoing.end();
}

function cgiEnvironment({ incoming, request, repository, user }: GitExchange): Record<string, string> {
  const { headers } = incoming;
  const variables: Record<string, string | undefined> = {
    GIT_PROJECT_ROOT: repository.gitDirectory,
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_INFO: `/${request.action}`,
    QUERY_STRING: request.query,
    REQUEST_METHOD: incoming.method,
    CONTENT_TYPE: headers["content-type"],
    CONTENT_LENGTH: headers["content-length"],
    HTTP_CONTENT_ENCODING: headers["content-encoding"],
    GIT_PROTOCOL: headers["git-protocol"]?.toString(),
    REMOTE_USER: user?.login,
    REMOTE_ADDR: "127.0.0.1",
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The head of a CGI answer becomes the head of the HTTP answer; the rest passes as it comes. */
async function forward(
  output: AsyncIterable<unknown>,
  outgoing: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of output) {
    let body = chunk as Buffer;
    if (head !== undefined) {
      head = Buffer.concat([head, body]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) continue;
      writeHead(outgoing, head.toString("latin1", 0, end));
      body = head.subarray(end + 4);
      head = undefined;
    }
    if (body.length > 0 && !outgoing.write(body)) await once(outgoing, "drain", { signal });
  }
  if (head !== undefined) outgoing.writeHead(500);
}

function writeHead(outgoing: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split("\r\n")) {
    const [name, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else outgoing.setHeader(name, value);
  }
  outgoing.writeHead(status);
}
