import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

// Nothing of the machine's or the user's configuration may change bytes, and a second run gives the same commits.
const environment = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Real Packages",
  GIT_AUTHOR_EMAIL: "real-packages@example.com",
  GIT_AUTHOR_DATE: "2024-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "Real Packages",
  GIT_COMMITTER_EMAIL: "real-packages@example.com",
  GIT_COMMITTER_DATE: "2024-01-01T00:00:00Z",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
};

/** Runs a program to its end; answers its exit code and what it printed, as bytes. */
export async function run(command, args, { cwd, input, env = {} } = {}) {
  const running = execute(command, args, {
    cwd,
    encoding: "buffer",
    maxBuffer: 1 << 30,
    env: { ...environment, ...env },
  });
  running.child.stdin.on("error", () => {}); // A program may end before it has read all of its input.
  running.child.stdin.end(input);
  try {
    return { code: 0, ...(await running) };
  } catch (error) {
    if (typeof error.code !== "number" && error.signal === undefined) throw error;
    return { code: error.code ?? 1, stdout: error.stdout, stderr: error.stderr };
  }
}

/** Runs git in a repository and answers its output as text; throws when git fails. */
export async function git(repository, args, options = {}) {
  return (await gitBytes(repository, args, options)).toString("utf8");
}

/** Like `git`, with the bytes that it printed. */
export async function gitBytes(repository, args, options = {}) {
  const { code, stdout, stderr } = await run("git", ["-C", repository, ...args], options);
  if (code === 0) return stdout;
  throw new Error(`git ${args.slice(0, 2).join(" ")} failed: ${firstLine(stderr)}`);
}

export function firstLine(bytes) {
  return bytes.toString("utf8").trim().split("\n")[0] ?? "";
}
