import { shortCommit } from "../../domain/refs.js";
import type { SandboxRepository } from "../../sandbox/model.js";
import { viewGitLab } from "./gitlab.js";
import type { Mirrored } from "./mirroring.js";
import { pushConflict, pushFollowUp, pushToDistGit, pushToFork } from "./people.js";
import { firstLine, paragraphs, relayed, type Scene } from "./scene.js";

/** What happens to a merge request once it is mirrored, each in its own chapter. */

/** The job that failed is run again by a comment in source-git. */
export async function tellRerun(
  { story, style, sourceGit, distGit }: Scene,
  { mergeRequest, pull }: Mirrored,
): Promise<void> {
  story.say();
  await sourceGit.comment(mergeRequest.number, "/sluice retry");
  await story.step({
    name: "the command",
    look: async () =>
      (await sourceGit.comments(mergeRequest.number)).find((text) => text === "/sluice retry"),
    tell: (text) => [`source-git: somebody comments ${style.bold(text)}`],
  });
  await story.step({
    name: "the job passing in dist-git",
    look: async () => {
      const runs = await distGit.checkRuns(pull.head);
      return runs.length > 0 && runs.every(({ state }) => state === "success") ? runs : undefined;
    },
    tell: () => ["dist-git: the failed job runs again, and passes"],
  });
  await story.step({
    name: "the new result in source-git",
    look: async () => {
      const statuses = relayed(await sourceGit.statuses(mergeRequest.head));
      return statuses.length >= 3 && statuses.every(({ state }) => state === "success")
        ? statuses
        : undefined;
    },
    tell: (statuses) => [`source-git: all ${statuses.length} results are green now`],
  });
}

/** A push to the merge request follows to dist-git. */
export async function tellUpdate(
  { story, style, sourceGit, distGit, example }: Scene,
  { mergeRequest, pull }: Mirrored,
): Promise<Mirrored | undefined> {
  story.say();
  await pushFollowUp(example);
  const pushed = await story.step({
    name: "the push",
    look: async () =>
      (await sourceGit.mergeRequests()).find(
        ({ number, head }) => number === mergeRequest.number && head !== mergeRequest.head,
      ),
    tell: ({ head }) => [`source-git: one more commit is pushed: ${style.bold(shortCommit(head))}`],
  });
  const updated = await story.step({
    name: "the update of the counterpart",
    look: async () =>
      (await distGit.pulls()).find(({ number, head }) => number === pull.number && head !== pull.head),
    tell: ({ webUrl }) => ["dist-git: the same merge request stands for both commits", style.link(webUrl)],
  });
  if (!pushed || !updated) return undefined;
  await story.step({
    name: "the second patch",
    look: async () => {
      const patches = (await distGit.files(pull.number)).filter(({ name }) => name.endsWith(".patch"));
      return patches.length > 1 ? patches : undefined;
    },
    tell: (patches) => [
      "dist-git: one patch for each commit",
      ...patches.map(({ name }) => style.bold(name)),
    ],
  });
  return { mergeRequest: pushed, pull: updated };
}

/** Somebody without rights proposes something from a fork; it waits for a maintainer's word. */
export async function tellFork(scene: Scene): Promise<void> {
  const { story, style, sourceGit, distGit, example } = scene;
  story.say();
  const number = await proposeFromFork(scene);
  const title = "Say what a sum is of";
  await story.step({
    name: "the merge request that waits",
    look: async () =>
      (await sourceGit.comments(number)).find((text) => text.includes("Waiting for a maintainer")),
    tell: (text) => [
      "source-git: a merge request from a stranger's fork is not mirrored",
      style.dim(firstLine(text)),
    ],
  });
  const proposed = (await sourceGit.mergeRequests()).find((one) => one.number === number);
  if (!proposed) return;
  const word = `/sluice trust ${proposed.head}`;
  await sourceGit.comment(number, word);
  await story.step({
    name: "the trusted merge request in dist-git",
    look: async () => (await distGit.pulls()).find((pull) => pull.title.includes(title)),
    tell: ({ webUrl }) => [
      `source-git: ${example.sourceForge.account("maintainer").user.name} comments ${style.bold(word)}, and it is mirrored`,
      style.link(webUrl),
    ],
  });
}

async function proposeFromFork({ example }: Scene): Promise<number> {
  const { sourceForge, sourceGit } = example;
  const { user, token } = sourceForge.account("contributor");
  const fork: SandboxRepository = await sourceForge.store.fork(sourceGit, user);
  await pushToFork(example, fork);
  const own = viewGitLab(`${sourceForge.apiUrl}/projects/${fork.id}`, token);
  const { number } = await own.openMergeRequest({
    sourceBranch: "wording",
    title: "Say what a sum is of",
    description: "",
    target: sourceGit.id,
  });
  return number;
}

/** A packager pushes to dist-git itself; that comes home as a merge request in source-git. */
export async function tellHomecoming({ story, style, sourceGit, example }: Scene): Promise<void> {
  story.say();
  const before = new Set((await sourceGit.mergeRequests()).map(({ number }) => number));
  await pushToDistGit(example);
  await story.step({
    name: "dist-git's own change coming home",
    look: async () => (await sourceGit.mergeRequests()).find(({ number }) => !before.has(number)),
    tell: ({ title, author, webUrl }) => [
      "dist-git: a packager pushes to main, and source-git is told by a merge request",
      `${style.bold(title)}, by ${author}`,
      style.link(webUrl),
    ],
  });
}

/** What does not fit is refused with the reason, where its author looks. */
export async function tellConflict({ story, style, sourceGit, example }: Scene): Promise<void> {
  story.say();
  await pushConflict(example);
  const { number, webUrl } = await sourceGit.openMergeRequest({
    sourceBranch: "rebuild",
    title: "Build for a third release",
    description: "",
  });
  await story.step({
    name: "the reason why a merge request is not mirrored",
    look: async () => (await sourceGit.comments(number)).find((text) => text.includes("Not mirrored")),
    tell: (text) => [
      "source-git: a merge request changes the line that the packager changed, and is told why it has to wait",
      ...paragraphs(text)
        .slice(0, 3)
        .map((line) => style.dim(line)),
      style.link(webUrl),
    ],
  });
}

/** Merged here is merged there, as the link of the demo wants it. */
export async function tellMerge(
  { story, style, sourceGit, distGit }: Scene,
  { mergeRequest, pull }: Mirrored,
): Promise<void> {
  story.say();
  await story.step({
    name: "green results of the last commit",
    look: async () => {
      const statuses = await sourceGit.statuses(mergeRequest.head);
      const green = statuses.filter(({ state }) => state === "success").length;
      return green >= 4 && green === statuses.length ? statuses : undefined;
    },
    tell: () => ["source-git: the last commit is green, and a maintainer merges it"],
  });
  await sourceGit.merge(mergeRequest.number, mergeRequest.head);
  await story.step({
    name: "the merged counterpart",
    look: async () =>
      (await distGit.pulls()).find(({ number, state }) => number === pull.number && state === "merged"),
    tell: ({ webUrl }) => ["dist-git: the counterpart is merged with it", style.link(webUrl)],
  });
  await story.step({
    name: "the last word in source-git",
    look: async () =>
      (await sourceGit.comments(mergeRequest.number)).find((text) => text.includes("Merged on both sides")),
    tell: (text) => ["source-git: the one comment says so", style.dim(firstLine(text))],
  });
}
