import { AsyncLocalStorage } from "node:async_hooks";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Effect } from "./effect.js";

/** On whose behalf something is done. */
export interface Doing {
  readonly job: string;
  /** Of the interface of forges; `push` for git's. */
  readonly verb?: string;
}

const present = new AsyncLocalStorage<Doing>();
const done = new Set<string>();
let ledger: { readonly file: string; readonly dies: boolean } | undefined;

/** From now on everything that is done to the outside is written into this file, and survived or not. */
export function keepLedger(file: string, dies: boolean): void {
  ledger = { file, dies };
  if (!existsSync(file)) return;
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) done.add(line);
}

/** Who asks on whose behalf, for what is done later in another's turn. */
export function doing(): Doing {
  return present.getStore() ?? { job: "none" };
}

export function inJob<T>(job: string, work: () => T): T {
  return present.run({ job }, work);
}

export function inVerb<T>(verb: string, work: () => T): T {
  return present.run({ ...doing(), verb }, work);
}

/**
 * The outside has done it, and nobody here knows yet. It is died of once: the same effect once more is a repetition, of which
 * it would be died for ever.
 */
export function survive(what: string, { job, verb = "none" }: Doing = doing()): void {
  const handler = verb === "none" ? job : (sameAs.get(job) ?? job);
  const line = JSON.stringify({ job: handler, verb, what } satisfies Effect);
  if (ledger === undefined || done.has(line)) return;
  done.add(line);
  appendFileSync(ledger.file, `${line}\n`);
  if (ledger.dies) process.kill(process.pid, "SIGKILL");
}

/** Whose effects are those of another's handler, which it calls. */
const sameAs: ReadonlyMap<string, string> = new Map([["mirror-again", "mirror-merge-request"]]);
