import type { Clock } from "../../domain/clock.js";
import type { Style } from "./style.js";

/** Tells what happens as it happens: one line an observation, with the seconds since the merge request was opened. */
export interface Story {
  say(text?: string): void;
  /** Waits until `look` sees something, and tells it; a step that nobody sees in time is told as missed. */
  step<T>(step: Step<T>): Promise<T | undefined>;
  /** Starts the clock that the steps show. */
  begin(): void;
  readonly missed: readonly string[];
}

export interface Step<T> {
  /** What is waited for, as a sentence would name it. */
  readonly name: string;
  /** Asks a forge over HTTP; `undefined` while there is nothing to see. */
  readonly look: () => Promise<T | undefined>;
  /** The lines to tell of what was seen. */
  readonly tell: (seen: T) => readonly string[];
}

export interface StoryTools {
  readonly clock: Clock;
  readonly style: Style;
  readonly write: (line: string) => void;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** A step that was not observed after so many seconds has failed. */
const patience = 30;

export function createStory({ clock, style, write, sleep }: StoryTools): Story {
  const missed: string[] = [];
  let beginning = clock.now().getTime();
  const seconds = () => (clock.now().getTime() - beginning) / 1000;

  async function step<T>({ name, look, tell }: Step<T>): Promise<T | undefined> {
    const deadline = seconds() + patience;
    while (seconds() < deadline) {
      const seen = await look();
      if (seen !== undefined) {
        const [first = "", ...rest] = tell(seen);
        write(`${style.dim(`${seconds().toFixed(1).padStart(5)} s`)}  ${style.good("✔")} ${first}`);
        for (const line of rest) write(`           ${line}`);
        return seen;
      }
      await sleep(100);
    }
    missed.push(name);
    write(
      `${style.dim(`${seconds().toFixed(1).padStart(5)} s`)}  ${style.bad("✘")} not seen within ${patience} s: ${name}`,
    );
    return undefined;
  }

  return {
    missed,
    say: (text = "") => write(text),
    begin: () => {
      beginning = clock.now().getTime();
    },
    step,
  };
}
