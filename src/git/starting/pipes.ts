import { closeSync, constants, openSync } from "node:fs";
import { Socket } from "node:net";

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Where the named pipes of one command are. */
export type PipePaths = readonly [output: string, complaints: string, input: string];

/** A named pipe of which we have one end, and another process will get the other. */
interface Pipe {
  readonly ours: Socket;
  /** Held open until the other process has it: so our own end is neither refused nor over before its time. */
  readonly theirs: number;
}

/** Our ends of the pipes of one command. */
export interface OpenPipes {
  readonly stdin: Socket | undefined;
  readonly stdout: Socket;
  readonly stderr: Socket;
  /** Lets go of the other ends. */
  release(): void;
  /** Lets go of all ends. */
  close(): void;
}

/** Throws what the system says when there are no such pipes, or too much is open already. */
export function openPipes([output, complaints, input]: PipePaths, takesInput: boolean): OpenPipes {
  const [ours, theirs]: [Socket[], number[]] = [[], []];
  const open = (path: string, way: "read" | "write") => {
    const pipe = openPipe(path, way);
    ours.push(pipe.ours);
    theirs.push(pipe.theirs);
    return pipe.ours;
  };
  const release = () => {
    for (const each of theirs.splice(0)) closeSync(each);
  };
  const close = () => {
    for (const each of ours) each.destroy();
    release();
  };
  try {
    const [stdout, stderr] = [open(output, "read"), open(complaints, "read")];
    const stdin = takesInput ? open(input, "write") : undefined;
    return { stdin, stdout, stderr, release, close };
  } catch (error) {
    close();
    throw error;
  }
}

function openPipe(path: string, way: "read" | "write"): Pipe {
  const read = openSync(path, O_RDONLY | O_NONBLOCK);
  const write = openOrClose(path, read);
  if (way === "read")
    return { ours: new Socket({ fd: read, readable: true, writable: false }), theirs: write };
  const ours = new Socket({ fd: write, readable: false, writable: true });
  // Only that it is closed tells the other end of a pipe that there is no more.
  ours.once("finish", () => ours.destroy());
  return { ours, theirs: read };
}

function openOrClose(path: string, read: number): number {
  try {
    return openSync(path, O_WRONLY | O_NONBLOCK);
  } catch (error) {
    closeSync(read);
    throw error;
  }
}
