import { describe, expect, it, jest } from "@jest/globals";
import { fileURLToPath } from "node:url";
import type { StartService } from "../../src/cli/service.js";
import { sluice } from "./run.js";

const file = fileURLToPath(new URL("../fixtures/config/one-link.yml", import.meta.url));
const env = { GITLAB_TOKEN: "glpat-s3cr3t", GITLAB_WEBHOOK_SECRET: "hook-s3cr3t", LOG_LEVEL: "silent" };

/** A service that is told to stop as soon as it runs, and what it was started with. */
function serviceToldToStop(signal: "SIGINT" | "SIGTERM") {
  const started: Parameters<StartService>[0][] = [];
  let stopped = false;
  const startService: StartService = (options) => {
    started.push(options);
    tellNewListeners(signal);
    return Promise.resolve({
      url: `http://127.0.0.1:${options.environment.port}`,
      stop: () => {
        stopped = true;
        return Promise.resolve(0);
      },
    });
  };
  const openLookout = () => Promise.reject(new Error("serve looks at nothing by itself"));
  return {
    started,
    stopped: () => stopped,
    loadService: () => Promise.resolve({ startService, openLookout, openOperations: openLookout }),
  };
}

/** As the signal would, but for those who listened before: they belong to the process that runs the tests. */
function tellNewListeners(signal: "SIGINT" | "SIGTERM"): void {
  const others = new Set(process.rawListeners(signal));
  const timer = setInterval(() => {
    const listening = process.rawListeners(signal).filter((listener) => !others.has(listener));
    for (const listener of listening) listener.call(process, signal);
    if (listening.length > 0) clearInterval(timer);
  }, 5);
}

/** A service that cannot be stopped: its database is cut off, say. */
function serviceThatHangs() {
  const service = serviceToldToStop("SIGTERM");
  const loadService = async () => {
    const { startService, ...others } = await service.loadService();
    const hanging: StartService = async (options) => ({
      ...(await startService(options)),
      stop: () => new Promise<number>(() => undefined),
    });
    return { ...others, startService: hanging };
  };
  return { loadService };
}

describe("serve", () => {
  it.each(["SIGINT", "SIGTERM"] as const)(
    "says where webhooks go, and stops in order on %s",
    async (signal) => {
      const { loadService, stopped } = serviceToldToStop(signal);

      const { code, stdout } = await sluice(["serve", "--config", file], { env, loadService });

      expect(stdout).toMatch(/^Sluice \S+ listens on http:\/\/127.0.0.1:3000\n/);
      expect(stdout).toContain("  webhooks of gitlab.com  http://127.0.0.1:3000/webhooks/gitlab.com\n");
      expect(stopped()).toBe(true);
      expect(code).toBe(0);
    },
  );

  it("ends twenty seconds after the time that work was given, whatever hangs", async () => {
    const exits: unknown[] = [];
    const exit = jest.spyOn(process, "exit").mockImplementation((code) => exits.push(code) as never);
    jest.useFakeTimers();
    const state = { ended: false };
    const { loadService } = serviceThatHangs();

    const argv = ["serve", "--grace", "5", "-c", file];
    const running = sluice(argv, { env, loadService }).finally(() => (state.ended = true));
    let seconds = 0;
    for (; !state.ended; seconds += 1) await jest.advanceTimersByTimeAsync(1000);
    await running;
    jest.useRealTimers();
    exit.mockRestore();

    expect(exits[0]).toBe(1);
    expect(seconds).toBeGreaterThanOrEqual(25);
  });

  it("says so to programs in one line of JSON", async () => {
    const { loadService } = serviceToldToStop("SIGTERM");

    const { stdout } = await sluice(["serve", "--json", "-p", "8123", "-c", file], { env, loadService });

    expect(JSON.parse(stdout)).toMatchObject({
      url: "http://127.0.0.1:8123",
      webhooks: { "gitlab.com": "http://127.0.0.1:8123/webhooks/gitlab.com" },
    });
    expect(stdout.trimEnd()).not.toContain("\n");
  });

  it("takes the port of the command line before that of the environment", async () => {
    const { loadService, started } = serviceToldToStop("SIGTERM");

    await sluice(["serve", "-c", file, "-p", "8123"], { env: { ...env, PORT: "9000" }, loadService });

    expect(started[0]?.environment.port).toBe(8123);
  });

  it.each([
    ["there is no links file", "none.yml", env, "error: there is no links file\n  in none.yml\n"],
    [
      "a webhook secret is missing",
      file,
      { GITLAB_TOKEN: "x" },
      "error: forges.gitlab.com: the environment has no webhook secret for gitlab.com\n" +
        `  in ${file}:2:3\n  Set GITLAB_WEBHOOK_SECRET, or GITLAB_SIGNING_TOKEN.\n`,
    ],
    ["a setting is wrong", file, { ...env, PORT: "http" }, "error: PORT must be a port number, 0 to 65535\n"],
  ])("starts nothing when %s", async (...[, config, variables, sentence]) => {
    const { loadService, started } = serviceToldToStop("SIGTERM");

    const { code, stdout, stderr } = await sluice(["serve", "-c", config], { env: variables, loadService });

    expect(stderr).toContain(sentence);
    expect([code, stdout, started]).toEqual([1, "", []]);
  });
});
