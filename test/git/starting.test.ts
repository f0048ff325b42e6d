import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { startDirectly } from "../../src/git/starting/direct.js";
import { ForkServer } from "../../src/git/starting/fork-server.js";
import type { Command, Exit, Start } from "../../src/git/starting/starter.js";

let folder: string;
let server: ForkServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "starting-"));
  // Does what it is told.
  await writeFile(join(folder, "git"), '#!/bin/sh\nexec sh -c "$1"\n');
  await chmod(join(folder, "git"), 0o755);
  server = new ForkServer(() => undefined);
  await server.ready;
});

afterAll(async () => {
  server.stop();
  await rm(folder, { recursive: true });
});

const ways: readonly (readonly [string, Start])[] = [
  ["directly", startDirectly],
  ["by the fork server", (command) => server.start(command)],
];

describe.each(ways)("a command that is started %s", (_, start) => {
  it("gets its input and gives its output byte for byte", async () => {
    const input = Buffer.from(Array.from({ length: 256 }, (_each, at) => at));
    const { stdin, stdout, exit } = start(doing("cat", { takesInput: true }));
    stdin?.end(Buffer.alloc(50_000_000, input));
    expect((await buffer(stdout)).equals(Buffer.alloc(50_000_000, input))).toBe(true);
    expect(await exit).toEqual({ code: 0, failure: undefined });
  });

  it("answers while it gets its input", async () => {
    const { stdin, stdout, exit } = start(
      doing("while read line; do echo got $line; done", { takesInput: true }),
    );
    const answers = stdout.setEncoding("utf8")[Symbol.asyncIterator]();
    stdin?.write("one\n");
    expect(await answers.next()).toMatchObject({ value: "got one\n" });
    stdin?.write("two\n");
    expect(await answers.next()).toMatchObject({ value: "got two\n" });
    stdin?.end();
    expect(await answers.next()).toMatchObject({ done: true });
    expect(await exit).toMatchObject({ code: 0 });
  });

  it("finds no input where there is none", async () => {
    expect(await outcome(start, doing("cat; exit 3"))).toMatchObject({ output: "", code: 3 });
  });

  it("may end before it has read its input", async () => {
    const { stdin, exit } = start(doing("exit 4", { takesInput: true }));
    stdin?.on("error", () => undefined).end(Buffer.alloc(1_000_000));
    expect(await exit).toMatchObject({ code: 4 });
  });

  it("ends, though nobody reads what it says", async () => {
    expect(await start(doing("echo a; echo b >&2")).exit).toMatchObject({ code: 0 });
  });

  it("complains apart from its output", async () => {
    const command = doing("echo answer; echo complaint >&2; exit 1");
    expect(await outcome(start, command)).toMatchObject({
      output: "answer\n",
      complaints: "complaint\n",
      code: 1,
    });
  });

  it("has the environment that is given, our folder, and nothing else", async () => {
    const command = doing('printf "%s|%s|%s" "$ODD" "${HOME-none}" "$(pwd -P)"', {
      ODD: "a\nb 'ü' \u{1f600}",
    });
    const { output } = await outcome(start, command);
    expect(output).toBe(`a\nb 'ü' \u{1f600}|none|${process.cwd()}`);
  });

  it("runs beside many others, each with its own pipes", async () => {
    const numbers = Array.from({ length: 100 }, (_each, at) => String(at));
    const answers = numbers.map(async (number) => {
      const { stdin, stdout } = start(doing("cat", { takesInput: true }));
      stdin?.end(number);
      return text(stdout);
    });
    expect(await Promise.all(answers)).toEqual(numbers);
  });

  it("can be stopped before it has begun", async () => {
    const command = start(doing("exec sleep 10000"));
    command.kill("SIGTERM");
    expect(await command.exit).toMatchObject({ code: undefined });
  });

  it("can be stopped though it does not want to", async () => {
    const command = start(doing("trap '' TERM; echo ready; while :; do sleep 0.1; done"));
    await new Promise((resolve) => command.stdout.once("data", resolve));
    command.kill("SIGTERM");
    command.kill("SIGKILL");
    expect(await command.exit).toMatchObject({ code: undefined });
    command.kill("SIGKILL");
  });

  it("lets others go first when it is told to", async () => {
    const command = doing('until [ "$(nice)" = 19 ]; do sleep 0.1; done', { background: true });
    expect(await outcome(start, command)).toMatchObject({ code: 0 });
  });

  it.each([
    [true, "its own"],
    [false, "ours"],
  ])("when shielded (%s) has %s process group", async (shielded) => {
    const { output } = await outcome(start, doing("cut -d' ' -f1,5 /proc/self/stat; echo $$", { shielded }));
    const [, group, self] = output.split(/\s/);
    expect(group === self).toBe(shielded);
  });

  it("is not there", async () => {
    const command = { ...doing(""), environment: { PATH: "/nonexistent" } };
    expect(await outcome(start, command)).toMatchObject({
      code: undefined,
      failure: expect.stringContaining("ENOENT"),
    });
  });

  it("cannot take an argument of megabytes", async () => {
    const command = doing("x".repeat(3_000_000));
    expect(await outcome(start, command)).toMatchObject({
      code: undefined,
      failure: expect.stringContaining("E2BIG"),
    });
  });
});

function doing(
  script: string,
  { takesInput = false, shielded = false, background = false, ...environment }: Doing = {},
): Command {
  const path = `${folder}:/usr/local/bin:/usr/bin:/bin`;
  return { args: [script], environment: { PATH: path, ...environment }, takesInput, shielded, background };
}

type Doing = Partial<Pick<Command, "takesInput" | "shielded" | "background">> & { readonly ODD?: string };

interface Outcome extends Exit {
  readonly output: string;
  readonly complaints: string;
}

async function outcome(start: Start, command: Command): Promise<Outcome> {
  try {
    const { stdout, stderr, exit } = start(command);
    const [output, complaints] = await Promise.all([text(stdout), text(stderr)]);
    return { ...(await exit), output, complaints };
  } catch (error) {
    return { code: undefined, failure: String(error), output: "", complaints: "" };
  }
}
