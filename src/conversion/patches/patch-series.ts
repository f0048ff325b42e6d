import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { SourceGitConfiguration } from "../configuration.js";
import { foldAmendments } from "./amendments.js";
import { dropCommits, linearize, type HistoryCommit, type LinearHistory, type Range } from "./history.js";
import { formatMails, quietMessage, type MailForm } from "./mails.js";
import { metadataOf, readMetadata, type PatchMetadata } from "./patch-metadata.js";
import { patchIdentity } from "./patch-text.js";

/** One patch file as source-git's commits ask for it, before it is compared with what dist-git has. */
export interface WantedPatch {
  /** From `Patch-name`, else as `git format-patch` would call it. */
  readonly name: string;
  /** Whether a trailer chose the name, so that no other will do. */
  readonly named: boolean;
  /** The name's part without number and ending, as a patch keeps it when its number changes. */
  readonly slug: string;
  /** `undefined`: an empty commit that stands for a file which dist-git has. */
  readonly content: Buffer | undefined;
  /** Is worked out when it is asked for. */
  readonly identity: string;
  readonly commits: readonly CommitId[];
  /** The commits of the linear history that it was made from. */
  readonly line: readonly CommitId[];
  readonly strip: 0 | 1;
  readonly id: number | undefined;
  readonly status: readonly string[] | undefined;
  readonly presentInSpecfile: boolean;
}

export interface PatchSeries {
  readonly base: CommitId;
  /** The tree that all patches together give, ignored paths aside. */
  readonly tip: CommitId;
  readonly patches: readonly WantedPatch[];
  readonly warnings: readonly string[];
}

/** What a layout asks of its patches in its own way; without a word, what packit's users know. */
export interface SeriesHabits {
  readonly readMetadata: (commits: readonly HistoryCommit[]) => ReadonlyMap<CommitId, PatchMetadata>;
  readonly form: MailForm;
  /** Whether an empty commit of this metadata stands for a file that dist-git has. */
  readonly standsForFile: (metadata: PatchMetadata) => boolean;
}

const packitHabits: SeriesHabits = {
  readMetadata,
  form: "git-am",
  standsForFile: ({ presentInSpecfile, name }) => presentInSpecfile && name !== undefined,
};

interface PatchedCommit {
  readonly id: CommitId;
  readonly commit: HistoryCommit;
  readonly origins: readonly CommitId[];
  readonly metadata: PatchMetadata;
  readonly mail: Buffer | undefined;
}

/** The patches of `base..head` in order of application. Throws `UserError` naming the commits. */
export async function makeSeries(
  store: ObjectStore,
  range: Range & { readonly habits?: SeriesHabits },
  configuration: SourceGitConfiguration,
): Promise<PatchSeries> {
  const { ignorePaths } = configuration;
  const { readMetadata: read, form, standsForFile } = range.habits ?? packitHabits;
  const metadata = read(range.commits);
  const whole = await linearize(store, range);
  const amended = await foldAmendments(store, whole, { commits: range.commits, metadata });
  const { warnings } = amended;
  let { line } = amended;
  let mails = await formatMails(store, line, { ignorePaths, prefix: true, form });
  const ignored = line.commits.filter(
    ({ id, origins }) => mails.has(id) && metadataOf(metadata, origins[0] ?? id).ignore,
  );
  if (ignored.length > 0) {
    line = await dropCommits(store, line, new Set(ignored.map(({ id }) => id)));
    mails = await formatMails(store, line, { ignorePaths, prefix: true, form });
  }
  const plain = wantsNoPrefix(line, metadata)
    ? await formatMails(store, line, { ignorePaths, prefix: false, form })
    : new Map<CommitId, Buffer>();

  const byId = new Map(range.commits.map((commit) => [commit.id, commit]));
  const commits = line.commits.flatMap(({ id, origins }) => {
    const commit = byId.get(origins[0] ?? id);
    if (commit === undefined) return [];
    const said = withLatestId(metadata, origins[0] === undefined ? [id] : origins);
    const written = said.noPrefix ? plain.get(id) : mails.get(id);
    const mail = written && quietMessage(written, commit.message);
    const stands = standsForFile(said) && commit.parents.length < 2;
    return mail === undefined && (!stands || said.ignore)
      ? []
      : [{ id, commit, origins, metadata: said, mail }];
  });
  return { base: line.base, tip: line.tip, patches: joinAdjacent(commits, configuration), warnings };
}

/** What the first commit says, but for a number that a later one gives it. */
function withLatestId(
  metadata: ReadonlyMap<CommitId, PatchMetadata>,
  origins: readonly CommitId[],
): PatchMetadata {
  const [first, ...others] = origins.map((origin) => metadataOf(metadata, origin));
  const id = others.findLast((each) => each.amends !== undefined && each.id !== undefined)?.id;
  const said = first ?? metadataOf(metadata, "");
  return id === undefined ? said : { ...said, id };
}

function wantsNoPrefix({ commits }: LinearHistory, metadata: ReadonlyMap<CommitId, PatchMetadata>): boolean {
  return commits.some(({ id, origins }) => metadataOf(metadata, origins[0] ?? id).noPrefix);
}

