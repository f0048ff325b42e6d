import { type CommitStatus, isFinal } from "../domain/commit-status.js";
import type { ForgeMemory } from "./memory.js";

/** What we set on a commit before, by context. */
export type Held = ReadonlyMap<string, CommitStatus>;

/** Posts statuses, knowing what we set there before; without, it has to look. */
export type PostStatuses = (
  statuses: readonly CommitStatus[],
  held: Held | undefined,
) => Promise<"set" | "refused">;

interface Posted {
  readonly outcome: "set" | "refused";
  readonly statuses: readonly CommitStatus[];
  /** Contexts of which a try was cut off: nobody knows whether they were set. */
  readonly unsure: readonly string[];
}

const nothing: Posted = { outcome: "set", statuses: [], unsure: [] };

/** Posts what differs from what was posted last, and nothing where nothing does. */
export async function ensurePosted(
  memory: { readonly memory: ForgeMemory; readonly key: string },
  wanted: readonly CommitStatus[],
  post: PostStatuses,
): Promise<"set" | "refused"> {
  const before = posted(await memory.memory.recall(memory.key));
  const held = new Map(before.statuses.map((status) => [status.context, status]));
  const due = wanted.filter((status) => !isSame(held.get(status.context), status));
  if (due.length === 0) return before.outcome;

  const contexts = due.map(({ context }) => context);
  const kept = before.statuses.filter(({ context }) => !contexts.includes(context));
  const unsure = [...new Set([...before.unsure, ...contexts])];
  await remember(memory, { ...before, statuses: kept, unsure });
  const isKnown = !contexts.some((context) => before.unsure.includes(context));
  const outcome = await post(due, isKnown ? held : undefined);
  await remember(memory, {
    outcome,
    statuses: [...kept, ...due],
    unsure: before.unsure.filter((context) => !contexts.includes(context)),
  });
  return outcome;
}

/** The wanted ones that are final by now, and were left unfinished when they were posted last. */
export async function unfinishedAt(
  { memory, key }: { readonly memory: ForgeMemory; readonly key: string },
  wanted: readonly CommitStatus[],
): Promise<readonly CommitStatus[]> {
  const { statuses } = posted(await memory.recall(key));
  const open = new Set(statuses.filter(({ state }) => !isFinal(state)).map(({ context }) => context));
  return wanted.filter(({ context, state }) => open.has(context) && isFinal(state));
}

function remember(
  { memory, key }: { readonly memory: ForgeMemory; readonly key: string },
  value: Posted,
): Promise<void> {
  return memory.remember(key, JSON.stringify(value));
}

function posted(value: string | undefined): Posted {
  return value === undefined ? nothing : (JSON.parse(value) as Posted);
}

/** As it is kept: a key without a value is none. */
function isSame(one: CommitStatus | undefined, other: CommitStatus): boolean {
  return one !== undefined && canonical(one) === canonical(other);
}

function canonical(status: CommitStatus): string {
  const entries = Object.entries(status).filter(([, value]) => value !== undefined);
  return JSON.stringify(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
