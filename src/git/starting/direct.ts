import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { constants, setPriority } from "node:os";
import { PassThrough } from "node:stream";
import type { Command, Exit, Started } from "./starter.js";

/** What this process must not leave running when it ends. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill();
});

/** Starts git as a child of this process. The larger that is, the longer it stands still meanwhile. */
export function startDirectly(command: Command): Started {
  const child = spawn("git", command.args, {
    env: command.environment,
    detached: command.shielded,
    stdio: [command.takesInput ? "pipe" : "ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  if (command.background && child.pid !== undefined) yieldToOthers(child.pid);
  if (!command.shielded) running.add(child);
  return {
    stdin: child.stdin ?? undefined,
    stdout: child.stdout ?? new PassThrough(),
    stderr: child.stderr ?? new PassThrough(),
    exit: exitOf(child),
    kill: (signal) => child.kill(signal),
    hold: holder(child),
  };
}

function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  let failure: string | undefined;
  return new Promise((resolve) => {
    const settle = (code: number | null) => {
      running.delete(child);
      resolve({ code: code ?? undefined, failure });
    };
    child.once("close", settle).once("error", (error) => {
      failure ??= error.message;
      if (child.pid === undefined) settle(null);
    });
  });
}

function holder(child: ChildProcess): (held: boolean) => void {
  const sockets = [child.stdin, child.stdout, child.stderr].filter((each) => each instanceof Socket);
  return (held) => {
    for (const each of [child, ...sockets]) {
      if (held) each.ref();
      else each.unref();
    }
  };
}
