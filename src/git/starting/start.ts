import { startDirectly } from "./direct.js";
import { ForkServer } from "./fork-server.js";
import type { Command, Start, Started } from "./starter.js";

let way: Start = startDirectly;

/** Starts git. Throws for a command that no process can take. */
export function start(command: Command): Started {
  return way(command);
}

/**
 * From now on, a small process beside ours starts git: for a process that becomes large, lives long and starts many. The
 * sooner it is asked for, the cheaper. `onLost` hears should that end early; then all is as before.
 */
export function startGitBeside(onLost: (why: string) => void): void {
  if (way !== startDirectly) return;
  const server = new ForkServer(onLost);
  way = (command) => server.start(command);
}
