import { afterEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/domain/clock.js";
import { configureExample, connectExample, type Example, installExample } from "../../src/sandbox/example.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";
import { startSandbox } from "../../src/sandbox/start.js";
import { DistGit } from "../world/dist-git.js";
import { checkout, freePort, Program } from "../world/program.js";
import { distSide, sourceSide } from "../world/side.js";
import { type Opened, SourceGit } from "../world/source-git.js";
import { StatusLog } from "../world/status-log.js";

interface Scene {
  readonly sourceGit: SourceGit;
  readonly distGit: DistGit;
  readonly example: Example;
}

/** Every outside effect of mirroring, in the order in which they happen, as somebody outside can see it. */
const effects: Readonly<Record<string, (scene: Scene, mergeRequest: Opened) => boolean | Promise<boolean>>> =
  {
    "the first status": ({ sourceGit }, mergeRequest) => "sluice" in sourceGit.statuses(mergeRequest),
    "the push to dist-git": async ({ example: { distForge, distGit } }) =>
      (await distForge.store.branch(distGit, "sluice/tally-1")) !== undefined,
    "the counterpart": ({ distGit }) => distGit.mergeRequests().length > 0,
    "the comment": ({ sourceGit }, mergeRequest) => sourceGit.comments(mergeRequest).length > 0,
    "the last status": ({ sourceGit }, mergeRequest) => isMirrored(sourceGit, mergeRequest),
  };

let end: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const act of end.reverse()) await act();
  end = [];
});

describe("Sluice, killed without warning", () => {
  it.each(Object.keys(effects))(
    "right after %s, goes on when it is started again, and nothing is doubled",
    async (effect) => {
      const scene = await startScene();
      const killed = await startSluice(scene);
      const mergeRequest = await scene.sourceGit.openMergeRequest();
      await until(() => effects[effect]?.(scene, mergeRequest) ?? false);
      await killed.end("SIGKILL");

      await startSluice(scene);
      await until(() => isMirrored(scene.sourceGit, mergeRequest));

      const mirrors = scene.distGit.mergeRequests();
      expect(mirrors).toMatchObject([{ state: "open", title: "Do not overflow on large sums" }]);
      const change = await scene.distGit.changeOf(mirrors[0]);
      expect(change.commits).toHaveLength(1);
      expect(scene.sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
    },
  );
});

function isMirrored(sourceGit: SourceGit, mergeRequest: Opened): boolean {
  return sourceGit.statuses(mergeRequest)["sluice"]?.state === "success";
}

interface Started extends Scene {
  readonly directory: string;
  readonly port: number;
}

async function startScene(): Promise<Started> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-killed-"));
  end.push(() => rm(directory, { recursive: true, force: true }));
  const forges = [
    { name: "gitlab.example", kind: "gitlab" },
    { name: "github.example", kind: "github" },
  ] as const;
  const sandbox: Sandbox = await startSandbox({ forges, directory, clock: systemClock });
  end.push(() => sandbox.close());
  const example = await installExample({
    sourceForge: sandbox.forge("gitlab.example"),
    distForge: sandbox.forge("github.example"),
    folder: join(checkout, "test/fixtures/packages/tally"),
    directory,
  });
  const log = new StatusLog();
  const port = await freePort();
  connectExample(example, `http://127.0.0.1:${port}`);
  return {
    directory,
    port,
    example,
    sourceGit: new SourceGit(sourceSide(example, log), example.local),
    distGit: new DistGit(distSide(example, log)),
  };
}

async function startSluice({ example, directory, port }: Started): Promise<Program> {
  const { file, environment } = await configureExample(example, { directory });
  const sluice = new Program(["serve", "--config", file], {
    environment: {
      ...environment,
      PORT: String(port),
      HOST: "127.0.0.1",
      DATA_DIRECTORY: join(directory, "data"),
    },
  });
  end.push(async () => {
    await sluice.end("SIGTERM");
  });
  await sluice.says(/listens on/);
  return sluice;
}

async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error("it did not happen within 20 seconds");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
