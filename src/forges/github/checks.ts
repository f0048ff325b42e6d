import { z } from "zod";
import type { CheckRef } from "../../domain/check-run.js";
import { type CommitState, isFinal } from "../../domain/commit-status.js";
import type { CommitRef, RepositoryRef } from "../../domain/refs.js";
import { repositoryName } from "../../domain/refs.js";
import type { Check, CheckRuns, FoundCheck, StatusTarget } from "../forge.js";
import { eachByItself } from "../each.js";
import type { ForgeMemory } from "../memory.js";
import { refusalOf } from "../refusal.js";
import type { Serial } from "../serial.js";
import { cut } from "../text.js";
import type { GitHubClient } from "./client.js";
import { ownCheckRunPayload, ownCheckRunsPayload } from "./payloads.js";

interface Tools {
  readonly client: GitHubClient;
  readonly memory: ForgeMemory;
  readonly serial: Serial;
  /** Only apps make check runs, and each sees to its own. */
  readonly appId: number;
}

/** GitHub's words: what has ended has a conclusion. */
const conclusions: Readonly<Partial<Record<CommitState, string>>> = {
  success: "success",
  "allowed-failure": "neutral",
  neutral: "neutral",
  skipped: "skipped",
  failure: "failure",
  error: "failure",
  canceled: "cancelled",
};

/** Longest title, and longest text of any kind, in characters. */
const titleLength = 255;
const textLength = 65_535;

export function createCheckRuns(tools: Tools): CheckRuns {
  return {
    ensure: (on, checks) => tools.serial.run(`checks ${on.commit}`, () => ensureAll(tools, on, checks)),
    rerequested: (ref) => rerequested(tools, ref),
  };
}

async function ensureAll(
  tools: Tools,
  { mergeRequest, commit }: StatusTarget,
  checks: readonly Check[],
): Promise<void> {
  const on = { repository: mergeRequest.ref.repository, commit };
  let present: Promise<ReadonlyMap<string, number>> | undefined;
  await eachByItself(checks, async (check) => {
    const key = memoryKey(on, check.context);
    const written = writtenFrom(await tools.memory.recall(key));
    const print = printOf(check);
    if (written?.print === print) return;
    const id = written && (written.id ?? (await (present ??= listOwn(tools, on))).get(check.context));
    // Should this be cut off, the next one knows that there may be one, and looks for it by its name.
    if (!written) await tools.memory.remember(key, JSON.stringify({}));
    const made = await write(tools.client, { on, check, id });
    await tools.memory.remember(key, JSON.stringify({ id: made, print }));
  });
}

/** Without an id: one was begun, and nobody knows whether it was made. */
const writtenShape = z.object({ id: z.number().optional(), print: z.string().optional() });

function writtenFrom(remembered: string | undefined): z.infer<typeof writtenShape> | undefined {
  return remembered === undefined ? undefined : writtenShape.parse(JSON.parse(remembered));
}

/** What makes it worth writing anew: its texts follow from these. */
function printOf({ key, state, description, targetUrl, summary }: Check): string {
  return JSON.stringify([key, state, description, targetUrl, isFinal(state) ? summary : ""]);
}

async function write(
  client: GitHubClient,
  { on, check, id }: { readonly on: CommitRef; readonly check: Check; readonly id: number | undefined },
): Promise<number> {
  const details = await check.details?.();
  const conclusion = conclusions[check.state];
  const parameters = {
    name: check.context,
    external_id: check.key,
    ...(check.targetUrl === undefined ? {} : { details_url: check.targetUrl }),
    ...(conclusion === undefined
      ? { status: check.state === "running" ? "in_progress" : "queued" }
      : { status: "completed", conclusion }),
    output: {
      title: cut(titleOf(check), titleLength),
      summary: cut(check.summary, textLength),
      ...(details === undefined ? {} : { text: cut(details, textLength) }),
    },
    ...(check.actions === undefined ? {} : { actions: check.actions.map(actionOf) }),
  };
  const { id: written } = await client.ask(on.repository, {
    ...(id === undefined
      ? {
          route: "POST /repos/{owner}/{repo}/check-runs",
          parameters: { ...parameters, head_sha: on.commit },
        }
      : {
          route: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
          parameters: { ...parameters, check_run_id: id },
        }),
    answer: ownCheckRunPayload,
  });
  return written;
}

function titleOf({ state, description }: Check): string {
  const word = state === "allowed-failure" ? "failed, which is allowed" : state;
  return description === "" ? word : description;
}

function actionOf({ id, label, description }: NonNullable<Check["actions"]>[number]) {
  return { identifier: id, label, description };
}

/** Ours on the commit, by name. */
async function listOwn(
  { client, appId }: Tools,
  { repository, commit }: CommitRef,
): Promise<ReadonlyMap<string, number>> {
  const own = new Map<string, number>();
  const checkRuns = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    parameters: { ref: commit, app_id: appId, filter: "latest" },
    answer: ownCheckRunsPayload,
  });
  for await (const { id, name, app } of checkRuns) {
    if (app?.id === appId) own.set(name, Math.max(id, own.get(name) ?? 0));
  }
  return own;
}

async function rerequested(tools: Tools, ref: CheckRef): Promise<FoundCheck | undefined> {
  const found = await findOwn(tools, ref);
  if (!found) return undefined;
  const { name: context, head_sha: commit, external_id: key, id } = found;
  const on = { repository: ref.repository, commit };
  await tools.memory.remember(memoryKey(on, context), JSON.stringify({ id, print: "" }));
  return { key: key ?? "", context, commit };
}

async function findOwn({ client, appId }: Tools, { repository, id, of }: CheckRef) {
  try {
    if (of === "run") {
      const found = await client.ask(repository, {
        route: "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
        parameters: { check_run_id: id },
        answer: ownCheckRunPayload,
      });
      return found.app?.id === appId ? found : undefined;
    }
    const runs = client.list(repository, {
      route: "GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs",
      parameters: { check_suite_id: id },
      answer: ownCheckRunsPayload,
    });
    for await (const run of runs) if (run.app?.id === appId) return run;
  } catch (error) {
    if (refusalOf(error)?.status !== 404) throw error;
  }
  return undefined;
}

function memoryKey({ repository, commit }: { repository: RepositoryRef; commit: string }, context: string) {
  return `check ${repositoryName(repository)}@${commit} ${context}`;
}