/** Adjacent commits of one name are one patch, and so are those that the older `squash_commits` joins. */
function joinAdjacent(
  commits: readonly PatchedCommit[],
  configuration: SourceGitConfiguration,
): readonly WantedPatch[] {
  const squashing = commits.some(({ metadata }) => metadata.squash);
  const groups = squashing ? groupSquashed(commits) : groupByName(commits);
  refuseScattered(groups);
  const names = new Set<string>();
  let number = 0;
  return groups.map((group) => {
    number += 1;
    const patch = toPatch(group, number, configuration);
    number += group.commits.filter(({ mail }) => mail !== undefined).length - 1;
    const unique = names.has(patch.name) ? { ...patch, name: freeName(patch.name, names) } : patch;
    names.add(unique.name);
    return unique;
  });
}

/** The commits of one patch file; the word of its lead counts. */
interface Group {
  readonly lead: PatchedCommit;
  readonly commits: PatchedCommit[];
}

function groupByName(commits: readonly PatchedCommit[]): Group[] {
  const groups: Group[] = [];
  for (const commit of commits) {
    const last = groups.at(-1);
    const { name } = commit.metadata;
    if (name !== undefined && last?.lead.metadata.name === name) last.commits.push(commit);
    else groups.push({ lead: commit, commits: [commit] });
  }
  return groups;
}

/** Packages applied by `git am`: a commit that says something leads those before it, the last also those behind it. */
function groupSquashed(commits: readonly PatchedCommit[]): Group[] {
  const groups: Group[] = [];
  const last = commits.findLastIndex(({ metadata }) => metadata.squash);
  let waiting: PatchedCommit[] = [];
  for (const [index, commit] of commits.entries()) {
    waiting.push(commit);
    const { squash, presentInSpecfile, name } = commit.metadata;
    if (index > last) groups.at(-1)?.commits.push(commit);
    else if (squash || presentInSpecfile || name !== undefined) {
      groups.push({ lead: commit, commits: waiting });
      waiting = [];
    }
  }
  return groups;
}

function refuseScattered(groups: readonly Group[]): void {
  const seen = new Map<string, PatchedCommit>();
  for (const { lead } of groups) {
    const name = lead.metadata.name;
    const earlier = name === undefined ? undefined : seen.get(name);
    if (name !== undefined && earlier !== undefined) {
      const commits = [earlier, lead].map(({ commit }) => shortCommit(commit.id));
      throw new UserError("invalid", {
        message: `commits ${commits.join(" and ")} name the same patch ${name}, but others lie between them`,
        where: `commit ${commits[1] ?? ""}`,
        remedy: "Bring the commits of one patch together, or give them different Patch-name trailers.",
      });
    }
    if (name !== undefined) seen.set(name, lead);
  }
}

type Comments = Pick<SourceGitConfiguration, "patchComments">;

interface KnownPatch extends Comments {
  readonly number: number;
  readonly metadata: PatchMetadata;
  readonly patch: WantedPatch;
}

/** Patches of a single commit, by its mail: they come again with each conversion, and so do proofs of them. */
const knownPatches = new WeakMap<Buffer, KnownPatch>();

function toPatch(group: Group, number: number, { patchComments }: Comments): WantedPatch {
  const { id, metadata, mail, origins } = group.lead;
  const isSingle = group.commits.length === 1 && origins.length === 1 && origins[0] === id;
  if (mail === undefined || !isSingle) return makePatch(group, number, { patchComments });
  const known = knownPatches.get(mail);
  const same = known?.number === number && known.metadata === metadata;
  if (same && known.patchComments === patchComments) return known.patch;
  const patch = makePatch(group, number, { patchComments });
  knownPatches.set(mail, { number, metadata, patchComments, patch });
  return patch;
}

function makePatch({ lead, commits }: Group, number: number, { patchComments }: Comments): WantedPatch {
  const { name, id, status, presentInSpecfile, noPrefix } = lead.metadata;
  const parts = commits.flatMap(({ mail }) => mail ?? []);
  const content = parts.length > 1 ? Buffer.concat(separated(parts)) : parts[0];
  const comment = patchComments === "message" ? messageComment(lead.commit.message) : undefined;
  return {
    name: name ?? suggestedName(lead.commit.slug, number),
    named: name !== undefined,
    slug: lead.commit.slug,
    content,
    get identity() {
      return content === undefined ? "" : patchIdentity(content);
    },
    commits: commits.flatMap(({ origins }) => origins),
    line: commits.map(({ id: each }) => each),
    strip: noPrefix ? 0 : 1,
    id,
    status: status ?? comment,
    presentInSpecfile,
  };
}

/** Mails in one file are set apart by an empty line, as `git format-patch --stdout` does. */
function separated(mails: readonly Buffer[]): Buffer[] {
  return mails.flatMap((mail, index) => (index === 0 ? [mail] : [Buffer.from("\n"), mail]));
}

// git cuts the whole name at 64 characters, its ending and a closing zero byte included.
function suggestedName(slug: string, number: number): string {
  return `${`${String(number).padStart(4, "0")}-${slug}`.slice(0, 57)}.patch`;
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  const stem = name.replace(/\.patch$/, "");
  for (let number = 2; ; number += 1) {
    const candidate = `${stem}-${number}.patch`;
    if (!taken.has(candidate)) return candidate;
  }
}

function messageComment(message: string): readonly string[] {
  return message.trimEnd().split("\n");
}
