import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import type { FaultyAnswers } from "../faults.js";
import type { SandboxForge } from "../sandbox.js";
import type { SandboxRepository, SandboxUser } from "../model.js";
import { pageRoutes } from "../pages/routes.js";
import { controlRoutes } from "./control.js";
import type { Exchanges } from "./exchanges.js";
import { type GitServing, answerGit } from "./git-server.js";
import { gitRequestOf } from "./git-request.js";
import type { Listener } from "./listen.js";

export interface ForgeServing {
  readonly forge: SandboxForge;
  readonly faults: FaultyAnswers;
  readonly exchanges: Exchanges;
  pushed(repository: SandboxRepository, by: SandboxUser): Promise<void>;
}

/** Everything that a forge answers on its port: faults first, then git, control, API and pages. */
export function forgeListener(serving: ForgeServing): Listener {
  const { forge, faults, exchanges } = serving;
  const app = new Hono({ strict: false });
  app.route("/_sandbox", controlRoutes(forge));
  app.all("/api/*", (c) => exchanges.answer(c));
  app.route("/", pageRoutes(forge.store));
  const web = getRequestListener(app.fetch);

  const gitServing: GitServing = {
    store: forge.store,
    faults,
    pushed: (repository, by) => serving.pushed(repository, by),
  };

  const answer: Listener = (incoming, outgoing) => {
    const { method = "GET", url = "/" } = incoming;
    // Whoever took the forge down must be able to bring it back.
    const canned = url.startsWith("/_sandbox") ? undefined : faults.answerTo({ method, url });
    if (canned !== undefined) {
      incoming.resume();
      outgoing.writeHead(canned.status, canned.headers).end(canned.body);
      return;
    }
    const request = gitRequestOf(incoming);
    if (request === undefined) {
      void web(incoming, outgoing);
      return;
    }
    // git's own client says what it could not do; a broken connection needs no second report.
    answerGit(gitServing, request, { incoming, outgoing }).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : undefined);
    });
  };
  return (incoming, outgoing) => {
    const held = faults.heldBack(incoming.url ?? "/");
    if (held === undefined) answer(incoming, outgoing);
    else {
      void held.then(() => {
        answer(incoming, outgoing);
      });
    }
  };
}
