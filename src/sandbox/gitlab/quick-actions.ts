import type { SandboxMergeRequest } from "../model.js";
import { mayEdit, mayMerge } from "./access.js";
import { type Acting, approve, change, close, merge, reopen, unapprove } from "./changes.js";
import { draftTitle, readyTitle } from "./draft.js";
import { Refusal } from "./errors.js";

export interface Command {
  readonly name: string;
  readonly argument: string;
}

/** Commands that GitLab also takes out of a text, and that have nothing to change in a sandbox. */
const withoutEffect = [
  ..."assign assign_reviewer award cc clear_milestone copy_metadata done estimate lock milestone react".split(
    " ",
  ),
  ..."reassign reassign_reviewer rebase remove_estimate remove_milestone remove_time_spent request_changes".split(
    " ",
  ),
  ..."request_review reviewer shrug spend spend_time submit_review subscribe tableflip todo unassign".split(
    " ",
  ),
  ..."unassign_reviewer unlock unsubscribe".split(" "),
];

/**
 * Takes the quick actions out of a note or a description: lines that begin with `/` and a command's name. As on the real
 * forge, what stands in a code fence is only text.
 */
export function extract(written: string): { readonly text: string; readonly commands: readonly Command[] } {
  const kept: string[] = [];
  const commands: Command[] = [];
  let fence: string | undefined;
  for (const line of written.split("\n")) {
    const command = fence === undefined ? commandIn(line) : undefined;
    if (command === undefined) kept.push(line);
    else commands.push(command);
    fence = fenceAfter(line, fence);
  }
  return commands.length === 0 ? { text: written, commands } : { text: kept.join("\n").trim(), commands };
}

function commandIn(line: string): Command | undefined {
  const [, word = "", argument = ""] = /^\/([a-z_]+)(?:[ \t]+(.*?))?\s*$/i.exec(line) ?? [];
  const name = word.toLowerCase();
  return name in actions || withoutEffect.includes(name) ? { name, argument } : undefined;
}

/** The fence that is open after a line; only one of its own kind, at least as long, ends it. */
function fenceAfter(line: string, open: string | undefined): string | undefined {
  const [, mark = ""] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
  if (open === undefined) return mark === "" ? undefined : mark;
  return mark.startsWith(open) && line.trim() === mark ? undefined : open;
}

/** Does what the commands say, with the rights of who wrote them; tells what was done. */
export async function carryOut(
  acting: Acting,
  mergeRequest: SandboxMergeRequest,
  ...[commands, seenHead]: readonly [readonly Command[], string?]
): Promise<readonly string[]> {
  const done: string[] = [];
  // Newer versions merge only at the head that the writer saw; older ones at any, so without one it is merged.
  const moved = seenHead !== undefined && seenHead !== mergeRequest.head;
  for (const { name, argument } of commands) {
    if (name === "merge" && moved) continue;
    const summary = await act(acting, mergeRequest, { name, argument });
    if (summary !== undefined) done.push(summary);
  }
  return done;
}

async function act(
  acting: Acting,
  mergeRequest: SandboxMergeRequest,
  { name, argument }: Command,
): Promise<string | undefined> {
  const action = actions[name];
  if (action?.allowed(acting.store, acting.user, mergeRequest) !== true) return undefined;
  try {
    return await action.run(acting, mergeRequest, argument);
  } catch (error) {
    // What a request would be refused is passed over in a command.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

interface Action {
  readonly allowed: typeof mayEdit;
  /** Answers what was done, if anything. */
  run(acting: Acting, mergeRequest: SandboxMergeRequest, argument: string): Promise<string | undefined>;
}

const actions: Readonly<Record<string, Action>> = {
  close: { allowed: mayEdit, run: closing },
  reopen: { allowed: mayEdit, run: reopening },
  merge: { allowed: mayMerge, run: merging },
  approve: { allowed: mayMerge, run: approving },
  unapprove: { allowed: mayMerge, run: unapproving },
  title: { allowed: mayEdit, run: titling },
  draft: { allowed: mayEdit, run: (acting, one) => titling(acting, one, draftTitle(one.title)) },
  ready: { allowed: mayEdit, run: (acting, one) => titling(acting, one, readyTitle(one.title)) },
  target_branch: { allowed: mayEdit, run: retargeting },
  label: { allowed: mayEdit, run: labelling },
  labels: { allowed: mayEdit, run: labelling },
  relabel: { allowed: mayEdit, run: (acting, one, argument) => relabelling(acting, one, namesIn(argument)) },
  unlabel: { allowed: mayEdit, run: unlabelling },
  remove_label: { allowed: mayEdit, run: unlabelling },
};

async function closing(acting: Acting, mergeRequest: SandboxMergeRequest) {
  if (mergeRequest.state !== "open") return undefined;
  await close(acting, mergeRequest);
  return "Closed this merge request.";
}

async function reopening(acting: Acting, mergeRequest: SandboxMergeRequest) {
  if (mergeRequest.state !== "closed") return undefined;
  await reopen(acting, mergeRequest);
  return "Reopened this merge request.";
}

async function merging(acting: Acting, mergeRequest: SandboxMergeRequest) {
  const outcome = await merge(acting, mergeRequest, {});
  return outcome === "merged" ? "Merged this merge request." : undefined;
}

function approving(acting: Acting, mergeRequest: SandboxMergeRequest) {
  approve(acting, mergeRequest);
  return Promise.resolve("Approved the current merge request.");
}

function unapproving(acting: Acting, mergeRequest: SandboxMergeRequest) {
  unapprove(acting, mergeRequest);
  return Promise.resolve("Unapproved the current merge request.");
}

async function titling(acting: Acting, mergeRequest: SandboxMergeRequest, title: string) {
  if (title === "" || title === mergeRequest.title) return undefined;
  await change(acting, mergeRequest, { title });
  return `Changed the title to "${title}".`;
}

async function retargeting(acting: Acting, mergeRequest: SandboxMergeRequest, targetBranch: string) {
  const repository = acting.store.repositoryById(mergeRequest.repository);
  const tip = repository && (await acting.store.branch(repository, targetBranch));
  if (tip === undefined) return undefined;
  await change(acting, mergeRequest, { targetBranch });
  return `Set target branch to ${targetBranch}.`;
}

/** `~bug ~"good first issue"`, with or without the tildes. */
function namesIn(argument: string): string[] {
  return [...argument.matchAll(/~?(?:"([^"]+)"|([^\s"~,]+))/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? "",
  );
}

async function relabelling(acting: Acting, mergeRequest: SandboxMergeRequest, labels: readonly string[]) {
  await change(acting, mergeRequest, { labels });
  return `Labels are now ${labels.map((name) => `~"${name}"`).join(" ")}.`;
}

function labelling(acting: Acting, mergeRequest: SandboxMergeRequest, argument: string) {
  const names = new Set([...mergeRequest.labels, ...namesIn(argument)]);
  return relabelling(acting, mergeRequest, [...names]);
}

function unlabelling(acting: Acting, mergeRequest: SandboxMergeRequest, argument: string) {
  const gone = namesIn(argument);
  const kept = argument === "" ? [] : mergeRequest.labels.filter((name) => !gone.includes(name));
  return relabelling(acting, mergeRequest, kept);
}
