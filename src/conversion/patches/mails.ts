import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { decodeText, encodeText } from "../../git/text.js";
import type { LinearHistory } from "./history.js";

/** A patch of this size is nothing that a spec can carry. */
const largestPatch = 100 * 1024 ** 2;

/** Every option by which configuration or version could change a byte is said. */
const mailOptions = [
  "--stdout",
  "--no-numbered",
  "--no-signature",
  "--no-attach",
  "--no-thread",
  "--no-cover-letter",
  "--no-base",
  "--no-notes",
  "--no-to",
  "--no-cc",
  "--no-add-header",
  "--encode-email-headers",
];
const commonDiffOptions = [
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--no-indent-heuristic",
  "--no-relative",
  "--full-index",
  "--unified=3",
  "--diff-algorithm=myers",
  "--submodule=short",
];

/**
 * `git-am`: what git reads back, binary files and renames included. `patch`: what the program of that name can apply, which
 * takes every file for a text and knows no renames.
 */
export type MailForm = "git-am" | "patch";

const formOptions: Readonly<Record<MailForm, { readonly mail: string; readonly diff: readonly string[] }>> = {
  "git-am": { mail: "--subject-prefix=PATCH", diff: ["--binary", "--find-renames"] },
  patch: { mail: "--subject-prefix=", diff: ["--text", "--no-renames", "--stat=80"] },
};

/** The options of a diff in one form, its prefixes aside. */
export function diffOptions(form: MailForm): readonly string[] {
  return [...commonDiffOptions, ...formOptions[form].diff];
}

export interface MailOptions {
  /** Pathspecs that stay out. */
  readonly ignorePaths: readonly string[];
  /** Whether paths in the patch begin with `a/` and `b/`. */
  readonly prefix: boolean;
  /** `git-am` unless told. */
  readonly form?: MailForm | undefined;
}

/**
 * The commits of a line as `git format-patch` writes them, by one process for all, without those that change nothing
 * outside of the ignored paths. The first line names the commit of the real history, not one made up on the way.
 */
export async function formatMails(
  store: ObjectStore,
  { base, tip, commits }: LinearHistory,
  { ignorePaths, prefix, form = "git-am" }: MailOptions,
): Promise<ReadonlyMap<CommitId, Buffer>> {
  if (commits.length === 0) return new Map();
  const prefixes = prefix ? ["--src-prefix=a/", "--dst-prefix=b/"] : ["--no-prefix"];
  const { stdout } = await store.git([
    "format-patch",
    ...mailOptions,
    formOptions[form].mail,
    ...diffOptions(form),
    ...prefixes,
    `${base}..${tip}`,
    "--",
    ...excluding(ignorePaths),
  ]);
  const names = new Map(commits.map(({ id, origins }) => [id, origins.at(-1) ?? id]));
  const mails = splitMails(stdout, names);
  for (const [id, mail] of mails) refuseHuge(mail, names.get(id) ?? id);
  return mails;
}

/** Pathspecs for everything but the ignored paths. */
export function excluding(ignorePaths: readonly string[]): string[] {
  return [".", ...ignorePaths.map((path) => `:(exclude)${path.replace(/(?<=.)\/$/, "")}`)];
}

const marker = " Mon Sep 17 00:00:00 2001\n";

function splitMails(stdout: Buffer, names: ReadonlyMap<CommitId, CommitId>): ReadonlyMap<CommitId, Buffer> {
  const starts: { id: CommitId; at: number }[] = [];
  const awaited = new Map([...names.keys()].map((id, index) => [id, index]));
  let last = -1;
  for (let at = 0; at >= 0 && at < stdout.length; at = nextLine(stdout, at)) {
    const id = mailStart(stdout, at);
    const index = id === undefined ? undefined : awaited.get(id);
    // A message may hold such a line, too, but it can only know the ids of commits before its own.
    if (id === undefined || index === undefined || index <= last) continue;
    starts.push({ id, at });
    last = index;
  }
  return new Map(
    starts.map(({ id, at }, index) => {
      const next = starts[index + 1];
      // git puts an empty line between two mails that is in neither file.
      const mail = stdout.subarray(at, next === undefined ? stdout.length : next.at - 1);
      return [id, renamed(mail, id, names.get(id) ?? id)];
    }),
  );
}

function mailStart(stdout: Buffer, at: number): CommitId | undefined {
  const end = stdout.indexOf(0x0a, at);
  const line = stdout.toString("latin1", at, Math.min(end + 1, at + 110));
  return line.endsWith(marker) ? /^From ([0-9a-f]{40,64}) /.exec(line)?.[1] : undefined;
}

function nextLine(stdout: Buffer, at: number): number {
  const next = stdout.indexOf("\nFrom ", at);
  return next < 0 ? -1 : next + 1;
}

function renamed(mail: Buffer, from: CommitId, to: CommitId): Buffer {
  if (from === to) return mail;
  return Buffer.concat([Buffer.from(`From ${to}`), mail.subarray(`From ${from}`.length)]);
}

function refuseHuge(mail: Buffer, commit: CommitId): void {
  if (mail.length <= largestPatch) return;
  throw new UserError("unsupported", {
    message: `the patch of commit ${shortCommit(commit)} has ${Math.round(mail.length / 1024 ** 2)} MB; 100 are the limit`,
    where: `commit ${shortCommit(commit)}`,
    remedy: "Ship large files as a source of the package instead.",
  });
}

const looksLikeDiff = /^(?=diff |Index: |--- |\+\+\+ |\*\*\* |@@ -|GIT binary patch)/gm;

/**
 * The mail with the lines of its message indented that `patch` and `git apply` would take for a diff: a commit message may
 * quote one, and it would be applied.
 */
export function quietMessage(mail: Buffer, message: string): Buffer {
  const body = bodyOf(message);
  const quiet = quieted(body);
  if (quiet === body) return mail;
  const start = mail.indexOf("\n\n") + 2;
  const bytes = encodeText(body);
  if (!mail.subarray(start, start + bytes.length).equals(bytes)) return mail;
  return Buffer.concat([mail.subarray(0, start), encodeText(quiet), mail.subarray(start + bytes.length)]);
}

export interface MailParts {
  /** The lines before the first empty one, with it. */
  readonly head: Buffer;
  /** Without empty lines around it. */
  readonly body: string;
  /** From the line of `---` that git puts behind the body. */
  readonly tail: Buffer;
}

/** A mail, quieted or not, in its parts; the message tells where the body ends, for it may hold lines of `---` itself. */
export function splitMail(mail: Buffer, message: string): MailParts {
  const start = mail.indexOf("\n\n") + 2;
  for (const body of [bodyOf(message), quieted(bodyOf(message))]) {
    const bytes = encodeText(body === "" ? "" : `${body}\n`);
    const end = start + bytes.length;
    if (mail.subarray(start, end).equals(bytes) && mail.toString("latin1", end, end + 4) === "---\n") {
      return { head: mail.subarray(0, start), body, tail: mail.subarray(end) };
    }
  }
  // git wrote the text in another encoding than the commit has it.
  const end = mail.indexOf("\n---\n", start - 1) + 1;
  const body = decodeText(mail.subarray(start, end)).trimEnd();
  return { head: mail.subarray(0, start), body, tail: mail.subarray(end) };
}

function bodyOf(message: string): string {
  return message
    .trimStart()
    .replace(/^[^]*?(?:\n[ \t]*\n|$)\s*/, "")
    .trimEnd();
}

function quieted(body: string): string {
  return body.replace(looksLikeDiff, " ");
}
