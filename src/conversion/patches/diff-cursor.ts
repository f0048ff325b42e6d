/** Goes through the lines of a text, bytes as latin1, without cutting it up first. */
export class LineCursor {
  readonly text: string;
  /** Where the next line begins. */
  at = 0;
  /** The number of the next line, from 1. */
  number = 1;

  constructor(text: string) {
    this.text = text;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The next line without its end; `undefined` after the last one. */
  peek(): string | undefined {
    if (this.ended) return undefined;
    const end = this.text.indexOf("\n", this.at);
    return this.text.slice(this.at, end < 0 ? this.text.length : end);
  }

  next(): string | undefined {
    const line = this.peek();
    if (line === undefined) return undefined;
    this.at += line.length + 1;
    this.number += 1;
    return line;
  }
}

/** The lines of a text, each with its end. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const next = end < 0 ? text.length : end + 1;
    lines.push(text.slice(at, next));
    at = next;
  }
  return lines;
}
