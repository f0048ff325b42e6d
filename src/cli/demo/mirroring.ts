import type { SeenCheckRun, SeenPull } from "./github.js";
import type { SeenMergeRequest } from "./gitlab.js";
import { firstLine, relayed, type Scene } from "./scene.js";

/** The two merge requests of the story. */
export interface Mirrored {
  readonly mergeRequest: SeenMergeRequest;
  readonly pull: SeenPull;
}

/** Opens the merge request and tells what follows from it on both sides, all of it seen over HTTP. */
export async function tellMirroring(scene: Scene): Promise<Mirrored | undefined> {
  const mergeRequest = await openMergeRequest(scene);
  await tellFirstStatus(scene, mergeRequest);
  const pull = await tellCounterpart(scene);
  if (!pull) return undefined;
  await tellConversion(scene, pull);
  await tellAnswer(scene, mergeRequest);
  await tellCi(scene, { mergeRequest, pull });
  return { mergeRequest, pull };
}

async function openMergeRequest({ story, style, sourceGit }: Scene): Promise<SeenMergeRequest> {
  story.begin();
  const title = "Do not overflow on large sums";
  const description = "The sum was kept in an int and wrapped around above 2147483647.\n\nReported by @ines.";
  const mergeRequest = await sourceGit.openMergeRequest({ sourceBranch: "overflow", title, description });
  await story.step({
    name: "the merge request in source-git",
    look: () => Promise.resolve(mergeRequest),
    tell: ({ webUrl }) => [`source-git: a merge request is opened: ${style.bold(title)}`, style.link(webUrl)],
  });
  return mergeRequest;
}

async function tellFirstStatus(
  { story, style, sourceGit }: Scene,
  { head }: SeenMergeRequest,
): Promise<void> {
  await story.step({
    name: "Sluice's first commit status",
    look: async () => (await sourceGit.statuses(head)).find(({ name }) => name === "sluice"),
    tell: ({ state, description }) => [
      `source-git: commit status ${style.bold("sluice")}: ${state}, ${description}`,
    ],
  });
}

async function tellCounterpart({ story, style, distGit }: Scene): Promise<SeenPull | undefined> {
  return story.step({
    name: "the merge request in dist-git",
    look: async () => (await distGit.pulls())[0],
    tell: ({ title, webUrl }) => [
      `dist-git: the counterpart is open: ${style.bold(title)}`,
      style.link(webUrl),
    ],
  });
}

async function tellConversion({ story, style, distGit }: Scene, { number }: SeenPull): Promise<void> {
  await story.step({
    name: "the converted commit",
    look: async () => (await distGit.commits(number))[0],
    tell: ({ author, committer, lastLine }) => [
      `dist-git: one commit by ${author}, committed by ${committer}`,
      style.dim(lastLine),
    ],
  });
  await story.step({
    name: "the converted spec and patch",
    look: async () => {
      const files = await distGit.files(number);
      return files.length > 0 ? files : undefined;
    },
    tell: (files) => [
      "dist-git: the change is converted to spec and patch",
      ...files.flatMap(({ name, change, added }) => [
        `${style.bold(name)} ${change}`,
        ...(name.endsWith(".spec") ? added.map((line) => style.good(`+ ${line}`)) : []),
      ]),
    ],
  });
}

async function tellAnswer(
  { story, style, sourceGit }: Scene,
  { number, head }: SeenMergeRequest,
): Promise<void> {
  await story.step({
    name: "Sluice's comment",
    look: async () => (await sourceGit.comments(number))[0],
    tell: (text) => ["source-git: one comment leads there", style.dim(firstLine(text))],
  });
  await story.step({
    name: "the status that says where it is mirrored",
    look: async () =>
      (await sourceGit.statuses(head)).find(({ name, state }) => name === "sluice" && state === "success"),
    tell: ({ state, description }) => [
      `source-git: commit status ${style.bold("sluice")}: ${state}, ${description}`,
    ],
  });
}

async function tellCi(
  { story, style, sourceGit, distGit }: Scene,
  { mergeRequest, pull }: Mirrored,
): Promise<void> {
  await story.step({
    name: "CI starting in dist-git",
    look: async () => begun(await distGit.checkRuns(pull.head)),
    tell: ({ name, state }) => [`dist-git: CI runs on the mirrored commit: ${name} ${state}`],
  });
  await story.step({
    name: "the first result coming back",
    look: async () => relayed(await sourceGit.statuses(mergeRequest.head))[0],
    tell: ({ name, state }) => [`source-git: the first result is back: ${style.bold(name)} ${state}`],
  });
  await story.step({
    name: "a job failing in dist-git",
    look: async () => (await distGit.checkRuns(pull.head)).find(({ state }) => state === "failure"),
    tell: ({ name }) => [`dist-git: ${style.bad(`${name} failed`)}`],
  });
  await story.step({
    name: "the results on the source-git commit",
    look: async () => {
      const statuses = relayed(await sourceGit.statuses(mergeRequest.head));
      const ended = statuses.filter(({ state }) => state === "success" || state === "failed");
      return ended.length >= 3 ? ended : undefined;
    },
    tell: (statuses) => [
      "source-git: every result is on the very commit that was tested",
      ...statuses.map(({ name, state, targetUrl }) => {
        const dot = state === "success" ? style.good("●") : style.bad("●");
        return `${dot} ${name} ${state}  ${style.link(targetUrl)}`;
      }),
    ],
  });
}

/** One that runs; on a busy machine the first look may come when all have ended. */
function begun(runs: readonly SeenCheckRun[]): SeenCheckRun | undefined {
  return runs.find(({ state }) => state === "in_progress") ?? runs.find(({ state }) => state !== "queued");
}
