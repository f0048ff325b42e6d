import { startDirectly } from "./direct.js";
import { ForkServer } from "./fork-server.js";
import type { Command, Start, Started } from "./starter.js";

let way: Start = startDirectly;
let isBeside = false;

/** Starts git. Throws for a command that no process can take. */
export function start(command: Command): Started {
  return way(command);
}

/** Milliseconds until another fork server follows one that ended: whatever ended it may end the next. */
const minute = 60_000;

/**
 * From now on, a small process beside ours starts git: for a process that becomes large, lives long and starts many. It
 * comes with the first command. `onLost` hears should it end before we do; then all is as before for a while.
 */
export function startGitBeside(onLost: (why: string) => void, pause = minute): void {
  if (isBeside) return;
  isBeside = true;
  begin({ onLost, pause });
}

interface Beside {
  readonly onLost: (why: string) => void;
  readonly pause: number;
}

function begin(beside: Beside): void {
  way = (command) => {
    way = startServer(beside);
    return way(command);
  };
}

function startServer({ onLost, pause }: Beside): Start {
  const lose = (why: string) => {
    way = startDirectly;
    setTimeout(() => begin({ onLost, pause }), pause).unref();
    onLost(why);
  };
  try {
    const server = new ForkServer(lose);
    return (command) => server.start(command);
  } catch (error) {
    lose(error instanceof Error ? error.message : "it cannot be started");
    return startDirectly;
  }
}
