import { parse } from "yaml";
import { isTooDeep } from "../domain/yaml-depth.js";

/** `Key: value` lines at the end of a commit message, in their order; a value is the text after the colon. */
export interface Trailer {
  readonly key: string;
  readonly value: string;
}

const trailerLine = /^([A-Za-z0-9][A-Za-z0-9-]*)[ \t]*:(?:[ \t](.*)|)$/;
const signedOff = /^(?:Signed-off-by: |\(cherry picked from commit )/;

/**
 * The trailers of a message's last paragraph. As in git, a paragraph counts when every line of it is a trailer, or when a
 * quarter of its lines are and one of them is git's own. A line that begins with white space continues the one before it,
 * so a YAML block scalar may be a value.
 */
export function readTrailers(message: string): readonly Trailer[] {
  const paragraph = lastParagraph(message);
  return paragraph === undefined ? [] : trailersOf(paragraph);
}

/** The values of one key, case aside, newest (last) first. */
export function trailerValues(message: string, key: string): readonly string[] {
  return readTrailers(message)
    .filter((trailer) => trailer.key.toLowerCase() === key.toLowerCase())
    .map(({ value }) => value)
    .reverse();
}

/**
 * A trailer's value read as YAML, as packit's users write them: `true`, a number, a quoted string, a block scalar. What
 * YAML cannot read (a plain value with a colon in it) is the text itself.
 */
export function trailerData(value: string): unknown {
  if (isTooDeep(value)) return value;
  try {
    const data: unknown = parse(value);
    return typeof data === "object" && data !== null ? value : data;
  } catch {
    return value;
  }
}

/**
 * The message with a trailer in its LAST paragraph. `git interpret-trailers` would put it before a line of `---`, which
 * people do have in their texts; this does not. A trailer that is there already, word for word, is not doubled.
 */
export function appendTrailer(message: string, { key, value }: Trailer): string {
  const line = `${key}: ${value}`;
  const text = message.replace(/\s+$/, "");
  const last = lastParagraph(text);
  if (last?.split("\n").includes(line) === true) return `${text}\n`;
  if (text === "") return `${line}\n`;
  const joins = last !== undefined && trailersOf(last).length > 0;
  return `${text}${joins ? "\n" : "\n\n"}${line}\n`;
}

/** The last paragraph, unless it is the whole message: a subject is no trailer. */
function lastParagraph(message: string): string | undefined {
  const text = message.replace(/\r\n/g, "\n").replace(/\s+$/, "");
  const lines = text.split("\n");
  let start = lines.length;
  while (start > 0 && isInside(lines, start - 1)) start -= 1;
  if (start === 0) return undefined;
  return lines.slice(start).join("\n");
}

/** An empty line ends the paragraph unless a block scalar goes on behind it. */
function isInside(lines: readonly string[], index: number): boolean {
  if (lines[index]?.trim() !== "") return true;
  const next = lines[index + 1];
  if (next === undefined || !/^[ \t]+\S/.test(next)) return false;
  const key = lines.slice(0, index).findLast((line) => !/^[ \t]|^$/.test(line));
  return key !== undefined && /:[ \t]*[|>][-+0-9]*[ \t]*$/.test(key) && trailerLine.test(key);
}

function trailersOf(paragraph: string): Trailer[] {
  const trailers: { key: string; lines: string[] }[] = [];
  let [foreign, known] = [0, 0];
  for (const line of paragraph.split("\n")) {
    const match = trailerLine.exec(line);
    if (/^[ \t]/.test(line) || line === "") trailers.at(-1)?.lines.push(line);
    else if (match !== null) trailers.push({ key: match[1] ?? "", lines: [match[2] ?? ""] });
    else foreign += 1;
    if (signedOff.test(line)) known += 1;
  }
  if (foreign > 0 && (known === 0 || trailers.length * 3 < foreign)) return [];
  return trailers.map(({ key, lines }) => ({ key, value: lines.join("\n").trim() }));
}
