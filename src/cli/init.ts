import { Command } from "commander";
import { findUpstream, type Upstream } from "../conversion/base.js";
import { detectLayout } from "../conversion/detect.js";
import type { LayoutName, Started } from "../conversion/layout.js";
import { layoutNamed } from "../conversion/layouts.js";
import { UserError } from "../domain/errors.js";
import { shortCommit } from "../domain/refs.js";
import { findDestination, requireClean } from "../git/checkout.js";
import { readIdentity } from "../git/identity.js";
import { likelyTags } from "../git/likely-tags.js";
import { findNewLine, startLine, type NewLine } from "../git/new-line.js";
import type { Quarantine } from "../git/quarantine.js";
import { requireRoom } from "../git/room.js";
import { cloneAddress } from "../git/remote-address.js";
import { encodeText } from "../git/text.js";
import { jsonOption, layoutOption } from "./options.js";
import { withProgress } from "./progress.js";
import { commitOf, requireTwo, type Stores, withBoth } from "./repositories.js";

interface Options {
  readonly layout?: LayoutName;
  readonly branch?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

interface Result {
  readonly outcome: "started" | "would-start";
  readonly layout: LayoutName;
  readonly upstream: Upstream;
  readonly line: NewLine;
  readonly started: Started;
}

export function initCommand(): Command {
  return new Command("init")
    .summary("begin a source-git repository from upstream and dist-git")
    .description(
      "Makes source-git commits of what DIST has checked out, on top of UPSTREAM_REF in SOURCE, a clone of upstream: the distribution's own files in one commit, then a commit for each patch. The branch that SOURCE has checked out goes on if it is at UPSTREAM_REF; else a new branch is made there and checked out.",
    )
    .argument("<upstream-ref>", "tag or commit of upstream that dist-git packages")
    .argument("<source>", "clone of upstream that becomes the source-git repository")
    .argument("<dist>", "dist-git repository")
    .addOption(layoutOption())
    .option(
      "-b, --branch <branch>",
      "branch of SOURCE to make (default: the one checked out, else named as DIST's, or source-git/ and that name)",
    )
    .option("--dry-run", "say what would be done and write nothing")
    .addOption(jsonOption())
    .action(async (...[upstreamRef, source, dist, options]: [string, string, string, Options]) => {
      const result = await withProgress("making commits", () => init({ upstreamRef, source, dist }, options));
      process.stdout.write(options.json === true ? toJson(result) : encodeText(toText(result)));
      for (const warning of options.json === true ? [] : result.started.warnings) {
        process.stderr.write(`warning: ${warning}\n`);
      }
    });
}

interface Folders {
  readonly upstreamRef: string;
  readonly source: string;
  readonly dist: string;
}

async function init(folders: Folders, options: Options): Promise<Result> {
  await requireTwo(folders);
  return withBoth(folders, (stores) => start(stores, folders, options));
}

async function start({ source, dist }: Stores, folders: Folders, options: Options): Promise<Result> {
  const upstream = await findUpstream(source, folders.upstreamRef).catch(async (error: unknown) => {
    throw await withLikelyTags(error, folders);
  });
  const shown = await findDestination(folders.dist);
  const line = await findNewLine(folders.source, {
    from: upstream.commit,
    branch: options.branch,
    otherwise: namesAfter(shown.ref),
  });
  if (options.dryRun !== true) await requireClean(line);
  await requireClean(shown);
  const tip = await commitOf(dist, "HEAD", folders.dist);
  const layout = layoutNamed(options.layout ?? (await detectLayout(dist, tip)));
  const started = await layout.start({
    source,
    base: upstream.commit,
    upstreamRef: upstream.name,
    upstreamUrl: await cloneAddress(folders.source),
    dist,
    tip,
    committer: await readIdentity(folders.source, "committer"),
  });
  const result = { layout: layout.name, upstream, line, started };
  if (options.dryRun === true) return { outcome: "would-start", ...result };
  await write(source, result);
  return { outcome: "started", ...result };
}

/** Distributions and upstreams seldom agree on how a version is written. */
async function withLikelyTags(error: unknown, { source, upstreamRef }: Folders): Promise<unknown> {
  if (!(error instanceof UserError)) return error;
  const tags = await likelyTags(source, upstreamRef);
  if (tags.length === 0) return error;
  const { kind, message, where } = error;
  return new UserError(kind, { message, where, remedy: `Did you mean ${tags.join(" or ")}?` });
}

/** Objects first, the work tree next, the ref last: until then SOURCE is what it was. */
async function write(
  source: Quarantine,
  { line, upstream, started }: Pick<Result, "line" | "upstream" | "started">,
): Promise<void> {
  const shown = line.how === "advance" ? undefined : await source.resolve("HEAD");
  await requireRoom(line, source, { before: shown ?? upstream.commit, after: started.head });
  await source.release(started.head, upstream.commit);
  const holdOn = () => undefined;
  process.on("SIGINT", holdOn).on("SIGTERM", holdOn).on("SIGHUP", holdOn);
  try {
    await startLine(line, { before: upstream.commit, after: started.head, reason: "init" });
  } finally {
    process.off("SIGINT", holdOn).off("SIGTERM", holdOn).off("SIGHUP", holdOn);
  }
}

/** Upstream's main branch often has the very name of dist-git's. */
function namesAfter(ref: string): readonly string[] {
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  return branch === undefined ? [] : [branch, `source-git/${branch}`];
}

function toText(result: Result): string {
  const { layout, started } = result;
  const patches = started.patches.length === 1 ? "1 patch" : `${started.patches.length} patches`;
  const what = layout === "plain" ? "dist-git's files" : `the distribution's files and ${patches}`;
  const lines = started.patches.map(({ file, commit }) => `  ${shortCommit(commit)} ${file}\n`);
  return `${branchSentence(result)} with ${what}, up to ${shortCommit(started.head)}.\n${lines.join("")}`;
}

function branchSentence({ outcome, upstream, line: { branch, how, checkedOut } }: Result): string {
  const isDone = outcome === "started";
  const place = upstream.name === upstream.commit ? shortCommit(upstream.commit) : upstream.name;
  if (how === "advance") return `Branch ${branch}, which was at ${place}, ${isDone ? "goes" : "would go"} on`;
  const made = `Branch ${branch} ${isDone ? "is" : "would be"} made at ${place}`;
  return checkedOut ? `${made} and checked out,` : `${made},`;
}

function toJson({ outcome, layout, upstream, line, started }: Result): string {
  const { head, patches, warnings } = started;
  const { branch } = line;
  const answer = { outcome, layout, upstreamRef: upstream.name, base: upstream.commit, branch, head };
  return `${JSON.stringify({ ...answer, patches, warnings }, undefined, 2)}\n`;
}
