import { startDirectly } from "./direct.js";
import { ForkServer } from "./fork-server.js";
import type { Command, Start, Started } from "./starter.js";

let way: Start = startDirectly;

/** Starts git. Throws for a command that no process can take. */
export function start(command: Command): Started {
  return way(command);
}

/**
 * From now on, a small process beside ours starts git: for a process that becomes large, lives long and starts many. It
 * comes with the first command. `onLost` hears should it end before we do; then all is as before.
 */
export function startGitBeside(onLost: (why: string) => void): void {
  if (way !== startDirectly) return;
  way = (command) => {
    way = beside(onLost);
    return way(command);
  };
}

function beside(onLost: (why: string) => void): Start {
  try {
    const server = new ForkServer(onLost);
    return (command) => server.start(command);
  } catch (error) {
    onLost(error instanceof Error ? error.message : "it cannot be started");
    return startDirectly;
  }
}
