import { Argument, Command, Option } from "commander";
import type { JobFilter, JobState, ListedJob } from "../queue/jobs-view.js";
import {
  answer,
  given,
  missing,
  type OperationOptions,
  operate,
  shownMoment,
  table,
  withOperationOptions,
} from "./operations.js";
import type { LoadService, Operations } from "./service.js";

interface Options extends OperationOptions {
  readonly state?: JobState;
  readonly kind?: string;
}

type Action = "list" | "show" | "retry" | "forget";

export function jobsCommand(loadService: LoadService): Command {
  const command = new Command("jobs")
    .description(
      "Lists the jobs that have not ended, shows one with its error, gives a parked one another try (retry all: all of" +
        " them), or forgets one. Works while the service runs.",
    )
    .addArgument(
      new Argument("[action]", "what to do").choices(["list", "show", "retry", "forget"]).default("list"),
    )
    .argument("[id]", "the job")
    .addOption(new Option("--state <state>", "list these alone").choices(["waiting", "running", "parked"]))
    .option("--kind <kind>", "list these alone");
  return withOperationOptions(command).action((action: Action, id: string | undefined, options: Options) =>
    operate(options.config, loadService, (operations) => perform(action, id, { operations, options })),
  );
}

interface Performing {
  readonly operations: Operations;
  readonly options: Options;
}

async function perform(action: Action, id: string | undefined, performing: Performing): Promise<void> {
  const { operations, options } = performing;
  if (action === "list") return list(performing);
  const wanted = given(id, action);
  if (action === "retry" && wanted === "all") return retryAll(performing);
  const job = await operations.jobs.view.find(wanted);
  if (!job) throw missing("job", wanted);
  if (action === "show") {
    answer(options, { value: job, text: details(job) });
    return;
  }
  const done = await (action === "retry" ? operations.jobs.revive(job.id) : operations.jobs.forget(job.id));
  const word = action === "retry" ? "runs again" : "is forgotten";
  const text = done ? `${job.key} ${word}` : `${job.key} is running; it is left alone`;
  answer(options, { value: { id: job.id, key: job.key, done }, text });
}

async function list({ operations, options }: Performing): Promise<void> {
  const { state, kind, limit } = options;
  const filter: JobFilter = { limit, ...(state && { state }), ...(kind !== undefined && { kind }) };
  const jobs = await operations.jobs.view.list(filter);
  const rows = jobs.map((job) => [
    job.id,
    job.state,
    String(job.attempt),
    shownMoment(job.runAt),
    job.key,
    job.error ?? "",
  ]);
  const text = jobs.length === 0 ? "No jobs." : table(["ID", "STATE", "TRIES", "DUE", "JOB", "ERROR"], rows);
  answer(options, { value: jobs, text });
}

async function retryAll({ operations, options }: Performing): Promise<void> {
  const parked = await operations.jobs.view.list({ state: "parked", limit: 1_000_000 });
  for (const { id } of parked) await operations.jobs.revive(id);
  answer(options, { value: { retried: parked.length }, text: `${parked.length} parked jobs run again` });
}

function details(job: ListedJob): string {
  return [
    ...[`job      ${job.id}`, `key      ${job.key}`, `kind     ${job.kind}`, `lane     ${job.lane}`],
    ...[`state    ${job.state}`, `tries    ${job.attempt}`, `due      ${shownMoment(job.runAt)}`],
    ...[`added    ${shownMoment(job.createdAt)}`, `payload  ${JSON.stringify(job.payload)}`],
    ...(job.error === undefined ? [] : ["", job.error]),
  ].join("\n");
}
