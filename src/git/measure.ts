import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Metrics } from "../domain/metrics.js";

/** A git command that has ended. */
export interface EndedCommand {
  /** `fetch`, `push`, `log`: one of those that the program itself knows. */
  readonly command: string;
  readonly outcome: "done" | "failed" | "timeout";
  readonly seconds: number;
}

/** Commands are run all over the program; who counts them need not be known there. */
const name = "sluice:git";
const ended = channel(name);

export function tellEnded(command: EndedCommand): void {
  ended.publish(command);
}

/** Counts the git commands of this process and their times, until the answer is called. */
export function measureGit(metrics: Metrics): () => void {
  const time = metrics.timer({
    name: "sluice_git_seconds",
    help: "How long git commands took, by command and outcome: done, failed, timeout; readers that stay open are left out",
    labels: ["command", "outcome"],
  });
  const note = (message: unknown) => {
    const { command, outcome, seconds } = message as EndedCommand;
    time({ command, outcome }, seconds);
  };
  subscribe(name, note);
  return () => {
    unsubscribe(name, note);
  };
}
