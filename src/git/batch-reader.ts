import type { ObjectType } from "./codec.js";
import { type Ended, GitError, type GitOptions, startGit, type GitProcess } from "./run.js";

export interface FoundObject {
  readonly id: string;
  readonly type: ObjectType | "tag";
  readonly size: number;
  /** `undefined` when the object is larger than was allowed. */
  readonly content: Buffer | undefined;
}

/** What reads the objects of one repository. */
export interface ObjectReader {
  /** The object that a name stands for; `undefined` when there is none. Content beyond `limit` bytes is left out. */
  read(name: string, limit: number): Promise<FoundObject | undefined>;
  /** Type and size alone. */
  look(name: string): Promise<FoundObject | undefined>;
  /** Whether there is an object of each id. */
  areThere(ids: readonly string[]): Promise<readonly boolean[]>;
  /** What git complained of so far: of an object that is broken it says no more than that it is missing otherwise. */
  complaint(): string;
  close(): Promise<void>;
}

interface Request {
  /** Bytes of content that are wanted; less than none: no content at all. */
  readonly limit: number;
  readonly resolve: (found: FoundObject | undefined) => void;
  readonly reject: (error: Error) => void;
}

interface Incoming {
  readonly header: Omit<FoundObject, "content">;
  readonly chunks: Buffer[] | undefined;
  /** Bytes still to come, the line break after the content included. */
  left: number;
}

/** One long-lived `cat-file --batch-command` process: objects are read without a process each. */
export class BatchReader implements ObjectReader {
  readonly #directory: string;
  readonly #waiting: Request[] = [];
  #unsent = "";
  #process: GitProcess | undefined;
  #line = Buffer.alloc(0);
  #incoming: Incoming | undefined;
  #complaint = "";

  readonly #bare: boolean;

  constructor(directory: string, { bare = false }: Pick<GitOptions, "bare"> = {}) {
    this.#directory = directory;
    this.#bare = bare;
  }

  /** Starts git before it is asked: its start is most of what a first question waits for. */
  start(): this {
    this.#process ??= this.#start();
    return this;
  }

  read(name: string, limit: number): Promise<FoundObject | undefined> {
    return this.#ask(`contents ${name}`, limit);
  }

  look(name: string): Promise<FoundObject | undefined> {
    return this.#ask(`info ${name}`, -1);
  }

  /** One question: of hundreds of objects, a promise each would cost more than git's answer. */
  areThere(ids: readonly string[]): Promise<readonly boolean[]> {
    const found: boolean[] = [];
    if (ids.length === 0) return Promise.resolve(found);
    return new Promise((resolveAll, reject) => {
      const resolve = (each: FoundObject | undefined) => {
        if (found.push(each !== undefined) === ids.length) resolveAll(found);
      };
      const request = { limit: -1, resolve, reject };
      for (let left = ids.length; left > 0; left -= 1) this.#waiting.push(request);
      this.#tell(ids.map((id) => `info ${id}\n`).join(""));
    });
  }

  complaint(): string {
    return this.#process?.complaint() ?? this.#complaint;
  }

  async close(): Promise<void> {
    this.#process?.stdin.end();
    await this.#process?.ended;
  }

  /** Whether nobody waits for an answer. */
  isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Ends it in the middle of whatever it does; what is asked then fails. */
  kill(): void {
    this.#process?.kill();
  }

  /** Whether the program waits for it to end before it ends itself. */
  hold(held: boolean): void {
    this.#process?.hold(held);
  }

  #ask(command: string, limit: number): Promise<FoundObject | undefined> {
    if (/[\n\0]/.test(command)) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ limit, resolve, reject });
      this.#tell(`${command}\n`);
    });
  }

  #tell(commands: string): void {
    const running = (this.#process ??= this.#start());
    // What is asked in one go is sent and answered in one go.
    if (this.#unsent === "") queueMicrotask(() => this.#send(running));
    this.#unsent += commands;
  }

  #send(running: GitProcess): void {
    running.stdin.write(`${this.#unsent}flush\n`);
    this.#unsent = "";
  }

  #start(): GitProcess {
    const started = startGit(["cat-file", "--batch-command", "--buffer"], {
      directory: this.#directory,
      bare: this.#bare,
      timeout: 0,
      streamed: true,
    });
    started.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    void started.ended.then((ended) => this.#end(ended));
    return started;
  }

  #end({ exitCode: code, stderr, timedOut }: Ended): void {
    // It was told to end while something was asked still: no fault of git's, and worth another try.
    const exitCode = code === 0 ? undefined : code;
    this.#process = undefined;
    this.#complaint = stderr;
    this.#incoming = undefined;
    this.#line = Buffer.alloc(0);
    const why = `git cat-file: ${stderr.trim() || "it ended too early"}`;
    for (const request of this.#waiting.splice(0)) {
      request.reject(new GitError(why, { exitCode, stderr, timedOut, directory: this.#directory }));
    }
  }

  #take(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#incoming === undefined ? this.#takeHeader(rest) : this.#takeContent(this.#incoming, rest);
    }
  }

  #takeHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(0x0a);
    if (end < 0) {
      this.#line = Buffer.concat([this.#line, chunk]);
      return Buffer.alloc(0);
    }
    const begun = this.#line.length === 0 ? "" : this.#line.toString("latin1");
    if (begun !== "") this.#line = Buffer.alloc(0);
    this.#begin(begun + chunk.toString("latin1", 0, end));
    return chunk.subarray(end + 1);
  }

  #begin(line: string): void {
    const match = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/.exec(line);
    const limit = this.#waiting[0]?.limit ?? 0;
    if (match === null) {
      this.#answer(undefined);
      return;
    }
    const [, id = "", type = "", digits = ""] = match;
    const header = { id, type: type as FoundObject["type"], size: Number(digits) };
    if (limit < 0) {
      this.#answer({ ...header, content: undefined });
      return;
    }
    this.#incoming = { header, chunks: header.size > limit ? undefined : [], left: header.size + 1 };
  }

  #takeContent(incoming: Incoming, chunk: Buffer): Buffer {
    const part = chunk.subarray(0, incoming.left);
    incoming.chunks?.push(part);
    incoming.left -= part.length;
    if (incoming.left === 0) {
      this.#incoming = undefined;
      const content = incoming.chunks && Buffer.concat(incoming.chunks).subarray(0, incoming.header.size);
      this.#answer({ ...incoming.header, content });
    }
    return chunk.subarray(part.length);
  }

  #answer(found: FoundObject | undefined): void {
    this.#waiting.shift()?.resolve(found);
  }
}
