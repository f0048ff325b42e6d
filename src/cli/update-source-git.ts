import { Command } from "commander";
import { layoutOf } from "../conversion/detect.js";
import type { BroughtHome, HomeCommit, LayoutName } from "../conversion/layout.js";
import { layoutNamed } from "../conversion/layouts.js";
import { isAncestor } from "../conversion/ancestry.js";
import { UserError } from "../domain/errors.js";
import { shortCommit, type CommitId } from "../domain/refs.js";
import { advance, findDestination, readKind, requireClean, type Destination } from "../git/checkout.js";
import { readIdentity } from "../git/identity.js";
import type { ObjectStore } from "../git/object-store.js";
import type { Quarantine } from "../git/quarantine.js";
import { requireRoom } from "../git/room.js";
import { encodeText } from "../git/text.js";
import { jsonOption, layoutOption } from "./options.js";
import { commitOf, requireTwo, type Stores, withBoth } from "./repositories.js";
import { uncommittedWarnings } from "./uncommitted.js";

interface Options {
  readonly layout?: LayoutName;
  readonly branch?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

interface Result {
  readonly outcome: "nothing-to-do" | "would-change" | "updated";
  readonly brought: BroughtHome;
  /** The first lines of all messages that are told. */
  readonly subjects: ReadonlyMap<CommitId, string>;
}

export function updateSourceGitCommand(): Command {
  return new Command("update-source-git")
    .summary("bring dist-git's own commits home to source-git")
    .description(
      "Makes a source-git commit for each commit that DIST has checked out and SOURCE lacks: files go to .distro/, and new, changed and removed patches become commits. SOURCE must have no uncommitted change to a file that git tracks.",
    )
    .argument("<dist>", "dist-git repository")
    .argument("<source>", "source-git repository")
    .argument(
      "[range]",
      "dist-git commits to bring home, OLD..NEW or OLD.. (default: since the two were in step)",
    )
    .addOption(layoutOption())
    .option("-b, --branch <branch>", "branch of SOURCE to commit to (default: the one checked out)")
    .option("--dry-run", "say what would be done and write nothing")
    .addOption(jsonOption())
    .action(async (...[dist, source, range, options]: [string, string, string | undefined, Options]) => {
      const result = await updateSourceGit({ dist, source, range }, options);
      process.stdout.write(options.json === true ? toJson(result) : encodeText(toText(result)));
      for (const warning of options.json === true ? [] : result.brought.warnings) {
        process.stderr.write(`warning: ${warning}\n`);
      }
    });
}

interface Arguments {
  readonly dist: string;
  readonly source: string;
  readonly range: string | undefined;
}

async function updateSourceGit(folders: Arguments, options: Options): Promise<Result> {
  await requireTwo(folders);
  return withBoth(folders, (stores) => bring(stores, folders, options));
}

async function bring({ source, dist }: Stores, folders: Arguments, options: Options): Promise<Result> {
  const destination = await findDestination(folders.source, options.branch);
  if (options.dryRun !== true) await requireClean(destination);
  await readKind(folders.dist);
  const head = await commitOf(source, destination.ref, folders.source);
  const { since, tip } = await readRange(dist, folders);
  const layout = layoutNamed(await layoutOf({ source, head, dist, tip }, options.layout));
  const committer = await readIdentity(folders.source, "committer");
  const brought = await layout.distToSource({ source, head, dist, tip, since, committer });
  const result = { brought, subjects: await readSubjects({ source, dist }, brought.commits) };
  if (brought.head === head) return withForgotten({ outcome: "nothing-to-do", ...result }, folders.dist);
  if (options.dryRun === true) return { outcome: "would-change", ...result };
  await move(source, destination, { before: head, after: brought.head });
  return { outcome: "updated", ...result };
}

/** Whoever expected a commit may not have made it. */
async function withForgotten(result: Result, dist: string): Promise<Result> {
  const warnings = [...result.brought.warnings, ...(await uncommittedWarnings(dist))];
  return { ...result, brought: { ...result.brought, warnings } };
}

/** `OLD..NEW`, `OLD..` or nothing. Throws `UserError`: "usage" for anything else, "missing" for a commit that there is not. */
async function readRange(
  dist: ObjectStore,
  { dist: folder, range }: Arguments,
): Promise<{ since: CommitId | undefined; tip: CommitId }> {
  if (range === undefined) return { since: undefined, tip: await commitOf(dist, "HEAD", folder) };
  const [, from, to = "HEAD"] = /^([^.](?:.*?[^.])?)\.\.([^.].*)?$/.exec(range) ?? [];
  if (from === undefined) {
    throw new UserError("usage", {
      message: `${range} is no range of commits`,
      remedy: "Write OLD..NEW, or OLD.. for all commits after OLD.",
    });
  }
  const [since, tip] = [await namedCommit(dist, from, folder), await namedCommit(dist, to, folder)];
  if (await isAncestor(dist, since, tip)) return { since, tip };
  throw new UserError("usage", {
    message: `${from} is not among the commits that lead to ${to}`,
    where: range,
  });
}

async function namedCommit(store: ObjectStore, name: string, folder: string): Promise<CommitId> {
  const commit = await store.resolve(name);
  if (commit !== undefined) return commit;
  throw new UserError("missing", {
    message: `${name} is no commit of ${folder}`,
    where: name,
    remedy: "Fetch it, or name another.",
  });
}

async function readSubjects(
  { source, dist }: Stores,
  commits: readonly HomeCommit[],
): Promise<ReadonlyMap<CommitId, string>> {
  const subjects = new Map<CommitId, string>();
  const read = async (store: ObjectStore, id: CommitId) => {
    const { message } = await store.readCommit(id);
    subjects.set(id, message.trimStart().split("\n")[0] ?? "");
  };
  for (const { from, to } of commits) {
    await read(dist, from);
    for (const id of to) await read(source, id);
  }
  return subjects;
}

/** Objects first, the work tree next, the ref last: until then SOURCE is what it was. */
async function move(
  source: Quarantine,
  destination: Destination,
  { before, after }: { before: CommitId; after: CommitId },
): Promise<void> {
  await requireRoom(destination, source, { before, after });
  await source.release(after, before);
  const holdOn = () => undefined;
  process.on("SIGINT", holdOn).on("SIGTERM", holdOn).on("SIGHUP", holdOn);
  try {
    await advance(destination, { before, after, reason: "update-source-git" });
  } finally {
    process.off("SIGINT", holdOn).off("SIGTERM", holdOn).off("SIGHUP", holdOn);
  }
}

function toText({ outcome, brought, subjects }: Result): string {
  if (outcome === "nothing-to-do") return "Nothing to do: source-git has all of dist-git.\n";
  const lines = brought.commits.map(({ from, to }) => {
    const became = to.map((id) => shortCommit(id)).join(" ");
    return `  ${shortCommit(from)} -> ${became === "" ? "with a later one" : became}  ${subjects.get(from) ?? ""}\n`;
  });
  const count = brought.commits.length === 1 ? "1 commit" : `${brought.commits.length} commits`;
  const verb = outcome === "updated" ? "Brought" : "Would bring";
  return `${verb} ${count} of dist-git home, up to ${shortCommit(brought.head)}.\n${lines.join("")}`;
}

function toJson({ outcome, brought }: Result): string {
  const { head, commits, warnings } = brought;
  return `${JSON.stringify({ outcome, head, commits, warnings }, undefined, 2)}\n`;
}
