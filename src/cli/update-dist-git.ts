import { Command } from "commander";
import { readFile } from "node:fs/promises";
import { buffer as readAll } from "node:stream/consumers";
import { commitToDist } from "../conversion/commit.js";
import { layoutOf } from "../conversion/detect.js";
import type { Converted, LayoutName } from "../conversion/layout.js";
import { layoutNamed } from "../conversion/layouts.js";
import { describeConversion } from "../conversion/message.js";
import { readSourceHistory } from "../conversion/source-history.js";
import { UserError } from "../domain/errors.js";
import { shortCommit, type CommitId } from "../domain/refs.js";
import { advance, findDestination, readKind, requireClean, type Destination } from "../git/checkout.js";
import { readIdentity } from "../git/identity.js";
import type { ObjectStore, Signature } from "../git/object-store.js";
import { requireRoom } from "../git/room.js";
import type { Quarantine } from "../git/quarantine.js";
import { decodeText, encodeText } from "../git/text.js";
import { jsonOption, layoutOption } from "./options.js";
import { commitOf, requireTwo, withBoth } from "./repositories.js";
import { uncommittedWarnings } from "./uncommitted.js";
import { withProgress } from "./progress.js";

interface Options {
  readonly layout?: LayoutName;
  readonly branch?: string;
  readonly message?: string;
  readonly file?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

type Result =
  | { readonly outcome: "nothing-to-do"; readonly converted: Converted }
  | { readonly outcome: "would-change"; readonly converted: Converted; readonly diff: string }
  | { readonly outcome: "updated"; readonly converted: Converted; readonly commit: CommitId };

export function updateDistGitCommand(): Command {
  return new Command("update-dist-git")
    .summary("convert source-git's commits to dist-git")
    .description(
      "Converts the commit that SOURCE has checked out to dist-git's own layout and commits the result to DIST, which must have no uncommitted change to a file that git tracks.",
    )
    .argument("<source>", "source-git repository")
    .argument("<dist>", "dist-git repository")
    .addOption(layoutOption())
    .option("-b, --branch <branch>", "branch of DIST to commit to (default: the one checked out)")
    .option("-m, --message <message>", "commit message (default: made from the source commits)")
    .option("-F, --file <file>", 'take the commit message from a file, "-" for standard input')
    .option("--dry-run", "show the difference and write nothing")
    .addOption(jsonOption())
    .action(async (source: string, dist: string, options: Options) => {
      const result = await withProgress("converting", () => updateDistGit(source, dist, options));
      process.stdout.write(options.json === true ? toJson(result) : encodeText(toText(result)));
      for (const warning of options.json === true ? [] : result.converted.warnings) {
        process.stderr.write(`warning: ${warning}\n`);
      }
    });
}

async function updateDistGit(
  sourceDirectory: string,
  distDirectory: string,
  options: Options,
): Promise<Result> {
  if (options.message !== undefined && options.file !== undefined) {
    throw new UserError("usage", { message: "-m and -F cannot be used together" });
  }
  const folders = { source: sourceDirectory, dist: distDirectory };
  await requireTwo(folders);
  const asked = askAtOnce(sourceDirectory, distDirectory, options);
  return withBoth(folders, (stores) =>
    convertAndCommit({ ...stores, sourceDirectory, distDirectory, asked }, options),
  );
}

/** What git is asked before its answers are needed. */
interface Asked {
  readonly kind: Promise<unknown>;
  readonly destination: Promise<Destination>;
}

/**
 * Most of a short conversion is waiting for git to start: what needs no other answer first is asked all together. Each start
 * holds us up, and source-git's history takes longest.
 */
function askAtOnce(source: string, dist: string, options: Options): Asked {
  const asked = { kind: readKind(source), destination: findPlace(dist, options) };
  // Each is waited for where it is needed, if it is: until then its failure is nobody's.
  for (const each of Object.values(asked)) each.catch(() => undefined);
  return asked;
}

async function findPlace(directory: string, { branch, dryRun }: Options): Promise<Destination> {
  const destination = await findDestination(directory, branch);
  if (dryRun !== true) await requireClean(destination);
  return destination;
}

interface People {
  readonly author: Signature;
  readonly committer: Signature;
}

async function readPeople(directory: string): Promise<People> {
  const [author, committer] = await Promise.all([
    readIdentity(directory, "author"),
    readIdentity(directory, "committer"),
  ]);
  return { author, committer };
}

interface Repositories {
  readonly source: ObjectStore;
  readonly dist: Quarantine;
  readonly sourceDirectory: string;
  readonly distDirectory: string;
  readonly asked: Asked;
}

async function convertAndCommit(repositories: Repositories, options: Options): Promise<Result> {
  const { dist, distDirectory, asked } = repositories;
  const ahead = lookAhead(repositories);
  // Nobody waits for these before the end, nor for git while it has a history to read.
  const people = ahead.ended.then(() => readPeople(distDirectory));
  people.catch(() => undefined);
  const { head, tip, converted } = await convert(repositories, options, ahead).finally(() => ahead.ended);
  const destination = await asked.destination;
  if (!converted.changed)
    return { outcome: "nothing-to-do", converted: await withForgotten(converted, repositories) };
  if (options.dryRun === true) {
    return { outcome: "would-change", converted, diff: await diffOf(dist, { tip, converted }, options) };
  }
  if (converted.commit !== undefined) refuseMessage(options);
  const commit = converted.commit ?? (await compose(repositories, options, { head, tip, converted, people }));
  await move(repositories, destination, { before: tip, after: commit });
  return { outcome: "updated", converted, commit };
}

interface Ahead {
  readonly head: Promise<CommitId>;
  /** Its own failure is nobody's. */
  readonly ended: Promise<unknown>;
}

/** Most layouts need source-git's history, and git takes long for it: whoever asks while it is read gets this answer. */
function lookAhead({ source, sourceDirectory }: Repositories): Ahead {
  const head = commitOf(source, "HEAD", sourceDirectory);
  const ended = head.then((commit) => readSourceHistory(source, commit)).catch(() => undefined);
  return { head, ended };
}

async function convert(repositories: Repositories, options: Options, ahead: Ahead): Promise<Conversion> {
  const { source, dist, distDirectory, asked } = repositories;
  const destination = await asked.destination;
  await asked.kind;
  const [head, tip] = await Promise.all([ahead.head, commitOf(dist, destination.ref, distDirectory)]);
  const request = { source, head, dist, tip };
  const layout = layoutNamed(await layoutOf(request, options.layout));
  return { head, tip, converted: await layout.sourceToDist(request) };
}

/** Whoever expected a change may not have committed it. */
async function withForgotten(converted: Converted, { sourceDirectory }: Repositories): Promise<Converted> {
  const forgotten = await uncommittedWarnings(sourceDirectory);
  return { ...converted, warnings: [...converted.warnings, ...forgotten] };
}

function refuseMessage({ message, file }: Options): void {
  if (message === undefined && file === undefined) return;
  throw new UserError("usage", {
    message: "a message cannot be given where dist-git gets source-git's very commits",
    remedy: 'Leave out -m and -F, or write "history: copied" in .distro/source-git.yaml.',
  });
}

interface Conversion {
  readonly head: CommitId;
  readonly tip: CommitId;
  readonly converted: Converted;
}

async function compose(
  { source, dist }: Repositories,
  options: Options,
  { head, tip, converted, people }: Conversion & { readonly people: Promise<People> },
): Promise<CommitId> {
  const message = await messageFor(options, { source, head, converted });
  const { author, committer } = await people;
  const { tree } = converted;
  return commitToDist(dist, { tree, parent: tip, author, committer, message, sourceCommit: head });
}

/** Objects first, the work tree next, the ref last: until then DIST is what it was. */
async function move(
  { source, dist }: Repositories,
  destination: Destination,
  { before, after }: { before: CommitId; after: CommitId },
): Promise<void> {
  await requireRoom(destination, dist, { before, after });
  await dist.release(after, before);
  // Neither is needed any more, and to close them takes as long as git's last step; who opened them sees that it is done.
  for (const each of [source, dist]) each.close().catch(() => undefined);
  const holdOn = () => undefined;
  process.on("SIGINT", holdOn).on("SIGTERM", holdOn).on("SIGHUP", holdOn);
  try {
    await advance(destination, { before, after, reason: "update-dist-git" });
  } finally {
    process.off("SIGINT", holdOn).off("SIGTERM", holdOn).off("SIGHUP", holdOn);
  }
}

async function messageFor(
  { message, file }: Options,
  conversion: { source: ObjectStore; head: CommitId; converted: Converted },
): Promise<string> {
  const given = message ?? (file === undefined ? undefined : await readMessage(file));
  if (given === undefined) return describeConversion(conversion.source, conversion);
  if (given.trim() !== "") return given;
  throw new UserError("usage", { message: "the commit message is empty" });
}

async function readMessage(file: string): Promise<string> {
  const reading = file === "-" ? readAll(process.stdin) : readFile(file);
  const bytes = await reading.catch((error: unknown) => {
    throw new UserError("usage", { message: `the message file ${file} cannot be read` }, { cause: error });
  });
  return decodeText(bytes);
}

/** As `git apply` takes it, binary files and all; with colours where somebody looks at it. */
async function diffOf(
  dist: ObjectStore,
  { tip, converted }: Pick<Conversion, "tip" | "converted">,
  { json }: Options,
): Promise<string> {
  const colours = json !== true && process.stdout.isTTY && process.stdout.hasColors();
  const form = ["--no-ext-diff", "--no-textconv", "--binary", colours ? "--color=always" : "--no-color"];
  const { stdout } = await dist.git(["diff", ...form, tip, converted.tree, "--"]);
  return decodeText(stdout);
}

function toText(result: Result): string {
  if (result.outcome === "nothing-to-do") return "Nothing to do: dist-git is up to date.\n";
  if (result.outcome === "would-change") return result.diff;
  const changed = result.converted.patches.filter(({ change }) => change !== "kept");
  const lines = changed.map(({ file, change }) => `  ${change} ${file}\n`);
  return `Committed ${shortCommit(result.commit)} to dist-git.\n${lines.join("")}`;
}

function toJson(result: Result): string {
  const { outcome, converted } = result;
  const { patches, warnings } = converted;
  const extra = {
    ...(outcome === "updated" ? { commit: result.commit } : {}),
    ...(outcome === "would-change" ? { diff: result.diff } : {}),
  };
  return `${JSON.stringify({ outcome, ...extra, patches, warnings }, undefined, 2)}\n`;
}
