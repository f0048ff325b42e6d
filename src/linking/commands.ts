import type { AccessLevel } from "../domain/merge-request.js";

/** What people may order in a comment. */
export const commandNames = [
  "help",
  "status",
  "retry",
  "rerun",
  "recreate",
  "resync",
  "pause",
  "resume",
  "trust",
  "close",
] as const;
export type CommandName = (typeof commandNames)[number];

export interface Command {
  readonly name: CommandName;
  /** What follows the name: a job, a commit; often empty. */
  readonly argument: string;
}

/** The orders of one comment, and the words that are none. */
export interface Orders {
  readonly commands: readonly Command[];
  readonly unknown: readonly string[];
}

/** Who may give a command: an access level on the repository of the comment, or the merge request's own author. */
export interface Right {
  readonly level: AccessLevel;
  readonly author: boolean;
}

const maintainers: Right = { level: "write", author: false };
const authors: Right = { level: "write", author: true };
const everybody: Right = { level: "none", author: true };

export const rights: Readonly<Record<CommandName, Right>> = {
  help: everybody,
  status: everybody,
  retry: authors,
  rerun: authors,
  recreate: maintainers,
  resync: authors,
  pause: maintainers,
  resume: maintainers,
  trust: maintainers,
  close: authors,
};

/** What a line begins with that is an order. */
export const prefix = "/sluice";

/** So many orders of one comment are carried out. */
const most = 10;

/**
 * The orders of a comment: one a line, at its very beginning. What is quoted, indented, in a block of code or in a mail
 * that answers one is somebody's talk about an order.
 */
export function readOrders(body: string): Orders {
  const commands: Command[] = [];
  const unknown: string[] = [];
  if (isMail(body)) return { commands, unknown };
  for (const line of spokenLines(body)) {
    const [word = "", name = "help", ...rest] = line.trimEnd().split(/[ \t]+/);
    if (word !== prefix) continue;
    const known = commandNames.find((each) => each === name.toLowerCase());
    if (known === undefined) unknown.push(name);
    else if (commands.length < most) commands.push({ name: known, argument: rest.join(" ") });
  }
  return { commands, unknown };
}

/** The lines outside of blocks of code and of what HTML hides. */
function spokenLines(body: string): readonly string[] {
  const lines: string[] = [];
  let fence: string | undefined;
  const visible = body.replace(/\r\n?/g, "\n").replace(/<!--[^]*?(?:-->|$)/g, "");
  for (const line of visible.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) {
      if (mark === undefined) lines.push(line);
      else fence = mark;
    } else if (mark?.startsWith(fence) === true) {
      fence = undefined;
    }
  }
  return lines;
}

/** Both forges take answers by mail, and mail programs bring the old text along, not always quoted. */
function isMail(body: string): boolean {
  return /^(?:On .{5,200} wrote:|-+ ?Original Message ?-+|Reply to this email directly)/im.test(body);
}
