import { gitText } from "../../src/git/run.js";
import type {
  SandboxComment,
  SandboxMergeRequest,
  SandboxPipeline,
  SandboxRepository,
} from "../../src/sandbox/model.js";
import type { Sandbox, SandboxForge } from "../../src/sandbox/sandbox.js";
import { readStatuses } from "./statuses.js";

/** Everything that people can see on the forges, in words that are the same in every run. */
export async function pictureOf({ forges }: Sandbox): Promise<object> {
  const seen: Record<string, object> = {};
  for (const forge of forges) {
    for (const repository of forge.store.repositories()) {
      seen[`${forge.name} ${repository.path}`] = {
        branches: await branchesOf(forge, repository),
        mergeRequests: await Promise.all(
          forge.store
            .mergeRequests(repository)
            .map((mergeRequest) => mergeRequestOf(forge, repository, mergeRequest)),
        ),
      };
    }
  }
  return JSON.parse(withoutAccidents(JSON.stringify(seen, undefined, 1), forges)) as object;
}

async function branchesOf(
  { store }: SandboxForge,
  repository: SandboxRepository,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const branches: Record<string, readonly string[]> = {};
  for (const { name, commit } of await store.branches(repository)) {
    branches[name] = await filesOf(repository, commit);
  }
  return branches;
}

/** The files and what they hold: by the names of their blobs, or by the words of a patch, which names a commit. */
async function filesOf({ gitDirectory: directory }: SandboxRepository, commit: string): Promise<string[]> {
  const lines = (await gitText(["ls-tree", "-r", commit], { directory })).trim().split("\n");
  return Promise.all(
    lines.map(async (line) => {
      if (line.endsWith(".patch"))
        return `${line} ${await gitText(["show", line.slice(12, 52)], { directory })}`;
      return line.replace(/ ([0-9a-f]{7})[0-9a-f]{33}\t/, " blob-$1-is ");
    }),
  );
}

async function mergeRequestOf(
  { store }: SandboxForge,
  repository: SandboxRepository,
  mergeRequest: SandboxMergeRequest,
): Promise<object> {
  const { number, title, description, state, draft, labels, sourceBranch, targetBranch, head } = mergeRequest;
  const commits = await store.mergeRequestCommits(mergeRequest);
  const comments = store.comments(mergeRequest).filter(({ system }) => !system);
  return {
    ...{ number, title, description, state, draft, labels, sourceBranch, targetBranch },
    messages: commits.map(({ message }) => message),
    comments: comments.map(commentOf).sort(),
    statuses: statusesOf(store, repository, head),
    pipelines: store.pipelines(repository, head).map(pipelineOf).sort(),
  };
}

function commentOf({ author, body, reactions }: SandboxComment): string {
  const reacted = reactions.map(({ name, user }) => ` (${user.login}: ${name})`).sort();
  return `${author.login}: ${withoutRepetition(body)}${reacted.join("")}`;
}

function statusesOf(...of: Parameters<typeof readStatuses>): readonly string[] {
  return readStatuses(...of)
    .map(({ context, state, description }) => `${context} ${state}: ${description}`)
    .sort();
}

function pipelineOf({ source, ref, jobs }: SandboxPipeline): string {
  return `${source} ${ref}: ${jobs.map(({ name, state }) => `${name} ${state}`).join(", ")}`;
}

/** A command whose effect came before a kill finds nothing left to do after it: that is said, and is as true. */
function withoutRepetition(body: string): string {
  return body.replace(/^(`\/sluice (?:retry|rerun)`: ).*$/gm, "$1…");
}

/** Commit ids, ports and numbers of CI jobs differ from run to run; a blob keeps its name. */
function withoutAccidents(text: string, forges: readonly SandboxForge[]): string {
  const named = forges.reduce((all, { name, url }) => all.replaceAll(url, name), text);
  return named
    .replace(/\/(runs|job|pipelines|jobs)\/\d+/g, "/$1/N")
    .replace(/(Pipeline #\u200b?)\d+/g, "$1N")
    .replace(/(?<![-\w])[0-9a-f]{7,40}(?![-\w])/g, "<commit>");
}
