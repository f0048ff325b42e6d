import type * as processes from "node:child_process";
import type * as files from "node:fs";
import type * as system from "node:os";
import type { PipePaths } from "./pipes.js";
import type { Command } from "./starter.js";

/** What the fork server is asked to do. */
export type Order =
  | {
      readonly to: "start";
      readonly id: number;
      readonly command: Command;
      readonly pipes: PipePaths;
      /** Where it is started, unless that is where the fork server is. */
      readonly folder: string | undefined;
    }
  | { readonly to: "kill"; readonly id: number; readonly signal: "SIGTERM" | "SIGKILL" }
  | { readonly to: "make pipes" }
  | { readonly to: "answer" };

/** What the fork server tells. */
export type News =
  | { readonly of: "life" }
  | { readonly of: "pipes"; readonly paths: readonly string[] }
  | { readonly of: "start"; readonly id: number; readonly pid: number }
  | { readonly of: "end"; readonly id: number; readonly code: number | null; readonly failure?: string };

/**
 * Runs in the fork server, a process of its own, where its text is all there is: it may name nothing from around it. It
 * ends with the process that started it, whatever becomes of that, and leaves only shielded commands running.
 */
export class ForkServerProcess {
  readonly #processes: typeof processes;
  readonly #files: typeof files;
  readonly #system: typeof system;
  readonly #children = new Map<
    number,
    { readonly child: processes.ChildProcess; readonly command: Command }
  >();
  #folder: string | undefined;
  #made = 0;

  constructor(load: (name: string) => unknown) {
    this.#processes = load("node:child_process") as typeof processes;
    this.#files = load("node:fs") as typeof files;
    this.#system = load("node:os") as typeof system;
    process.title = "sluice: starts git";
    // They go to the whole group; our parent decides what they mean.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
    process.on("message", (order) => {
      this.#obey(order as Order);
    });
    process.once("disconnect", () => {
      this.#end();
    });
    this.#makePipes();
  }

  #obey(order: Order): void {
    if (order.to === "start") this.#start(order);
    else if (order.to === "make pipes") this.#makePipes();
    else if (order.to === "answer") this.#tell({ of: "life" });
    else this.#children.get(order.id)?.child.kill(order.signal);
  }

  #start({ id, command, pipes, folder }: Order & { readonly to: "start" }): void {
    const opened: number[] = [];
    try {
      for (const [at, path] of pipes.entries()) {
        if (at < 2 || command.takesInput) opened.push(this.#open(path, at < 2));
      }
      const [output, complaints, input = "ignore"] = opened;
      const child = this.#processes.spawn("git", command.args, {
        env: command.environment,
        cwd: folder,
        detached: command.shielded,
        stdio: [input, output, complaints],
        windowsHide: true,
      });
      this.#watch(child, { id, command });
    } catch (error) {
      this.#tell({
        of: "end",
        id,
        code: null,
        failure: error instanceof Error ? error.message : "cannot be started",
      });
    } finally {
      for (const each of opened) this.#files.closeSync(each);
      for (const path of pipes) this.#files.rmSync(path, { force: true });
    }
  }

  /** Without waiting, though git will: should our parent be gone, nobody would come to the other end. */
  #open(path: string, toWrite: boolean): number {
    const { O_NONBLOCK, O_RDONLY, O_WRONLY } = this.#files.constants;
    return this.#files.openSync(path, O_NONBLOCK | (toWrite ? O_WRONLY : O_RDONLY));
  }

  #watch(
    child: processes.ChildProcess,
    { id, command }: { readonly id: number; readonly command: Command },
  ): void {
    child.on("error", (error) => {
      if (child.pid === undefined) this.#tell({ of: "end", id, code: null, failure: error.message });
    });
    if (child.pid === undefined) return;
    this.#children.set(id, { child, command });
    child.once("exit", (code) => {
      this.#children.delete(id);
      this.#tell({ of: "end", id, code });
    });
    if (command.background) this.#yieldToOthers(child.pid);
    this.#tell({ of: "start", id, pid: child.pid });
  }

  #yieldToOthers(pid: number): void {
    try {
      this.#system.setPriority(pid, this.#system.constants.priority.PRIORITY_LOW);
    } catch {
      // It has ended already.
    }
  }

  /** Each is used once, so that nothing of one command can get to another. */
  #makePipes(): void {
    const tell = (paths: readonly string[]) => {
      this.#tell({ of: "pipes", paths });
    };
    try {
      const folder = this.#ensureFolder();
      const paths = Array.from({ length: 192 }, () => `${folder}/${(this.#made += 1)}`);
      this.#processes
        .spawn("mkfifo", ["-m", "600", ...paths], { stdio: "ignore" })
        .once("error", () => {
          tell([]);
        })
        .once("exit", (code) => {
          tell(code === 0 ? paths : []);
        });
    } catch {
      tell([]);
    }
  }

  /** Nobody else gets into it. What is not used for days may have been cleared away. */
  #ensureFolder(): string {
    if (this.#folder === undefined || !this.#files.existsSync(this.#folder)) {
      this.#folder = this.#files.mkdtempSync(`${this.#system.tmpdir()}/sluice-${process.pid}-`);
    }
    return this.#folder;
  }

  #tell(news: News): void {
    // Nobody is left to hear it: then we end.
    process.send?.(news, undefined, undefined, () => undefined);
  }

  #end(): void {
    for (const { child, command } of this.#children.values()) if (!command.shielded) child.kill();
    if (this.#folder !== undefined) this.#files.rmSync(this.#folder, { recursive: true, force: true });
    process.exit();
  }
}
