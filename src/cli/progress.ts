/** Where progress is told. */
export interface Terminal {
  readonly isTTY: boolean;
  write(text: string): unknown;
}

/** Milliseconds after which a command is worth a word, and between words. */
const patience = 1000;
const wiped = "\r\u001b[K";

/** Tells people at a terminal that a long conversion goes on, and for how long; nobody else sees anything of it. */
export async function withProgress<T>(
  what: string,
  work: () => Promise<T>,
  terminal: Terminal = process.stderr,
): Promise<T> {
  if (!terminal.isTTY) return work();
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += patience / 1000;
    terminal.write(`${wiped}${what}… ${seconds} s`);
  }, patience);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (seconds > 0) terminal.write(wiped);
  }
}
