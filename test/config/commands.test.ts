import { describe, expect, it } from "@jest/globals";
import { checkLinksFile } from "../../src/config/links-file.js";
import { commandDefaults } from "../../src/domain/command.js";

const check = (commands: string) =>
  checkLinksFile("sluice.yml", `forges: {}\nlinks: []\ncommands: ${commands}\n`);

describe("commands in sluice.yml", () => {
  it("change what is said and nothing else", () => {
    const { commands, problems } = check("{ prefix: /bot, rights: { retry: { access: admin } } }");
    expect(problems).toEqual([]);
    expect(commands).toEqual({
      prefix: "/bot",
      rights: { ...commandDefaults.rights, retry: { access: "admin", author: false } },
    });
  });

  it.each(["sluice", "/", "/two words", "/../x", `/${"x".repeat(40)}`])(
    "begin with a word, not with %s",
    (prefix) => {
      expect(check(`{ prefix: "${prefix}" }`).problems).toMatchObject([
        { key: "commands.prefix", message: "not a word behind a slash, such as /sluice" },
      ]);
    },
  );

  it("leave trust to those who may write", () => {
    expect(check("{ rights: { trust: { access: read } } }").problems).toMatchObject([
      { key: "commands.rights.trust.access", message: "must be one of write, admin" },
    ]);
    expect(check("{ rights: { trust: { access: write, author: true } } }").problems).toHaveLength(1);
  });

  it("are those that there are", () => {
    expect(check("{ rights: { retyr: { access: read } } }").problems).toMatchObject([
      { message: "unknown key", remedy: "Did you mean retry?" },
    ]);
  });
});
