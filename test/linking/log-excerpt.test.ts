import { describe, expect, it } from "@jest/globals";
import { logBytes, logExcerpt } from "../../src/linking/results/log-excerpt.js";
import { processorTime } from "../world/processor-time.js";

describe("a log's excerpt", () => {
  it.each([
    ["export TOKEN=abc123", "export TOKEN=[redacted]"],
    ["password: hunter2", "password: [redacted]"],
    ["https://bot:hunter2@git.example/x", "https://[redacted]@git.example/x"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: [redacted]"],
    ["curl -H 'Bearer abcdefgh12345'", "curl -H 'Bearer [redacted]'"],
    ["found ghp_0123456789abcdefghij", "found [redacted]"],
    ["key AKIAIOSFODNN7EXAMPLE", "key [redacted]"],
    ["eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "[redacted]"],
    ["-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "[redacted]"],
  ])("hides what looks like a secret: %s", (line, shown) => {
    expect(logExcerpt(line)).toBe(`\`\`\`text\n${shown}\n\`\`\``);
  });

  it("keeps commit ids, paths and words", () => {
    const line = "error: /usr/lib64/python3.12/site-packages at 0123456789abcdef0123456789abcdef01234567";
    expect(logExcerpt(line)).toContain(line);
  });

  it("has no orders to a terminal, no marks of sections, nothing that was written over", () => {
    const log = "section_start:1:step\r\u001b[0K\u001b[31mFAIL\u001b[0m\n10%\r100%\r\nsafe\u202etxt.exe\n\n";
    expect(logExcerpt(log)).toBe("```text\nFAIL\n100%\nsafetxt.exe\n```");
  });

  it("cannot end its own block", () => {
    expect(logExcerpt("````\n@all")).toBe("`````text\n````\n@all\n`````");
  });

  it("is bounded", () => {
    const shown = logExcerpt(`${"x".repeat(1000)}\n`.repeat(1000)) ?? "";
    expect(shown.split("\n")).toHaveLength(62);
    expect(shown.length).toBeLessThan(20_000);
  });

  it.each(["a", "a-", "password", "\u001b]"])("is quick, however a log repeats %j", (word) => {
    const log = word.repeat(logBytes / word.length);
    const spent = processorTime();
    logExcerpt(log);
    expect(spent()).toBeLessThan(4);
  });

  it("hides a secret that has a colour in it", () => {
    expect(logExcerpt("found ghp_01234\u001b[31m56789abcdefghij")).toContain("found [redacted]");
  });

  it("of nothing is none", () => {
    expect(logExcerpt("\n \n")).toBeUndefined();
  });
});
