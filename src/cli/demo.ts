import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { checkoutFolder } from "../config/checkout.js";
import { systemClock } from "../domain/clock.js";
import { UserError } from "../domain/errors.js";
import { configureExample, connectExample, type Example, installExample } from "../sandbox/example.js";
import { startSandbox } from "../sandbox/start.js";
import { startBot } from "./demo/bot.js";
import { tellConflict, tellFork, tellHomecoming, tellMerge, tellRerun, tellUpdate } from "./demo/life.js";
import { tellMirroring } from "./demo/mirroring.js";
import { pushContribution } from "./demo/people.js";
import { type Scene, setScene } from "./demo/scene.js";
import { createStory, type Story } from "./demo/story.js";
import { createStyle, type Style } from "./demo/style.js";

interface DemoOptions {
  readonly once?: boolean;
}

/** `sluice demo`: the main job, on forges in a box, told as it happens. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("Shows the life of a merge request that is mirrored, on forges in a box, step by step.")
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
    const link = { "after-source-merge": "merge" };
    await using bot = await startBot(await configureExample(example, { directory, link }), directory);
    connectExample(example, bot.url);
    scriptCi(example, "failure");
    introduce({ story, style, example, botUrl: bot.url });
    await tell(setScene({ story, style, example }));
    await conclude({ story, style, stay: once !== true, end: end.signal });
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function tell(scene: Scene): Promise<void> {
  await pushContribution(scene.example);
  const mirrored = await tellMirroring(scene);
  if (!mirrored) return;
  scriptCi(scene.example, "success");
  await tellRerun(scene, mirrored);
  const updated = await tellUpdate(scene, mirrored);
  await tellFork(scene);
  await tellHomecoming(scene);
  await tellConflict(scene);
  if (updated) await tellMerge(scene, updated);
}

/** What dist-git's CI does with each commit from now on; one test is of the kind that fails now and then. */
function scriptCi({ distForge, distGit }: Example, smokeTest: "success" | "failure"): void {
  const jobs = (["scratch-build", "rpmlint", "smoke-test"] as const).map((name) => ({
    name,
    states: ["pending", "running", name === "smoke-test" ? smokeTest : "success"] as const,
  }));
  distForge.ci.script(distGit, { jobs, stepMilliseconds: 800 });
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
    style.bold("The life of a merge request in source-git that is carried to dist-git, and what comes back"),
  );
  story.say();
  story.say(`  source-git  ${style.link(`${sourceForge.url}/${sourceGit.path}`)}   a GitLab in a box`);
  story.say(`  dist-git    ${style.link(`${distForge.url}/${distGit.path}`)}   a GitHub in a box`);
  story.say(`  Sluice      ${style.link(botUrl)}   bin/sluice serve, a process of its own`);
  story.say();
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
