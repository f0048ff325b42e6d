import { Command } from "commander";
import { existsSync } from "node:fs";
import { layoutOf } from "../conversion/detect.js";
import type { LayoutName } from "../conversion/layout.js";
import { layoutNamed } from "../conversion/layouts.js";
import { readStatus, type Ahead, type SyncStatus } from "../conversion/status.js";
import { UserError } from "../domain/errors.js";
import { shortCommit } from "../domain/refs.js";
import { findDestination } from "../git/checkout.js";
import { encodeText } from "../git/text.js";
import { linkStatusJson, linkStatusText, readLinkStatus } from "./link-status.js";
import { configOption, jsonOption, layoutOption } from "./options.js";
import { withProgress } from "./progress.js";
import { commitOf, withBoth } from "./repositories.js";
import type { LoadService } from "./service.js";

interface Options {
  readonly config: string;
  readonly branch?: string;
  readonly layout?: LayoutName;
  readonly json?: true;
}

export function statusCommand(loadService: LoadService): Command {
  return new Command("status")
    .summary("say whether source-git and dist-git are in step")
    .description(
      "Says whether the commits that SOURCE and DIST have checked out stand for one another, which side is ahead by how many commits, and what to run next. With one argument, the name of a repository on a forge as the links file writes it, the same of each branch of its link, and what brings dist-git's own changes home. Nothing is written.",
    )
    .argument("<source>", "source-git repository, or FORGE/PATH of one that is linked")
    .argument("[dist]", "dist-git repository")
    .addOption(configOption())
    .addOption(layoutOption())
    .option(
      "-b, --branch <branch>",
      "branch of DIST to compare with (default: the one checked out); of a link, the branch of source-git (default: all)",
    )
    .addOption(jsonOption())
    .action(async (source: string, dist: string | undefined, options: Options) => {
      if (dist === undefined) return printLinkStatus(source, options, loadService);
      const status = await withProgress("comparing", () => compare({ source, dist }, options));
      process.stdout.write(
        options.json === true ? toJson(status) : encodeText(toText(status, { source, dist })),
      );
    });
}

async function printLinkStatus(name: string, options: Options, loadService: LoadService): Promise<void> {
  if (!name.includes("/") || existsSync(name)) {
    throw new UserError("usage", {
      message: `${name} alone is no repository of a link`,
      remedy: "Name two folders, SOURCE and DIST, or one FORGE/PATH as sluice.yml does.",
    });
  }
  const statuses = await readLinkStatus(name, options, loadService);
  process.stdout.write(
    options.json === true ? linkStatusJson(statuses) : encodeText(linkStatusText(statuses)),
  );
}

function compare(folders: Folders, options: Options): Promise<SyncStatus> {
  return withBoth(folders, async ({ source, dist }) => {
    const { ref } = await findDestination(folders.dist, options.branch);
    const head = await commitOf(source, "HEAD", folders.source);
    const sides = { source, head, dist, tip: await commitOf(dist, ref, folders.dist) };
    return readStatus(sides, layoutNamed(await layoutOf(sides, options.layout)));
  });
}

function toJson({ state, point, source, dist }: SyncStatus): string {
  const side = ({ ahead, first }: Ahead) => ({ ahead, first: first ?? null });
  const answer = { state, point: point ?? null, source: side(source), dist: side(dist) };
  return `${JSON.stringify(answer, undefined, 2)}\n`;
}

interface Folders {
  readonly source: string;
  readonly dist: string;
}

function toText(status: SyncStatus, folders: Folders): string {
  const { point, source, dist } = status;
  const since =
    point && `source-git's ${shortCommit(point.source)} and dist-git's ${shortCommit(point.dist)}`;
  const [forth, back] = [
    `bin/sluice update-dist-git ${both(folders)}`,
    `bin/sluice update-source-git ${swapped(folders)}`,
  ];
  const lines: Record<SyncStatus["state"], readonly string[]> = {
    "in-step": [`In step since ${since ?? ""}.`],
    "source-ahead": [...ahead("source-git", source), `Last in step: ${since ?? ""}.`, `Next: ${forth}`],
    "dist-ahead": [...ahead("dist-git", dist), `Last in step: ${since ?? ""}.`, `Next: ${back}`],
    diverged: [
      "Both sides moved.",
      ...ahead("source-git", source),
      ...ahead("dist-git", dist),
      `Last in step: ${since ?? ""}.`,
      `Next: ${back}`,
      `then: ${forth}`,
    ],
    "never-synchronised": [
      "source-git and dist-git were never synchronised: no commit of one names one of the other.",
      `Next: ${forth}`,
      "or, to make source-git's commits from dist-git: bin/sluice init",
    ],
  };
  return `${lines[status.state].join("\n")}\n`;
}

function ahead(side: string, { ahead: count, first }: Ahead): string[] {
  const commits = count === 1 ? "1 commit" : `${count} commits, the first of them`;
  const named = first === undefined ? [] : [`  ${shortCommit(first.sha)} ${first.subject}`];
  return [`${side} is ahead by ${commits}:`, ...named];
}

function both({ source, dist }: Folders): string {
  return `${quoted(source)} ${quoted(dist)}`;
}

function swapped({ source, dist }: Folders): string {
  return `${quoted(dist)} ${quoted(source)}`;
}

/** As a shell reads it back. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}
