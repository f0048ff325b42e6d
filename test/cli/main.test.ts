import { describe, expect, it } from "@jest/globals";
import { fileURLToPath } from "node:url";
import { type Complaining, OperatorError, RetryLater, UserError } from "../../src/domain/errors.js";
import { sluice } from "./run.js";

const commands = ["serve", "check-config", "update-dist-git", "status", "sandbox", "demo"];

describe("sluice", () => {
  it("lists its commands and exit codes", async () => {
    const { code, stdout, stderr } = await sluice(["--help"]);

    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} .*\\w`, "m"));
    expect(stdout).toContain("Exit codes: 0 done or nothing to do, 1 failed, 2 wrong usage, 3 conflict.");
    expect([code, stderr]).toEqual([0, ""]);
  });

  it.each(commands)("explains %s", async (command) => {
    const asked = await sluice([command, "--help"]);
    const helped = await sluice(["help", command]);

    expect(asked.stdout).toMatch(new RegExp(`^Usage: sluice ${command} [^]*Options:`));
    expect(asked.code).toBe(0);
    expect(helped).toEqual(asked);
  });

  it("knows its version", async () => {
    const { code, stdout } = await sluice(["--version"]);

    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(code).toBe(0);
  });

  it.each([
    ["no command", [], "Usage: sluice"],
    ["an unknown command", ["serv"], "error: unknown command 'serv'"],
    ["an unknown option", ["serve", "--confg", "x"], "error: unknown option '--confg'"],
    ["a port that is none", ["serve", "--port", "http"], "It must be a port number, 0 to 65535."],
    ["a missing argument", ["update-dist-git", "source"], "error: missing required argument 'dist'"],
    ["a forge of unknown kind", ["sandbox", "--forge", "x=svn"], "Write for example git.example.com=gitlab"],
    ["a forge named twice", ["sandbox", "-f", "x=gitlab", "-f", "x=github"], "That forge is there already."],
  ])("answers 2 to %s", async (_, argv, sentence) => {
    const { code, stdout, stderr } = await sluice(argv);

    expect(stderr).toContain(sentence);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("an error", () => {
  /** What is said when a command fails in this way. */
  const failing = async (error: Error, ...flags: string[]) => {
    const env = { GITLAB_TOKEN: "x", GITLAB_WEBHOOK_SECRET: "x" };
    const loadService = () => Promise.reject(error);
    const config = fileURLToPath(new URL("../fixtures/config/one-link.yml", import.meta.url));
    return sluice(["serve", "--config", config, ...flags], { env, loadService });
  };

  it("is said in one message: what, where, and the way out", async () => {
    const error = new UserError("missing", {
      message: "no branch c9s",
      where: "rpms/tally",
      remedy: "Create it.",
    });

    const { code, stdout, stderr } = await failing(error);

    expect(stderr).toMatch(/error: no branch c9s\n {2}in rpms\/tally\n {2}Create it\.\n$/);
    expect([code, stdout]).toEqual([1, ""]);
  });

  it.each([
    ["usage", 2],
    ["conflict", 3],
    ["invalid", 1],
    ["refused", 1],
  ] as [Complaining, number][])("about %s ends with %i", async (kind, code) => {
    expect((await failing(new UserError(kind, { message: "no" }))).code).toBe(code);
  });

  it("for the operator is one line", async () => {
    const { code, stderr } = await failing(new OperatorError("gitlab.com refuses the token"));

    expect(stderr).toBe("error: gitlab.com refuses the token\n");
    expect(code).toBe(1);
  });

  it("that nobody foresaw says how to see more", async () => {
    const { code, stderr } = await failing(new TypeError("x is not a function"));

    expect(stderr).toBe(
      "error: x is not a function\n  This was not foreseen; --debug shows where it comes from.\n",
    );
    expect(code).toBe(1);
  });

  it("shows its stack and its causes to who asks for them", async () => {
    const cause = new Error("connect ECONNREFUSED");
    const { stderr } = await failing(new OperatorError("the forge is unreachable", { cause }), "--debug");

    expect(stderr).toMatch(
      /OperatorError: the forge is unreachable\n +at [^]*caused by Error: connect ECONNREFUSED\n +at /,
    );
  });

  it("is one JSON object for programs, with the same exit code and nothing beside it", async () => {
    const error = new UserError("conflict", { message: "no", where: "a.c", remedy: "Rebase." });

    expect(await failing(error, "--json")).toEqual({
      code: 3,
      stdout: `${JSON.stringify({ error: { kind: "conflict", message: "no", where: "a.c", remedy: "Rebase." } }, undefined, 2)}\n`,
      stderr: "",
    });
  });

  it.each([
    ["operator", new OperatorError("gitlab.com refuses the token")],
    ["retry", new RetryLater("gitlab.com is down")],
    ["unforeseen", new TypeError("x is not a function")],
  ])("of kind %s has no place and no remedy for programs", async (kind, error) => {
    const { code, stdout } = await failing(error, "--json");

    expect(JSON.parse(stdout)).toEqual({
      error: { kind, message: error.message, where: null, remedy: null },
    });
    expect(code).toBe(1);
  });

  it.each([
    [["--json"], "unknown option '--json'"],
    [["status", "--json"], "missing required argument 'source'"],
    [
      ["update-dist-git", "a", "b", "--json", "--layout", "deb"],
      "option '--layout <layout>' argument 'deb' is invalid",
    ],
    [["serv", "--json"], "unknown command 'serv'"],
  ])("about the usage is JSON, too: %j", async (argv, message) => {
    const { code, stdout, stderr } = await sluice(argv);

    expect(JSON.parse(stdout)).toEqual({
      error: {
        kind: "usage",
        message: expect.stringContaining(message) as unknown,
        where: null,
        remedy: "--help shows how it is used.",
      },
    });
    expect([code, stderr]).toEqual([2, ""]);
  });

  it("stays in the one answer of a command that has more to say", async () => {
    const { code, stdout, stderr } = await sluice(["check-config", "--config", "none.yml", "--json"]);

    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { kind: "invalid", message: "there is no links file", where: "none.yml" },
    });
    expect([code, stderr]).toEqual([1, ""]);
  });
});
