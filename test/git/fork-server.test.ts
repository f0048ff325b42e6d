import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ForkServer } from "../../src/git/starting/fork-server.js";
import type { Started } from "../../src/git/starting/starter.js";

let folder: string;
let lost: string[];
let server: ForkServer;
let program: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fork-server-"));
  // Does what it is told.
  await writeFile(join(folder, "git"), '#!/bin/sh\nexec sh -c "$1"\n', { mode: 0o755 });
  lost = [];
  server = new ForkServer((why) => lost.push(why));
});

afterEach(async () => {
  server.stop();
  program?.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

const waiting = "echo $$; exec sleep 10000";
const finishing = () =>
  `echo $$; until [ -e ${folder}/go ]; do sleep 0.1; done; echo done > ${folder}/done; echo done`;

describe("the fork server", () => {
  it("leaves it to us to start what comes before it is ready", async () => {
    expect(await said(start("echo $PPID"))).toBe(String(process.pid));
    await server.ready;
    expect(await said(start("echo $PPID"))).toBe(String(server.pid));
  });

  it("knows nothing of our environment", async () => {
    await server.ready;
    expect(Object.keys(process.env)).toContain("NODE_ENV");
    const names = await said(start("tr '\\0' '\\n' < /proc/$PPID/environ | sed 's/=.*//'"));
    expect(names).toContain("PATH");
    expect(names).not.toContain("NODE_ENV");
  });

  it("starts git where we are, wherever we go", async () => {
    await server.ready;
    const before = process.cwd();
    expect(await said(start("pwd -P"))).toBe(before);
    process.chdir(folder);
    try {
      expect(await said(start("pwd -P"))).toBe(await realpath(folder));
    } finally {
      process.chdir(before);
    }
  });

  it("makes other pipes where those that it had were cleared away", async () => {
    await server.ready;
    await rm(await pipesOf(server.pid), { recursive: true });
    expect(await said(start("echo still"))).toBe("still");
    while ((await said(start("echo $PPID"))) !== String(server.pid)) await aWhile();
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("heeds no %s, which we get as well", async (signal) => {
    await server.ready;
    process.kill(Number(server.pid), signal);
    expect(await said(start("echo $PPID"))).toBe(String(server.pid));
  });
});

describe("when the fork server is killed", () => {
  beforeEach(() => server.ready);

  it("what it ran is ended and has failed, and we start what comes then", async () => {
    const command = start(waiting);
    const pid = await firstLine(command);
    process.kill(Number(server.pid), "SIGKILL");
    expect(await command.exit).toMatchObject({ code: undefined, failure: expect.stringContaining("ended") });
    await gone(pid);
    expect(lost).toHaveLength(1);
    while ((await pipesOf(server.pid)) !== "") await aWhile();
    expect(await said(start("echo $PPID"))).toBe(String(process.pid));
  });

  it("what is shielded ends as it would, and is waited for", async () => {
    const command = start(finishing(), { shielded: true });
    await firstLine(command);
    process.kill(Number(server.pid), "SIGKILL");
    while (lost.length === 0) await aWhile();
    const rest = text(command.stdout);
    await writeFile(join(folder, "go"), "");
    expect(await rest).toBe("done\n");
    expect(await command.exit).toMatchObject({ code: undefined });
  });

  it("what is shielded can be stopped still", async () => {
    const command = start(waiting, { shielded: true });
    await firstLine(command);
    process.kill(Number(server.pid), "SIGKILL");
    while (lost.length === 0) await aWhile();
    command.kill("SIGTERM");
    expect(await command.exit).toMatchObject({ code: undefined });
  });
});

describe("when the fork server hangs", () => {
  beforeEach(async () => {
    server.stop();
    server = new ForkServer((why) => lost.push(why), 50);
    await server.ready;
  });

  it("it is killed, and what it runs has failed, as has what it should have started", async () => {
    const running = start(waiting);
    const pid = await firstLine(running);
    process.kill(Number(server.pid), "SIGSTOP");
    const waits = start("echo never");

    const failed = { code: undefined, failure: expect.stringContaining("ended") };
    expect(await running.exit).toMatchObject(failed);
    expect(await waits.exit).toMatchObject(failed);
    await gone(pid);
    expect(lost).toEqual(["it hung, and was killed"]);
  });

  it("not, however long a command takes", async () => {
    expect(await said(start("sleep 1; echo at last"))).toBe("at last");
    expect(lost).toEqual([]);
  });
});

describe("the fork server of a process", () => {
  it("ends with it when it is killed, and what it runs, but for what is shielded", async () => {
    const says = run(`
      const [plain, shielded] = [start(${JSON.stringify(waiting)}), start(${JSON.stringify(finishing())}, true)];
      plain.stdout.once("data", (pid) => shielded.stdout.once("data", (other) => console.log("" + pid + other)));
    `);
    const [fork, plain, shielded] = await words(says, 3);
    program?.kill("SIGKILL");
    for (const pid of [fork, plain]) await gone(pid);
    await writeFile(join(folder, "go"), "");
    await gone(shielded);
    expect(existsSync(join(folder, "done"))).toBe(true);
    expect(await pipesOf(fork)).toBe("");
  });

  it("is followed by another one, a while after it was killed", async () => {
    const says = run(`
      const { start: startGit, startGitBeside } = await import(${JSON.stringify(compiled("start"))});
      startGitBeside(() => undefined, 200);
      const command = { args: ["echo $PPID"], environment, takesInput: false, shielded: false, background: false };
      const parent = async () => {
        const { stdout, exit } = startGit(command);
        let said = "";
        stdout.on("data", (chunk) => (said += chunk));
        await exit;
        return Number(said);
      };
      const besideAfter = async (...others) => {
        for (;;) {
          const pid = await parent();
          if (![0, process.pid, ...others].includes(pid)) return pid;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      const first = await besideAfter();
      process.kill(first, "SIGKILL");
      console.log(first, await besideAfter(first));
    `);
    const [, one, other] = await words(says, 3);
    expect(other).not.toBe(one);
  });

  it("does not keep it from ending, and ends what nobody waits for", async () => {
    const says = run(`
      const plain = start(${JSON.stringify(waiting)});
      plain.stdout.once("data", (pid) => { console.log("" + pid); plain.hold(false); });
    `);
    const [fork, plain] = await words(says, 2);
    if (program?.exitCode === null) await once(program, "exit");
    for (const pid of [fork, plain]) await gone(pid);
  });

  it("keeps it until what it waits for has ended", async () => {
    const says = run(`void start("sleep 0.2; exit 7").exit.then(({ code }) => console.log(code));`);
    expect((await words(says, 2))[1]).toBe("7");
    if (program?.exitCode === null) await once(program, "exit");
    expect(program?.exitCode).toBe(0);
  });
});

function start(script: string, { shielded = false } = {}): Started {
  const environment = { PATH: `${folder}:/usr/local/bin:/usr/bin:/bin` };
  return server.start({ args: [script], environment, takesInput: false, shielded, background: false });
}

async function said({ stdout, exit }: Started): Promise<string> {
  const output = await text(stdout);
  await exit;
  return output.trim();
}

/** What a command says first, once it is known to run. The rest is for others to read. */
async function firstLine({ stdout }: Started): Promise<string> {
  const [line] = (await once(stdout, "data")) as [Buffer];
  stdout.pause();
  // What the fork server tells of a later command, it tells later.
  await said(start("true"));
  return line.toString("utf8").trim();
}

function compiled(module: string): string {
  return new URL(`../../dist/src/git/starting/${module}.js`, import.meta.url).href;
}

/** Runs a program with a fork server of its own, of which it says the number first. */
function run(script: string): AsyncIterable<Buffer> {
  const prelude = `
    const { ForkServer } = await import(${JSON.stringify(compiled("fork-server"))});
    const server = new ForkServer(() => undefined);
    const staying = setInterval(() => undefined, 1000);
    await server.ready;
    clearInterval(staying);
    const environment = { PATH: ${JSON.stringify(`${folder}:/usr/local/bin:/usr/bin:/bin`)} };
    const start = (script, shielded = false) =>
      server.start({ args: [script], environment, takesInput: false, shielded, background: false });
    console.log(server.pid);
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", prelude + script]);
  program = child;
  return child.stdout;
}

async function words(output: AsyncIterable<Buffer>, count: number): Promise<readonly string[]> {
  let all = "";
  for await (const chunk of output) {
    all += chunk.toString("utf8");
    if (all.endsWith("\n") && all.trim().split(/\s+/).length >= count) break;
  }
  const said = all.trim().split(/\s+/);
  if (said.length < count) throw new Error(`the program said no more than ${all}`);
  return said;
}

/** Where a fork server has its pipes. */
async function pipesOf(pid: number | string | undefined): Promise<string> {
  const name = (await readdir(tmpdir())).find((each) => each.startsWith(`sluice-${String(pid)}-`));
  return name === undefined ? "" : join(tmpdir(), name);
}

async function gone(pid: string | undefined): Promise<void> {
  while (await isRunning(pid)) await aWhile();
}

/** Whoever ended may still wait for somebody to ask how. */
async function isRunning(pid: string | undefined): Promise<boolean> {
  const told = await readFile(`/proc/${pid ?? ""}/stat`, "utf8").catch(() => "x) Z");
  return !/\) [ZX]/.test(told);
}

async function aWhile(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
