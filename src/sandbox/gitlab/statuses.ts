import { z } from "zod";
import type { SandboxPipeline, SandboxRepository, SandboxStatus, SandboxUser } from "../model.js";
import { commitOf, signedIn, writable } from "./access.js";
import { pipelineRef } from "./entities/pipeline.js";
import { postedStatus } from "./entities/status.js";
import { invalid, notFound, Refusal } from "./errors.js";
import type { Api, Request } from "./http.js";
import { integer, parameters, text } from "./parameters.js";

const longestText = 255;

export function statusRoutes(api: Api): void {
  api.post("/projects/:id/statuses/:sha", postStatus);
}

const newStatus = z.object({
  state: z.enum(["pending", "running", "success", "failed", "canceled", "skipped"]),
  ref: text.optional(),
  name: text.optional(),
  context: text.optional(),
  target_url: text.optional(),
  description: text.optional(),
  pipeline_id: integer.optional(),
});
type Wanted = z.infer<typeof newStatus>;

/** What a status belongs to; only one of the same poster in all of this is updated. */
interface Place {
  readonly repository: SandboxRepository;
  readonly commit: string;
  readonly ref: string;
  readonly name: string;
  readonly poster: SandboxUser;
}

async function postStatus(c: Request) {
  const { store } = c.var;
  const repository = writable(c);
  const wanted = await parameters(c, newStatus);
  const commit = (await commitOf(c, repository)).id;
  const branch = await store.branchContaining(repository, commit);

  // From here on nothing waits, so that two posts at once do not both make a pipeline.
  const present = matchingPipeline(c, { repository, commit }, wanted);
  const ref = wanted.ref ?? (present && pipelineRef(store, present)) ?? branch;
  if (ref === undefined) throw notFound("References for commit");
  if (wanted.pipeline_id !== undefined && present === undefined) {
    throw notFound("Pipeline for pipeline_id, sha and ref");
  }
  const name = wanted.name ?? wanted.context ?? "default";
  const place: Place = { repository, commit, ref, name, poster: signedIn(c) };
  check(wanted, { name, pipeline: present });
  const pipeline = present ?? externalPipeline(c, place);
  return c.json(postedStatus(store, moved(c, { place, pipeline, wanted })), 201);
}

/** The newest pipeline of the commit, of that ref and of that id where they are given. */
function matchingPipeline(
  c: Request,
  { repository, commit }: Pick<Place, "repository" | "commit">,
  { ref, pipeline_id: id }: Wanted,
): SandboxPipeline | undefined {
  return c.var.store
    .pipelines(repository, commit)
    .filter((one) => ref === undefined || pipelineRef(c.var.store, one) === ref)
    .filter((one) => id === undefined || one.id === id)
    .at(-1);
}

function externalPipeline(c: Request, { repository, commit, ref }: Place): SandboxPipeline {
  return c.var.store.addPipeline({
    repository: repository.id,
    commit,
    ref,
    source: "external",
    mergeRequest: undefined,
    state: "pending",
    jobs: [],
  });
}

function check(
  { target_url: url, description }: Wanted,
  { name, pipeline }: { readonly name: string; readonly pipeline: SandboxPipeline | undefined },
): void {
  const tooLong = [`is too long (maximum is ${longestText} characters)`];
  if (name.length > longestText) throw invalid({ name: tooLong });
  if ((description?.length ?? 0) > longestText) throw invalid({ description: tooLong });
  if ((url?.length ?? 0) > longestText) throw invalid({ target_url: tooLong });
  if (url !== undefined && url !== "" && !/^https?:\/\/\S+$/.test(url)) {
    throw invalid({ target_url: ["is blocked: Only allowed schemes are http, https"] });
  }
  if (pipeline?.jobs.some((job) => job.name === name) === true) {
    throw invalid({ name: ["has already been taken"] });
  }
}

interface Move {
  readonly place: Place;
  readonly pipeline: SandboxPipeline;
  readonly wanted: Wanted;
}

/** A pending or running status goes on; one that is over stays so, and another is added after it. */
function moved(c: Request, { place, pipeline, wanted }: Move): SandboxStatus {
  const { store } = c.var;
  const { repository, commit, ref, name, poster } = place;
  const { state, description, target_url: targetUrl } = wanted;
  const present = store
    .statuses(repository, commit)
    .findLast(
      (one) =>
        (one.state === "pending" || one.state === "running") &&
        one.pipeline === pipeline.id &&
        one.ref === ref &&
        one.context === name &&
        one.author.id === poster.id,
    );
  if (present === undefined) {
    const whose = {
      repository: repository.id,
      commit,
      ref,
      pipeline: pipeline.id,
      context: name,
      author: poster,
    };
    return store.addStatus({ ...whose, state, description, targetUrl });
  }
  refuseTransition(present.state, state);
  store.updateStatus(present, {
    state,
    ...(description === undefined ? {} : { description }),
    ...(targetUrl === undefined ? {} : { targetUrl }),
  });
  return present;
}

/** GitLab's state machine; what is refused changes nothing, the description included. */
function refuseTransition(from: string, to: Wanted["state"]): void {
  const event = refusedEvents[`${from} ${to}`];
  if (event === undefined) return;
  const reason = `Status cannot transition via "${event}"`;
  throw new Refusal(400, {
    message: `Cannot transition status via :${event} from :${from} (Reason(s): ${reason})`,
  });
}

/** The events that GitLab's machine does not know from where a status is, by both states. */
const refusedEvents: Readonly<Record<string, string>> = {
  "pending pending": "enqueue",
  "running pending": "enqueue",
  "running running": "run",
  "running skipped": "skip",
};
