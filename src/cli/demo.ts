import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { checkoutFolder } from "../config/checkout.js";
import { systemClock } from "../domain/clock.js";
import { UserError } from "../domain/errors.js";
import { Secret } from "../domain/secret.js";
import { git, gitText } from "../git/run.js";
import { configureExample, connectExample, type Example, installExample } from "../sandbox/example.js";
import { applyMail, person } from "../sandbox/package.js";
import { startSandbox } from "../sandbox/start.js";
import { startBot } from "./demo/bot.js";
import { tellMirroring } from "./demo/mirroring.js";
import { createStory, type Story } from "./demo/story.js";
import { createStyle, type Style } from "./demo/style.js";

interface DemoOptions {
  readonly once?: boolean;
}

/** `sluice demo`: the main job, on forges in a box, told as it happens. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("Shows a merge request being mirrored, on forges in a box, step by step")
    .option("--once", "end when everything was seen instead of staying up until Ctrl-C")
    .action(runDemo);
}

/** Throws `UserError` ("missing") unless every step was observed over HTTP. */
async function runDemo({ once }: DemoOptions): Promise<void> {
  const style = createStyle(process.stdout.isTTY);
  const story = createStory({
    clock: systemClock,
    style,
    write: (line) => process.stdout.write(`${line}\n`),
    sleep: (milliseconds) => sleep(milliseconds),
  });
  const directory = await mkdtemp(join(tmpdir(), "sluice-demo-"));
  const forges = [
    { name: "gitlab.sandbox", kind: "gitlab" },
    { name: "github.sandbox", kind: "github" },
  ] as const;
  const sandbox = await startSandbox({
    forges,
    directory,
    clock: systemClock,
    mergeabilityMilliseconds: 500,
  });
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => end.abort());
  try {
    const example = await installExample({
      sourceForge: sandbox.forge("gitlab.sandbox"),
      distForge: sandbox.forge("github.sandbox"),
      folder: join(checkoutFolder(), "test", "fixtures", "packages", "tally"),
      directory,
    });
    await using bot = await startBot(await configureExample(example, { directory }), directory);
    connectExample(example, bot.url);
    scriptCi(example);
    introduce({ story, style, example, botUrl: bot.url });
    await pushContribution(example);
    await tellMirroring({ story, style, example });
    await conclude({ story, style, stay: once !== true, end: end.signal });
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function scriptCi({ distForge, distGit }: Example): void {
  const states = ["pending", "running", "success"] as const;
  const jobs = ["scratch-build", "rpmlint", "smoke-test"].map((name) => ({ name, states }));
  distForge.ci.script(distGit, { jobs, stepMilliseconds: 1500 });
}

interface Introduction {
  readonly story: Story;
  readonly style: Style;
  readonly example: Example;
  readonly botUrl: string;
}

function introduce({ story, style, example, botUrl }: Introduction): void {
  const { sourceForge, distForge, sourceGit, distGit } = example;
  story.say(
    style.bold("A merge request in source-git, carried to dist-git, and its CI results carried back"),
  );
  story.say();
  story.say(`  source-git  ${style.link(`${sourceForge.url}/${sourceGit.path}`)}   a GitLab in a box`);
  story.say(`  dist-git    ${style.link(`${distForge.url}/${distGit.path}`)}   a GitHub in a box`);
  story.say(`  Sluice      ${style.link(botUrl)}   bin/sluice serve, a process of its own`);
  story.say();
}

/** What a contributor does before the merge request: a branch with a commit, pushed. */
async function pushContribution({ sourceForge, sourceGit, local }: Example): Promise<void> {
  const directory = local.sourceGit;
  const { user, token } = sourceForge.account("maintainer");
  const url = sourceForge.cloneUrl(sourceGit);
  await git(["switch", "--quiet", "--create", "overflow"], { directory });
  await applyMail(directory, local.contribution, person(user.name, user.email, "2026-11-02T16:05:00+00:00"));
  const credentials = { url, username: user.login, password: new Secret(token) };
  await git(["push", "--quiet", url, "overflow"], { directory, credentials });
  await gitText(["rev-parse", "overflow"], { directory });
}

interface Conclusion {
  readonly story: Story;
  readonly style: Style;
  readonly stay: boolean;
  readonly end: AbortSignal;
}

async function conclude({ story, style, stay, end }: Conclusion): Promise<void> {
  story.say();
  const { missed } = story;
  if (missed.length === 0) story.say(style.bold("Everything was seen over HTTP, as a person would see it."));
  if (stay && !end.aborted) {
    story.say("The forges and Sluice stay up for a look around; Ctrl-C ends them.");
    await new Promise((resolve) => end.addEventListener("abort", resolve, { once: true }));
  }
  if (missed.length > 0)
    throw new UserError("missing", { message: `not everything was seen: ${missed.join(", ")}` });
}
