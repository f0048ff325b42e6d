import { z } from "zod";
import type { SandboxRepository } from "../model.js";
import { signedIn, writable } from "./access.js";
import { statusObject } from "./entities/status.js";
import { noCommitFound, validationFailed } from "./errors.js";
import { type Api, type Request, body, parameter } from "./http.js";

const descriptionLimit = 140;
const perContextLimit = 1000;
const states = ["error", "failure", "pending", "success"];

export function statusRoutes(api: Api): void {
  api.post("/repos/:owner/:repo/statuses/:sha", createStatus);
}

const newStatus = z.object({
  state: z.string(),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  context: z.string().default("default"),
});
type NewStatus = z.infer<typeof newStatus>;

/** Whoever may push may report on any commit of the network, also on one that came from a fork. */
async function createStatus(c: Request) {
  const { store } = c.var;
  const repository = writable(c);
  const commit = await wholeCommit(c, repository);
  const wanted = await body(c, newStatus);
  checkStatus(wanted);
  const earlier = store.statuses(repository, commit).filter(({ context }) => context === wanted.context);
  if (earlier.length >= perContextLimit) {
    throw invalid("context", "This SHA and context has reached the maximum number of statuses.");
  }
  const status = store.addStatus({
    repository: repository.id,
    commit,
    ref: undefined,
    pipeline: undefined,
    context: wanted.context,
    state: wanted.state,
    description: wanted.description ?? undefined,
    targetUrl: wanted.target_url ?? undefined,
    author: signedIn(c),
  });
  return c.json(statusObject(store, status), 201);
}

async function wholeCommit(c: Request, repository: SandboxRepository): Promise<string> {
  const sha = parameter(c, "sha");
  const commit = /^[0-9a-f]{40}$/.test(sha) ? await c.var.store.commit(repository, sha) : undefined;
  if (commit === undefined) throw noCommitFound(sha);
  return commit.id;
}

function checkStatus({ state, description, context, target_url: url }: NewStatus): void {
  for (const [field, text] of Object.entries({ description, context })) {
    if (/[\u{10000}-\u{10ffff}]/u.test(text ?? "")) {
      throw invalid(field, `${field} doesn't accept 4-byte Unicode`);
    }
  }
  if (!states.includes(state)) throw invalid("state", "state is not included in the list");
  if ((description?.length ?? 0) > descriptionLimit) {
    throw invalid("description", `description is too long (maximum is ${descriptionLimit} characters)`);
  }
  if (url !== undefined && url !== null && url !== "" && !/^https?:\/\//.test(url)) {
    throw invalid("target_url", "target_url must use http(s) scheme");
  }
}

function invalid(field: string, message: string) {
  return validationFailed({ resource: "Status", code: "custom", field, message });
}
