import { decodeText } from "../../git/text.js";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface HeadText {
  readonly author: Person | undefined;
  /** As git stores it: `1700000000 +0100`. */
  readonly date: string | undefined;
  /** A commit message with its final line break. */
  readonly message: string | undefined;
}

/** A value of a header, its encoded words read (RFC 2047); without a charset, bytes that are not UTF-8 are kept. */
export function decodeHeader(raw: string): string {
  const word = /=\?([^?\s]+)\?([QqBb])\?([^?]*)\?=/g;
  // Blanks between two encoded words are none of the text.
  const joined = raw.replace(/(\?=)[ \t]+(?==\?[^?\s]+\?[QqBb]\?)/g, "$1");
  let text = "";
  let end = 0;
  let open: { charset: string; bytes: Buffer } | undefined;
  const close = () => {
    if (open !== undefined) text += decodeCharset(open.bytes, open.charset);
    open = undefined;
  };
  for (const { 0: whole, 1: label = "", 2: kind = "", 3: encoded = "", index } of joined.matchAll(word)) {
    const charset = label.replace(/\*.*$/, "");
    const bytes = /q/i.test(kind) ? decodeQ(encoded) : Buffer.from(encoded, "base64");
    // A character may begin in one word and end in the next.
    if (index !== end || open?.charset !== charset) {
      close();
      text += decodeText(Buffer.from(joined.slice(end, index), "latin1"));
      open = { charset, bytes };
    } else {
      open = { charset, bytes: Buffer.concat([open.bytes, bytes]) };
    }
    end = index + whole.length;
  }
  close();
  return text + decodeText(Buffer.from(joined.slice(end), "latin1"));
}

function decodeQ(text: string): Buffer {
  return unescape(text.replaceAll("_", " "));
}

function unescape(text: string): Buffer {
  const bytes = text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, "latin1");
}

export interface BodyEncoding {
  /** `quoted-printable`, `base64`, ...; anything else leaves the text as it is. */
  readonly transfer: string | undefined;
  readonly charset: string | undefined;
}

/** The text of a mail's body, given as latin1. */
export function decodeBody(raw: string, { transfer, charset }: BodyEncoding): string {
  const way = transfer?.trim().toLowerCase();
  const bytes =
    way === "quoted-printable"
      ? unescape(raw.replace(/=[ \t]*\r?\n/g, ""))
      : way === "base64"
        ? Buffer.from(raw, "base64")
        : Buffer.from(raw, "latin1");
  return decodeCharset(bytes, charset);
}

function decodeCharset(bytes: Buffer, charset: string | undefined): string {
  const name = charset?.toLowerCase();
  if (name === undefined || name === "utf-8" || name === "utf8" || name === "us-ascii")
    return decodeText(bytes);
  try {
    return new TextDecoder(name).decode(bytes);
  } catch {
    return decodeText(bytes);
  }
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** A date as git stores it, `1700000000 +0100`; `undefined` for what is none. A day alone is its midnight in UTC. */
export function readDate(text: string): string | undefined {
  const day = readDay(text);
  if (day === undefined) return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] = /\b(\d{1,2}):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  const [, sign = "+", zoneHours = "00", zoneMinutes = "00"] =
    /(?:[\d\s)]|^)([+-])(\d\d):?(\d\d)\b(?!-)/.exec(text.replace(/\d{4}-\d\d-\d\d/, " ")) ?? [];
  const west = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -1 : 1);
  const time = day / 1000 + Number(hours) * 3600 + (Number(minutes) - west) * 60 + Number(seconds);
  return Number.isFinite(time) && time >= 0 ? `${time} ${sign}${zoneHours}${zoneMinutes}` : undefined;
}

/** Milliseconds of the day's first moment. */
function readDay(text: string): number | undefined {
  const numbers = /\b(\d{4})-(\d\d)-(\d\d)/.exec(text);
  if (numbers !== null) return Date.UTC(Number(numbers[1]), Number(numbers[2]) - 1, Number(numbers[3]));
  const words =
    /\b(?<day>\d{1,2})[ -](?<month>[A-Za-z]{3})[a-z]*[ -](?<year>\d{4})\b/.exec(text) ??
    /\b(?<month>[A-Za-z]{3})[a-z]* +(?<day>\d{1,2})\b.*\b(?<year>\d{4})\b/.exec(text);
  const { day, month = "", year } = words?.groups ?? {};
  const at = monthNames.indexOf(month.toLowerCase());
  return at < 0 ? undefined : Date.UTC(Number(year), at, Number(day));
}

/** As `git stripspace`: no blanks at the ends of lines, no empty lines in a row or around; one line break at the end. */
export function cleanText(text: string): string {
  const lines = text.replace(/[ \t\r]+$/gm, "").replace(/\n{3,}/g, "\n\n");
  const inner = lines.replace(/^\n+|\n+$/g, "");
  return inner === "" ? "" : `${inner}\n`;
}

/** `Name <address>`, `address (Name)`, or either alone. */
export function readPerson(text: string): Person | undefined {
  const line = text.replace(/\s+/g, " ").trim();
  const [, before = "", email] = /^(.*?)<([^<>]*)>/.exec(line) ?? [];
  const name = before
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .replace(/\\(.)/g, "$1");
  if (email !== undefined) return { name: name === "" ? email.trim() : name, email: email.trim() };
  const [, address, comment] = /^(\S+@\S+)(?: \((.*)\))?$/.exec(line) ?? [];
  if (address !== undefined) return { name: comment ?? address.replace(/@.*/, ""), email: address };
  return line === "" ? undefined : { name: line, email: "" };
}
