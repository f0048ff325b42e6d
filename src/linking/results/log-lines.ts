// Colours and other orders to a terminal, and the marks of sections in GitLab's logs.
const terminal =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for.
  /\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007\u001b]*\u0007?|section_(?:start|end):\d+:[^\r\n]*?(?=\r|$)/g;
// Whatever remains of them, and characters that turn the direction of a line or cannot be seen.
const unseen =
  // eslint-disable-next-line no-control-regex -- the same.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A line of a log as people saw it: what a carriage return wrote over is gone. */
export function oneLineOf(line: string): string {
  const plain = line.replace(terminal, "").replace(/\r+$/, "");
  return plain.slice(plain.lastIndexOf("\r") + 1).replace(unseen, "");
}
