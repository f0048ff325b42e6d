import { cleanText, readPerson, type HeadText, decodeBody, decodeHeader, readDate } from "./mail-text.js";

const mailbox = /^From [0-9A-Za-z]\S* .*\n/;
const field = /^([A-Za-z][A-Za-z0-9-]*):(.*)$/;

/** Whether a text begins as a mail does: with a mailbox's line, or with fields of which one is the subject or sender. */
export function looksLikeMail(text: string): boolean {
  const { fields } = readFields(text.replace(mailbox, ""));
  return fields.has("subject") || (fields.has("from") && (mailbox.test(text) || fields.has("date")));
}

/** Reads a mail up to its patch as `git mailinfo` does. */
export function readMail(text: string): HeadText {
  const { fields, rest } = readFields(text.replace(mailbox, ""));
  const type = fields.get("content-type");
  const encoding = {
    transfer: fields.get("content-transfer-encoding"),
    charset: /charset="?([^";\s]+)/i.exec(type ?? "")?.[1],
  };
  const { named, body } = inBody(decodeBody(beforePatch(rest), encoding));
  const header = (key: string) => {
    const raw = fields.get(key);
    return raw === undefined ? undefined : decodeHeader(raw);
  };
  const from = named.get("from") ?? header("from");
  const date = named.get("date") ?? header("date");
  const subject = cleanSubject(named.get("subject") ?? header("subject") ?? "");
  const message = cleanText(`${subject}\n\n${body}`);
  return {
    author: from === undefined ? undefined : readPerson(from),
    date: date === undefined ? undefined : readDate(date),
    message: message === "" ? undefined : message,
  };
}

/** The fields at the beginning by their names in small letters, continued lines joined, and what follows them. */
function readFields(text: string): { fields: ReadonlyMap<string, string>; rest: string } {
  const fields = new Map<string, string>();
  let key: string | undefined;
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    const match = field.exec(line);
    if (/^[ \t]+\S/.test(line) && key !== undefined) {
      fields.set(key, `${fields.get(key) ?? ""} ${line.trim()}`);
    } else if (match !== null) {
      key = (match[1] ?? "").toLowerCase();
      fields.set(key, (match[2] ?? "").trim());
    } else {
      break;
    }
    at += line.length + 1;
  }
  return { fields, rest: text.slice(at) };
}

/** The message ends where git sees the patch begin: at three dashes alone. */
function beforePatch(body: string): string {
  const end = /^---[ \t]*$/m.exec(body);
  return end === null ? body : body.slice(0, end.index);
}

/** A body may begin with fields that count more than those of the mail, which whoever forwarded it wrote. */
function inBody(body: string): { named: ReadonlyMap<string, string>; body: string } {
  const text = body.replace(/^\s*\n/, "");
  const { fields, rest } = readFields(text);
  const named = new Map([...fields].filter(([key]) => ["from", "subject", "date"].includes(key)));
  const only = named.size === fields.size && named.size > 0;
  if (!only || !/^\s*\n|^$/.test(rest)) return { named: new Map(), body };
  return { named, body: rest };
}

function cleanSubject(subject: string): string {
  return subject
    .replace(/^(?:\s+|[Rr][Ee]:|:|\[[^\]]*\])+/, "")
    .replace(/\s+/g, " ")
    .trim();
}
