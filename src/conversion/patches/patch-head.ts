import { decodeText } from "../../git/text.js";
import { readDiffs } from "./diff.js";
import { readDep3 } from "./dep3-head.js";
import { looksLikeMail, readMail } from "./mail-head.js";
import { cleanText, readPerson, type HeadText } from "./mail-text.js";

/** Who made a patch, when, and in which words; what the file does not say is `undefined`. */
export interface PatchHead extends HeadText {
  /** `git-am` reads it as a mail; `dep3`: the header of a Debian patch; `hg`: Mercurial's; `none`: a diff alone. */
  readonly form: "mail" | "dep3" | "hg" | "none";
  /** What stands before a diff that has no such head. */
  readonly prose: string | undefined;
}

/** What a patch file says before its first diff, as `git am` or Debian's tools understand it. Never throws. */
export function readPatchHead(content: Buffer): PatchHead {
  const text = readDiffs(content).header.toString("latin1").replaceAll("\r\n", "\n");
  const start = text.replace(/^(?:[ \t]*\n)+/, "");
  if (start.startsWith("# HG changeset patch\n")) return readMercurial(start);
  const dep3 = readDep3(start);
  if (dep3 !== undefined) return { form: "dep3", ...dep3, prose: undefined };
  if (looksLikeMail(start)) return { form: "mail", ...readMail(start), prose: undefined };
  const prose = cleanText(decodeText(Buffer.from(withoutNoise(text), "latin1")));
  return {
    form: "none",
    author: undefined,
    date: undefined,
    message: undefined,
    prose: prose === "" ? undefined : prose,
  };
}

function readMercurial(text: string): PatchHead {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  const value = (key: string) =>
    lines
      .slice(0, end)
      .find((line) => line.startsWith(`# ${key} `))
      ?.slice(key.length + 3);
  const user = value("User");
  const message = cleanText(decodeText(Buffer.from(lines.slice(end).join("\n"), "latin1")));
  return {
    form: "hg",
    author: user === undefined ? undefined : readPerson(decodeText(Buffer.from(user, "latin1"))),
    date: mercurialDate(value("Date")),
    message: message === "" ? undefined : message,
    prose: undefined,
  };
}

/** Seconds, and how many of them the zone is west of Greenwich. */
function mercurialDate(text: string | undefined): string | undefined {
  const match = /^(\d+) (-?\d+)$/.exec(text?.trim() ?? "");
  if (match === null) return undefined;
  const west = Math.trunc(Number(match[2]) / 60);
  const minutes = Math.abs(west);
  const zone = `${Math.floor(minutes / 60)}`.padStart(2, "0") + `${minutes % 60}`.padStart(2, "0");
  return `${Number(match[1])} ${west > 0 ? "-" : "+"}${zone}`;
}

/** What tools write between diffs says nothing to people. */
function withoutNoise(text: string): string {
  return text
    .replace(/^(?:Only in .*: .*|Binary files .* differ|={20,}|Common subdirectories: .*)$/gm, "")
    .replace(/^-{3}\n[^]*$/m, "");
}
