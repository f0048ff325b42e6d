import type { IncomingMessage, ServerResponse } from "node:http";
import type { FaultyAnswers } from "../faults.js";
import type { SandboxRepository, SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import { serveGit } from "./git-backend.js";
import { type GitRequest, permissionFor } from "./git-request.js";
import { pushedRefs, refusal } from "./refused-push.js";

export interface GitServing {
  readonly store: SandboxStore;
  readonly faults: FaultyAnswers;
  /** Called after each push, before it is answered. */
  pushed(repository: SandboxRepository, by: SandboxUser): Promise<void>;
}

export interface HttpExchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** git over smart HTTP for all repositories of a forge. */
export async function answerGit(
  serving: GitServing,
  request: GitRequest,
  exchange: HttpExchange,
): Promise<void> {
  const { incoming, outgoing } = exchange;
  const permission = permissionFor(serving.store, request, incoming.headers.authorization);
  if (permission.outcome === "refused") {
    const challenge = permission.status === 401 ? { "www-authenticate": 'Basic realm="Sandbox"' } : {};
    incoming.resume();
    outgoing.writeHead(permission.status, { "content-type": "text/plain", ...challenge });
    outgoing.end(`${permission.message}\n`);
    return;
  }
  if (permission.outcome === "moved") {
    incoming.resume();
    outgoing.writeHead(301, { location: permission.location }).end();
    return;
  }
  const { repository, user } = permission;
  const receives = request.action === "git-receive-pack" && user !== undefined;
  if (receives && (await refusedInstead(serving.faults, exchange))) return;
  await serveGit({ ...exchange, request, repository, user }, async () => {
    if (receives) await serving.pushed(repository, user);
  });
}

async function refusedInstead(faults: FaultyAnswers, { incoming, outgoing }: HttpExchange): Promise<boolean> {
  if (!faults.rejectsNextPush()) return false;
  const refs = await pushedRefs(incoming);
  const message = refs.length === 0 ? undefined : faults.takeRejection();
  outgoing.writeHead(200, {
    "content-type": "application/x-git-receive-pack-result",
    "cache-control": "no-cache",
  });
  outgoing.end(message === undefined ? "" : refusal(refs, message));
  return true;
}
