import { afterEach, describe, expect, it } from "@jest/globals";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../world/ports.js";
import { checkout, Program } from "../world/program.js";

let end: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const act of end.reverse()) await act();
  end = [];
});

describe("the README's section “Try it by hand”", () => {
  it("works as it is written", async () => {
    const [sandboxTerminal = [], sluiceTerminal = [], contributor = [], looking = []] = await terminals();
    const directory = await mkdtemp(join(tmpdir(), "sluice-by-hand-"));
    end.push(() => rm(directory, { recursive: true, force: true }));
    for (const name of ["bin", "test"]) await symlink(join(checkout, name), join(directory, name));
    const port = await freePort();

    const sandbox = startTyped(sandboxTerminal, { directory, port });
    await sandbox.says(/wrote box\/environment/);
    const sluice = startTyped(sluiceTerminal, {
      directory,
      port,
      environment: await readVariables(directory),
    });
    await sluice.says(/listens on/);

    const opened = await type(contributor, directory);
    expect(opened).toContain('"title":"Do not overflow on large sums"');

    const seen = await eventually(() => type([...preparation(contributor), ...looking], directory));
    expect(seen).toContain("**Mirrored**");
    expect(seen).toContain("0002-Do-not-overflow-on-large-sums.patch");
  });
});

/** The commands of each console block of the section. */
async function terminals(): Promise<string[][]> {
  const readme = await readFile(join(checkout, "README.md"), "utf8");
  const section = /^## Try it by hand$(.*?)^## /ms.exec(readme)?.[1] ?? "";
  return [...section.matchAll(/```console\n(.*?)```/gs)].map(([, block = ""]) =>
    [...block.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(([, command = ""]) => command),
  );
}

/** The last command of a terminal is the program that stays up there. */
function startTyped(
  commands: readonly string[],
  where: { directory: string; port: number; environment?: Record<string, string> },
): Program {
  const [program, ...args] = (commands.at(-1) ?? "").split(" ");
  if (program !== "bin/sluice") throw new Error(`not a command of ours: ${commands.at(-1) ?? "none"}`);
  const { directory: cwd, port, environment = {} } = where;
  const started = new Program([...args, "--port", String(port)], { cwd, environment });
  end.push(() => started.end("SIGTERM"));
  return started;
}

function preparation(commands: readonly string[]): readonly string[] {
  return commands.slice(0, 1);
}

async function type(commands: readonly string[], cwd: string): Promise<string> {
  const script = ["set -e", ...commands].join("\n");
  const identity = { GIT_COMMITTER_NAME: "Robin Okafor", GIT_COMMITTER_EMAIL: "robin@contributor.example" };
  const { stdout } = await promisify(execFile)("bash", ["-c", script], {
    cwd,
    env: { ...process.env, ...identity },
  });
  return stdout;
}

async function readVariables(directory: string): Promise<Record<string, string>> {
  const printed = await type(["set -a; . box/environment; set +a", "env -0"], directory);
  return Object.fromEntries(
    printed.split("\0").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

async function eventually(look: () => Promise<string>): Promise<string> {
  const deadline = Date.now() + 200_000;
  for (;;) {
    const seen = await look().catch(String);
    if (seen.includes("**Mirrored**") || Date.now() > deadline) return seen;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
