import { pino } from "pino";
import type { Ahead, SyncStatus } from "../conversion/status.js";
import { readEnvironment } from "../config/environment.js";
import { loadConfiguration } from "../config/load.js";
import { readRepositoryPattern } from "../config/patterns.js";
import { systemClock } from "../domain/clock.js";
import { UserError } from "../domain/errors.js";
import { type RepositoryRef, repositoryName, shortCommit } from "../domain/refs.js";
import type { BranchStatus } from "../linking/explaining/link-status.js";
import { withProgress } from "./progress.js";
import type { LoadService } from "./service.js";

export interface LinkStatusOptions {
  readonly config: string;
  readonly branch?: string;
}

/** How the branches of a link stand, as the forges have them now; nothing is written there. */
export async function readLinkStatus(
  name: string,
  { config, branch }: LinkStatusOptions,
  loadService: LoadService,
): Promise<readonly BranchStatus[]> {
  const environment = readEnvironment();
  const configuration = await loadConfiguration(config, environment);
  const names = configuration.forges.map((forge) => forge.name);
  const repository = readRepository(name, names);
  const { openLookout } = await loadService();
  const log = pino({ level: "silent" });
  const lookout = await openLookout({ configuration, environment, log, clock: systemClock });
  try {
    return await withProgress("comparing", () => lookout.linkStatus({ repository, branch }));
  } finally {
    await lookout.close();
  }
}

/** `gitlab.com/group/name`, as the links file writes it. */
function readRepository(name: string, forges: readonly string[]): RepositoryRef {
  const read = readRepositoryPattern(name, forges);
  if ("pattern" in read) return read.pattern;
  throw new UserError("usage", {
    message: `${name} ${read.refusal.message}`,
    where: name,
    remedy: read.refusal.remedy ?? "Name a repository as sluice.yml does, or two folders: SOURCE and DIST.",
  });
}

export function linkStatusJson(statuses: readonly BranchStatus[]): string {
  const side = ({ ahead, first }: Ahead) => ({ ahead, first: first ?? null });
  const answers = statuses.map(({ sourceGit, distGit, status, problem, home, waitsFor }) => ({
    source: { repository: repositoryName(sourceGit.repository), branch: sourceGit.branch },
    dist: { repository: repositoryName(distGit.repository), branch: distGit.branch },
    state: status?.state ?? null,
    ahead: status === undefined ? null : { source: side(status.source), dist: side(status.dist) },
    home: home ?? null,
    waitsFor: waitsFor ?? null,
    problem: problem ?? null,
  }));
  return `${JSON.stringify(answers, undefined, 2)}\n`;
}

export function linkStatusText(statuses: readonly BranchStatus[]): string {
  if (statuses.length === 0) return "No branch is on both sides.\n";
  return statuses.map((status) => `${branchText(status).join("\n  ")}\n`).join("");
}

function branchText({
  sourceGit,
  distGit,
  status,
  problem,
  home,
  waitsFor,
}: BranchStatus): readonly string[] {
  return [
    `${repositoryName(sourceGit.repository)} ${sourceGit.branch} -> ${repositoryName(distGit.repository)} ${distGit.branch}`,
    ...(status === undefined ? [] : stateText(status)),
    ...(home === undefined
      ? []
      : [`comes home by ${home.webUrl}${home.draft ? " (a draft, it needs a hand)" : ""}`]),
    ...(waitsFor === undefined ? [] : [`dist-git merged first what is open in source-git: ${waitsFor}`]),
    ...(problem === undefined ? [] : [problem]),
  ];
}

function stateText({ state, point, source, dist }: SyncStatus): readonly string[] {
  if (state === "never-synchronised") return ["never synchronised"];
  const since = point && `since ${shortCommit(point.source)} and ${shortCommit(point.dist)}`;
  if (state === "in-step") return [`in step ${since ?? ""}`.trimEnd()];
  return [...ahead("source-git", source), ...ahead("dist-git", dist)];
}

function ahead(side: string, { ahead: count, first }: Ahead): readonly string[] {
  if (first === undefined) return [];
  const commits = count === 1 ? "1 commit" : `${count} commits, the first`;
  return [`${side} is ahead by ${commits}: ${shortCommit(first.sha)} ${first.subject}`];
}
