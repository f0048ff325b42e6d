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
  ])("do nothing when they are %s", (_, body) => {
    expect(readOrders(body, "/sluice")).toEqual({ commands: [], unknown: [] });
  });

  it.each([
    ["a line above the quotation", "On Mon, 2 Nov 2026 at 10:00, Robin wrote:\n/sluice close"],
    [
      "one that was broken",
      "Fine.\n\nOn Mon, 2 Nov 2026 at 10:00, Robin Okafor <\nrobin@contributor.example> wrote:\n/sluice close",
    ],
    ["one in German", "/sluice close\n\nAm 2. November 2026 um 10:00 schrieb Robin Okafor:\n> Fine."],
    ["one in French", "/sluice close\n\nLe lun. 2 nov. 2026 à 10:00, Robin Okafor a écrit :\n"],
    ["the head of the old mail", "Fine.\n\nFrom: Robin\nSent: Monday\nTo: Ada\n\n/sluice close"],
    ["a line of dashes", "Fine.\n-----Original Message-----\n/sluice close"],
    ["a signature", "/sluice close\n-- \nAda Lovelace\nAnalytical Engines"],
    ["a telephone", "/sluice close\n\nSent from my telephone"],
    ["what the forge writes below", "/sluice close\nReply to this email directly or view it on GitLab."],
    ["line breaks of mail", "/sluice close\r\n\r\nOn Mon, 2 Nov 2026 at 10:00, Robin wrote:\r\n> Fine."],
  ])("do nothing in a mail that is known by %s", (_, body) => {
    expect(readOrders(body, "/sluice")).toEqual({ commands: [], unknown: [] });
  });

  it.each(["On it.\n/sluice retry", "From here it looks good.\n/sluice retry", "---\n/sluice retry"])(
    "are carried out in talk that only begins like a mail: %j",
    (body) => {
      expect(names(body)).toEqual(["retry"]);
    },
  );

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
