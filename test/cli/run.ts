import { jest } from "@jest/globals";
import { main, type Program } from "../../src/cli/main.js";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly env?: Readonly<Record<string, string>>;
  readonly loadService?: Program["loadService"];
}

/** Runs `sluice` with these arguments in this process, with nothing in the environment but what is given. */
export async function sluice(argv: readonly string[], { env = {}, loadService }: Running = {}): Promise<Ran> {
  const before = { env: process.env, exitCode: process.exitCode };
  process.env = { PATH: before.env["PATH"], ...env };
  // Jest sets its own once a test has failed.
  process.exitCode = undefined;
  const stdout = captured("stdout");
  const stderr = captured("stderr");
  try {
    const code = await main({ argv, loadService: loadService ?? noService });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.env = before.env;
    process.exitCode = before.exitCode;
    stdout.end();
    stderr.end();
  }
}

function captured(stream: "stdout" | "stderr") {
  const said: string[] = [];
  const spy = jest.spyOn(process[stream], "write").mockImplementation((chunk) => {
    said.push(String(chunk));
    return true;
  });
  return { text: () => said.join(""), end: () => spy.mockRestore() };
}

function noService(): never {
  throw new Error("this command starts no service");
}
