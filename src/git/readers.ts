import { stat } from "node:fs/promises";
import { join } from "node:path";
import { BatchReader, type ObjectReader } from "./batch-reader.js";
import { deadlineSignal } from "./deadline.js";

interface Idle {
  readonly directory: string;
  /** What the repository was when the reader was taken. */
  readonly mark: string;
  readonly reader: BatchReader;
  readonly timer: NodeJS.Timeout;
}

/** So many wait for the next job; each holds a few megabytes, and the files of a repository. */
const mostIdle = 16;
/** Seconds after which one that nobody asks ends. */
const patience = 60;

/**
 * Readers of bare repositories that stay open from one job to the next: to start git costs more than most of what it is
 * asked. None is used for two jobs at a time, nor for a repository that has got other packs meanwhile, or is another one.
 */
export class Readers {
  readonly #idle: Idle[] = [];
  #closed = false;

  /** A reader that is the caller's until it is closed, and ends when the time of the caller's work does. */
  async take(directory: string): Promise<ObjectReader> {
    const mark = await markOf(directory);
    const reader = this.#takeIdle(directory, mark) ?? new BatchReader(directory, { bare: true });
    reader.hold(true);
    const late = deadlineSignal();
    const kill = () => reader.kill();
    late?.addEventListener("abort", kill);
    let given = false;
    return {
      read: (name, limit) => reader.read(name, limit),
      look: (name) => reader.look(name),
      areThere: (ids) => reader.areThere(ids),
      complaint: () => reader.complaint(),
      close: async () => {
        late?.removeEventListener("abort", kill);
        if (given) return;
        given = true;
        await this.#giveBack(reader, { directory, mark });
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map(end));
  }

  #takeIdle(directory: string, mark: string): BatchReader | undefined {
    const at = this.#idle.findLastIndex((each) => each.directory === directory);
    const [idle] = at < 0 ? [] : this.#idle.splice(at, 1);
    if (idle === undefined) return undefined;
    if (idle.mark !== mark) {
      void end(idle);
      return undefined;
    }
    clearTimeout(idle.timer);
    return idle.reader;
  }

  async #giveBack(reader: BatchReader, { directory, mark }: Pick<Idle, "directory" | "mark">): Promise<void> {
    // Whoever found something broken may see to it, and a reader would not notice.
    if (this.#closed || !reader.isIdle() || reader.complaint() !== "") return reader.close();
    reader.hold(false);
    const timer = setTimeout(() => void this.#dismiss(reader), patience * 1000).unref();
    this.#idle.push({ directory, mark, reader, timer });
    if (this.#idle.length > mostIdle) await Promise.all(this.#idle.splice(0, 1).map(end));
  }

  async #dismiss(reader: BatchReader): Promise<void> {
    const at = this.#idle.findIndex((each) => each.reader === reader);
    if (at >= 0) await Promise.all(this.#idle.splice(at, 1).map(end));
  }
}

async function end({ reader, timer }: Idle): Promise<void> {
  clearTimeout(timer);
  // Whoever waits for its end must not end before it.
  reader.hold(true);
  await reader.close();
}

/** What changes when a repository goes and comes again at its place, or packs come or go. */
async function markOf(directory: string): Promise<string> {
  const [itself, packs] = await Promise.all([stat(directory), stat(join(directory, "objects", "pack"))]);
  return [itself.dev, itself.ino, itself.birthtimeMs, packs.mtimeMs].join(" ");
}
