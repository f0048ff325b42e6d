import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { cleanEnvironment } from "../environment.js";
import { startDirectly } from "./direct.js";
import { ForkServerProcess, type News, type Order } from "./fork-server-process.js";
import { type OpenPipes, openPipes, type PipePaths } from "./pipes.js";
import { RemoteCommand } from "./remote-command.js";
import type { Command, Started } from "./starter.js";

/** So few pipes left are a reason to have more made. */
const reserve = 96;

/** Milliseconds between questions whether it lives, and how many of them go unanswered before it counts as hanging. */
const questionPause = 10_000;
const mostUnanswered = 3;

/**
 * A small process beside this one that starts git for it. To start a process, Linux copies the page tables of the one that
 * starts it, which stands still meanwhile: 20 ms in one of 300 MB. What git reads and writes does not pass through the fork
 * server, but through named pipes between git and us. While it is not ready, and should it end, we start git ourselves.
 */
export class ForkServer {
  /** Resolves when commands are started by it, or it is lost. */
  readonly ready: Promise<void>;
  readonly #process: ChildProcess;
  readonly #startedIn = process.cwd();
  readonly #pipes: string[] = [];
  readonly #underWay = new Map<number, { readonly command: Command; readonly remote: RemoteCommand }>();
  #folder: string | undefined;
  #isReady: () => void = () => undefined;
  #isMakingPipes = true;
  #isLost = false;
  #lastId = 0;
  #held = 0;
  readonly #pause: number;
  readonly #onLost: (why: string) => void;
  #questions: NodeJS.Timeout | undefined;
  #unanswered = 0;

  /** `onLost` is called should it end before this process does, or hang: then it is killed. */
  constructor(onLost: (why: string) => void, pause = questionPause) {
    this.#pause = pause;
    this.#onLost = onLost;
    this.ready = new Promise((resolve) => {
      this.#isReady = resolve;
    });
    this.#process = startProcess();
    this.#process.on("message", (news) => {
      this.#hear(news as News);
    });
    this.#process.once("disconnect", () => {
      this.#lose("it ended");
    });
    this.#process.once("error", (error) => {
      this.#lose(error.message);
    });
    this.#process.unref();
    this.#process.channel?.unref();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  start(command: Command): Started {
    // Only where it differs: of the folder that it was started in, the fork server knows more than the name.
    const here = process.cwd();
    const folder = here === this.#startedIn ? undefined : here;
    if (this.#pipes.length < reserve) this.#askForPipes();
    const [output, complaints, input] = this.#pipes.splice(-3);
    if (output === undefined || complaints === undefined || input === undefined)
      return startDirectly(command);
    const pipes = this.#open([output, complaints, input], command);
    if (pipes === undefined) return startDirectly(command);
    const id = (this.#lastId += 1);
    const remote = this.#follow(id, pipes);
    this.#underWay.set(id, { command, remote });
    this.#tell({ to: "start", id, command, pipes: [output, complaints, input], folder });
    return remote;
  }

  /** Ends it, and what it runs, but for shielded commands. */
  stop(): void {
    this.#end();
    if (this.#process.connected) this.#process.disconnect();
  }

  #open(paths: PipePaths, { takesInput }: Command): OpenPipes | undefined {
    try {
      return openPipes(paths, takesInput);
    } catch (error) {
      // The system clears away what was not used for days.
      if (error instanceof Error && "code" in error && error.code === "ENOENT") this.#pipes.length = 0;
      else this.#pipes.push(...paths);
      return undefined;
    }
  }

  #follow(id: number, pipes: OpenPipes): RemoteCommand {
    return new RemoteCommand(pipes, {
      hold: (held) => {
        this.#hold(held);
      },
      kill: (signal) => {
        this.#tell({ to: "kill", id, signal });
        return !this.#isLost;
      },
    });
  }

  /** As long as somebody waits for a command, news of its end is waited for. */
  #hold(held: boolean): void {
    this.#held += held ? 1 : -1;
    if (this.#held === 0) {
      this.#process.channel?.unref();
      clearInterval(this.#questions);
      this.#questions = undefined;
      return;
    }
    this.#process.channel?.ref();
    if (this.#questions !== undefined) return;
    this.#unanswered = 0;
    this.#questions = setInterval(() => this.#ask(), this.#pause).unref();
  }

  /** Counted in questions, not in time: should we stand still ourselves, the next one comes after the answer to the last. */
  #ask(): void {
    if (this.#unanswered < mostUnanswered) {
      this.#unanswered += 1;
      this.#tell({ to: "answer" });
      return;
    }
    this.#process.kill("SIGKILL");
    // It may not die of that for a while, should a disk hang.
    this.#lose("it hung, and was killed");
  }

  #askForPipes(): void {
    if (this.#isMakingPipes || this.#isLost) return;
    this.#isMakingPipes = true;
    this.#tell({ to: "make pipes" });
  }

  #tell(order: Order): void {
    // That it is gone is heard otherwise.
    if (!this.#isLost) this.#process.send(order, () => undefined);
  }

  #hear(news: News): void {
    this.#unanswered = 0;
    if (news.of === "life") return;
    if (news.of === "pipes") {
      this.#isMakingPipes = false;
      if (news.paths[0] !== undefined) this.#folder = dirname(news.paths[0]);
      this.#pipes.push(...news.paths);
      this.#isReady();
      return;
    }
    const remote = this.#underWay.get(news.id)?.remote;
    if (news.of === "start") {
      remote?.started(news.pid);
      return;
    }
    this.#underWay.delete(news.id);
    remote?.ended({ code: news.code ?? undefined, failure: news.failure });
  }

  #lose(why: string): void {
    if (this.#isLost) return;
    this.#end();
    this.#onLost(why);
  }

  /** How the commands under way end, nobody will know. */
  #end(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#isReady();
    if (this.#folder !== undefined) rm(this.#folder, { recursive: true, force: true }, () => undefined);
    this.#pipes.length = 0;
    for (const { command, remote } of this.#underWay.values()) {
      if (!command.shielded) remote.kill("SIGTERM");
      remote.ended({ code: undefined, failure: "the process that started it ended" });
    }
    this.#underWay.clear();
  }
}

function startProcess(): ChildProcess {
  // The smaller it is, the less there is to copy.
  const flags = ["--max-semi-space-size=1", "--max-old-space-size=64"];
  return spawn(process.execPath, [...flags, "-e", `new (${ForkServerProcess.toString()})(require)`], {
    // Neither our secrets nor our options.
    env: { ...cleanEnvironment({}), TMPDIR: tmpdir() },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}
