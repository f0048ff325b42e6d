import { decodeText } from "../../git/text.js";
import { cleanText, readPerson, type HeadText, readDate } from "./mail-text.js";

/** Fields that only Debian's patch header has (DEP-3). */
const own =
  /^(?:Description|Author|Origin|Forwarded|Last-Update|Applied-Upstream|Reviewed-by|Bug(?:-[A-Za-z]+)?):/m;
const field = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/;

interface Field {
  readonly key: string;
  readonly lines: string[];
}

/** Reads the header of a Debian patch; `undefined` when it is none. A mail with such fields in its body is a mail. */
export function readDep3(raw: string): HeadText | undefined {
  const text = decodeText(Buffer.from(raw, "latin1"));
  const { fields, rest } = readBlock(text);
  const lines = fields.map(({ key }) => `${key}:`).join("\n");
  if (!own.test(lines)) return undefined;
  const value = (...keys: string[]) => fields.find(({ key }) => keys.includes(key.toLowerCase()))?.lines;
  const [subject = "", ...long] = value("description", "subject") ?? [];
  const person = value("author", "from")?.join(" ");
  const date = value("last-update")?.join(" ") ?? value("date")?.join(" ");
  const others = fields.filter(
    ({ key }) => !/^(?:description|subject|author|from|last-update|date)$/i.test(key),
  );
  const tail = others.map(({ key, lines: [first = "", ...more] }) =>
    [`${key}: ${first}`.trimEnd(), ...more.map((line) => ` ${line}`)].join("\n"),
  );
  const message = cleanText([subject, long.join("\n"), freeText(rest), tail.join("\n")].join("\n\n"));
  return {
    author: person === undefined ? undefined : readPerson(person),
    date: date === undefined ? undefined : readDate(date),
    message: message === "" ? undefined : message,
  };
}

/** The fields at the beginning; the second paragraph may hold more of them. */
function readBlock(text: string): { fields: readonly Field[]; rest: string } {
  const fields: Field[] = [];
  const lines = text.split("\n");
  let at = 0;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const match = field.exec(line);
    if (match !== null) fields.push({ key: match[1] ?? "", lines: [match[2] ?? ""] });
    else if (/^[ \t]/.test(line) && fields.length > 0) fields.at(-1)?.lines.push(continued(line));
    else break;
  }
  return { fields, rest: lines.slice(at).join("\n") };
}

/** A dot alone stands for an empty line. */
function continued(line: string): string {
  const text = line.slice(1);
  return text.trim() === "." ? "" : text;
}

function freeText(rest: string): string {
  const end = /^---[ \t]*$/m.exec(rest);
  const text = end === null ? rest : rest.slice(0, end.index);
  // The marker of quilt and dpkg-source, and their reminder.
  return text.replace(/^(?:The information above should follow|and therefore the changelog entry).*$/gm, "");
}
