import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { withProgress } from "../../src/cli/progress.js";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

async function told(milliseconds: number, isTTY = true): Promise<string> {
  const said: string[] = [];
  const terminal = { isTTY, write: (text: string) => said.push(text) };
  const work = () => new Promise<string>((resolve) => setTimeout(() => resolve("done"), milliseconds));
  const result = withProgress("converting", work, terminal);
  await jest.advanceTimersByTimeAsync(milliseconds);
  expect(await result).toBe("done");
  return said.join("");
}

describe("progress", () => {
  it("is told each second of what takes long, and wiped away at its end", async () => {
    expect(await told(2500)).toBe("\r\u001b[Kconverting… 1 s\r\u001b[Kconverting… 2 s\r\u001b[K");
  });

  it("is not told of what is quick, nor to programs", async () => {
    expect(await told(900)).toBe("");
    expect(await told(2500, false)).toBe("");
  });

  it("is wiped away before an error is said", async () => {
    const said: string[] = [];
    const terminal = { isTTY: true, write: (text: string) => said.push(text) };
    const work = () =>
      new Promise<never>((_resolve, reject) => setTimeout(() => reject(new Error("no")), 1500));
    const result = expect(withProgress("converting", work, terminal)).rejects.toThrow("no");
    await jest.advanceTimersByTimeAsync(1500);
    await result;
    expect(said.at(-1)).toBe("\r\u001b[K");
  });
});
