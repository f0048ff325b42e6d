import { type CommandName, commandNames } from "../../domain/command.js";

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

/** So many orders of one comment are carried out, and so many words are told to be none. */
const most = 10;

/**
 * The orders of a comment: one a line, at its very beginning. What is quoted, indented, in a block of code or in a mail
 * that answers one is somebody's talk about an order.
 */
export function readOrders(body: string, prefix: string): Orders {
  const commands: Command[] = [];
  const unknown: string[] = [];
  if (isMail(body)) return { commands, unknown };
  for (const line of spokenLines(body)) {
    const [word = "", name = "help", ...rest] = line.trimEnd().split(/[ \t]+/);
    if (word !== prefix) continue;
    const known = commandNames.find((each) => each === name.toLowerCase());
    if (known !== undefined && commands.length < most) {
      commands.push({ name: known, argument: rest.join(" ") });
    } else if (known === undefined && unknown.length < most) {
      unknown.push(name);
    }
  }
  return { commands, unknown };
}

/** The lines outside of blocks of code and of what HTML hides or shows as it was written. */
function spokenLines(body: string): readonly string[] {
  const lines: string[] = [];
  let fence: string | undefined;
  const visible = body
    .replace(/\r\n?/g, "\n")
    .replace(/<!--[^]*?(?:-->|$)/g, "")
    .replace(/<(pre|code|blockquote)\b[^]*?(?:<\/\1>|$)/gi, "");
  for (const line of visible.split("\n")) {
    const [, mark, info = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    // Only GitLab quotes by it; a line of three > and nothing else means nothing elsewhere.
    const quote = /^>>>\s*$/.test(line) ? ">>>" : undefined;
    if (fence === undefined) {
      fence = mark ?? quote;
      if (fence === undefined) lines.push(line);
    } else if ((mark?.startsWith(fence) === true && info.trim() === "") || quote === fence) {
      fence = undefined;
    }
  }
  return lines;
}

/**
 * Both forges take answers by mail, and mail programs bring the old text along, not always quoted. GitHub tells which comments
 * came so (`byMail`); GitLab cuts off what it takes for the old text and tells nothing, so what mail programs leave behind
 * has to do: the line above a quotation, which they break where it is long, the head of the old mail, a signature.
 */
function isMail(body: string): boolean {
  return mailMarks.some((mark) => mark.test(body.replace(/\r\n?/g, "\n")));
}

const mailMarks: readonly RegExp[] = [
  /^On [^\n]{5,200}(?:\n[^\n]{0,200})?\bwrote:$/im,
  /^(?:Am|Le|El|Il|Em|Op|Den|Dne|Dnia) [^\n]{5,200}(?:\n[^\n]{0,200})?\b(?:schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev|napsal|napisał)\b[^\n]{0,200}:$/imu,
  /^[-_ ]*(?:Original Message|Ursprüngliche Nachricht|Forwarded message)[-_ ]*$/imu,
  /^From: [^\n]+\n(?:[^\n]*\n){0,3}(?:Sent|To|Date|Subject): /im,
  /^(?:Reply to this email directly|You(?:'re| are) receiving this (?:email|because))/im,
  /^-- ?$/m,
  /^(?:Sent from my|Get Outlook for|Von meinem \S+ gesendet)\b/im,
];
