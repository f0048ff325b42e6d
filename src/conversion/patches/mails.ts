import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { sideBySide } from "../../git/side-by-side.js";
import { decodeText, encodeText } from "../../git/text.js";
import type { LinearHistory } from "./history.js";
import { MailSplitter, type Volume } from "./mail-splitter.js";

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
 * The commits of a line as `git format-patch` writes them, by one process for all or two, without those that change nothing
 * outside of the ignored paths. The first line names the commit of the real history, not one made up on the way.
 */
export async function formatMails(
  store: ObjectStore,
  line: LinearHistory,
  options: MailOptions,
): Promise<ReadonlyMap<CommitId, Buffer>> {
  const { commits } = line;
  const shelf = mailShelf(store, options);
  const known = commits.map((commit) => shelf.recall(keyOf(commit)));
  const mails = new Map<CommitId, Buffer>();
  const first = known.indexOf(undefined);
  const end = known.lastIndexOf(undefined) + 1;
  const fresh = first < 0 ? undefined : await formatRange(store, { line, first, end }, options);
  for (const [index, commit] of commits.entries()) {
    const mail = known[index] ?? fresh?.get(commit.id) ?? nothing;
    if (known[index] === undefined) shelf.keep(keyOf(commit), mail);
    if (mail.length > 0) mails.set(commit.id, mail);
  }
  return mails;
}

/** Its first line names the commit that people know. */
function keyOf({ id, origins }: LinearHistory["commits"][number]): string {
  const origin = origins.at(-1) ?? id;
  return origin === id ? id : `${id} ${origin}`;
}

/** A commit that changes nothing has no mail. */
const nothing = Buffer.alloc(0);

function mailShelf({ memory }: ObjectStore, { ignorePaths, prefix, form = "git-am" }: MailOptions) {
  const name = JSON.stringify(["mail", form, prefix, ignorePaths]);
  return memory.shelf<Buffer>(name, (mail) => mail.length);
}

/** The commits of a line from `first` to before `end`. */
interface MailRange {
  readonly line: LinearHistory;
  readonly first: number;
  readonly end: number;
}

async function formatRange(
  store: ObjectStore,
  range: MailRange,
  options: MailOptions,
): Promise<ReadonlyMap<CommitId, Buffer>> {
  const parts = halves(range);
  if (parts.length === 1) return formatPart(store, range, { options });
  // Side by side, both would store what is new.
  await store.flush();
  const volume = { size: 0 };
  const works = parts.map(
    (part) => (signal: AbortSignal) => formatPart(store, part, { options, volume, signal }),
  );
  try {
    return new Map((await sideBySide(works)).flatMap((mails) => [...mails]));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Which commit is too much shows only in their order.
    return formatPart(store, range, { options });
  }
}

/** From so many commits on, a second process costs less than half of the wait for the first. */
const worthTwo = 100;

function halves({ line, first, end }: MailRange): readonly MailRange[] {
  if (end - first < worthTwo) return [{ line, first, end }];
  const middle = Math.ceil((first + end) / 2);
  return [
    { line, first, end: middle },
    { line, first: middle, end },
  ];
}

interface Formatting {
  readonly options: MailOptions;
  /** What others write counts as well. */
  readonly volume?: Volume;
  readonly signal?: AbortSignal;
}

async function formatPart(
  store: ObjectStore,
  { line, first, end }: MailRange,
  { options, volume, signal }: Formatting,
): Promise<ReadonlyMap<CommitId, Buffer>> {
  const { ignorePaths, prefix, form = "git-am" } = options;
  const prefixes = prefix ? ["--src-prefix=a/", "--dst-prefix=b/"] : ["--no-prefix"];
  const commits = line.commits.slice(first, end);
  const from = line.commits[first - 1]?.id ?? line.base;
  const to = commits.at(-1)?.id ?? line.tip;
  const splitter = new MailSplitter(commits, volume);
  await store.git(
    [
      "format-patch",
      ...mailOptions,
      formOptions[form].mail,
      ...diffOptions(form),
      ...prefixes,
      `${from}..${to}`,
      "--",
      ...excluding(ignorePaths),
    ],
    { take: (chunk) => splitter.take(chunk), ...(signal === undefined ? {} : { signal }) },
  );
  return splitter.end();
}

/** Pathspecs for everything but the ignored paths. */
export function excluding(ignorePaths: readonly string[]): string[] {
  return [".", ...ignorePaths.map((path) => `:(exclude)${path.replace(/(?<=.)\/$/, "")}`)];
}

// patch reads a diff that is indented by blanks, or by the letter X, as if it were not.
const looksLikeDiff = /^(?=[ \tX]*(?:diff |Index:|--- |\+\+\+ |\*\*\* |@@ -|GIT binary patch))/gm;

/**
 * The mail with the lines of its message quoted that `patch` and `git apply` would take for a diff: a commit message may
 * hold one, and it would be applied.
 */
export function quietMessage(mail: Buffer, message: string): Buffer {
  const known = quietMails.get(mail);
  if (known?.message === message) return known.quiet;
  const quiet = makeQuiet(mail, message);
  quietMails.set(mail, { message, quiet });
  return quiet;
}

/** Mails that are remembered come again with each conversion. */
const quietMails = new WeakMap<Buffer, { readonly message: string; readonly quiet: Buffer }>();

function makeQuiet(mail: Buffer, message: string): Buffer {
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
  return body.replace(looksLikeDiff, "> ");
}
