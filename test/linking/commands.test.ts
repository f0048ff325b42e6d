import { describe, expect, it } from "@jest/globals";
import { readOrders } from "../../src/linking/commands/commands.js";

const names = (body: string) => readOrders(body, "/sluice").commands.map(({ name }) => name);

describe("the orders of a comment", () => {
  it("are one a line, at its very beginning", () => {
    expect(
      names("/sluice retry\r\n/sluice STATUS\n  /sluice close\nplease /sluice close\n/sluicer close"),
    ).toEqual(["retry", "status"]);
  });

  it("may say what they are about", () => {
    expect(readOrders("/sluice retry build on x86_64  ", "/sluice").commands).toEqual([
      { name: "retry", argument: "build on x86_64" },
    ]);
  });

  it("are help where nothing else is said, and unknown words are told", () => {
    expect(names("/sluice")).toEqual(["help"]);
    expect(readOrders("/sluice merge", "/sluice").unknown).toEqual(["merge"]);
  });

  it.each([
    ["quoted", "> /sluice close"],
    ["in a block of code", "```\n/sluice close\n```"],
    ["in a longer fence with a shorter one inside", "~~~~\n~~~\n/sluice close\n~~~~"],
    ["behind a fence that only begins one", "```\n```sh\n/sluice close\n```"],
    ["hidden in HTML", "<!--\n/sluice close\n-->"],
    ["in what HTML shows as it is", "<pre>\n/sluice close\n</pre>"],
    ["in GitLab's long quote", ">>>\n/sluice close\n>>>"],
    ["in a block that never ends", "```sh\n/sluice close"],
    ["in a mail that answers another", "Fine.\n\nOn Mon, 2 Nov 2026 at 10:00, Robin wrote:\n/sluice close"],
  ])("do nothing when they are %s", (_, body) => {
    expect(readOrders(body, "/sluice")).toEqual({ commands: [], unknown: [] });
  });

  it("go on behind a block of code", () => {
    expect(names("```\nx\n```\n/sluice retry")).toEqual(["retry"]);
  });

  it("begin with what sluice.yml says, and with nothing else then", () => {
    const { commands } = readOrders("/bot retry\n/sluice close", "/bot");
    expect(commands).toEqual([{ name: "retry", argument: "" }]);
  });

  it("are bounded", () => {
    expect(names("/sluice status\n".repeat(1000))).toHaveLength(10);
  });
});
