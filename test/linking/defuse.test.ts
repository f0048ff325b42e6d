import { describe, expect, it } from "@jest/globals";
import { defuseMessage, defuseText, defuseTitle } from "../../src/linking/wording/defuse.js";

/** What is left when the invisible breakers are taken out: nothing that a reader sees may be lost. */
const visible = (text: string) => text.replaceAll("\u200b", "").replace(/^(\s*)\\\//gm, "$1/");

describe("text from the other forge", () => {
  it.each([
    "/merge",
    "  /close",
    "\t/approve now",
    "thanks\n/label ~security",
    "thanks\r\n/title pwned",
    "\f/close",
    "\u00a0/close",
  ])("gives no quick action: %j", (text) => {
    expect(defuseText(text)).not.toMatch(/^\s*\/[a-z]/im);
    expect(visible(defuseText(text))).toBe(text.replace("\r\n", "\n"));
  });

  it.each([
    "@root please",
    "cc @group/team",
    "(@alice)",
    "hey @all",
    "`@alice",
    "_@alice_",
    "@\\_root",
    "@.hidden",
  ])("mentions nobody: %j", (text) => {
    expect(defuseText(text)).not.toMatch(/@[\w.\\-]/);
    expect(visible(defuseText(text))).toBe(text);
  });

  it.each(["&#64;root", "&#064;root", "&#x40;all", "&commat;all"])("hides no mention: %j", (text) => {
    expect(defuseText(text)).not.toMatch(/&(#0*64|#x0*40|commat)/);
  });

  it.each(["@&#x72;oot", "&#X40;&#x72;oot", "&num;12", "&excl;3", "@&#114;oot"])(
    "hides no letter of one either: %j",
    (text) => {
      expect(defuseText(text)).not.toMatch(/&(#x[\da-f]|#\d|num;|excl;)/i);
    },
  );

  it.each(["[skip ci] Fix", "Fix [CI-skip]", "[no ci]", "Fix\n\n\nskip-checks: true", "[actions skip]"])(
    "keeps no CI from running: %j",
    (text) => {
      for (const harmless of [defuseText(text), defuseMessage(text), defuseTitle(text)]) {
        expect(harmless).not.toMatch(/\[(skip|no|ci|actions)|^skip-checks/im);
      }
      expect(visible(defuseMessage(text))).toBe(text);
    },
  );

  it.each([
    "Fixes #12",
    "Closes issue https://gitlab.com/g/p/-/issues/5",
    "closes: #3",
    "Resolves group/project#4",
    "fixed https://github.com/o/r/issues/5",
    "Implements GH-7",
    "see !9",
    "Closing #1, #2",
    "Closes GL-12",
    "Fixes [issue:12]",
  ])("closes and links nothing: %j", (text) => {
    const harmless = defuseText(text);
    expect(harmless).not.toMatch(/[#!]\d|G[HL]-\d|\[issue/);
    expect(harmless).not.toMatch(
      /\b(close|closes|closing|fix|fixes|fixed|resolves|implements)\b:?\s+(https?:|group|issue|GL)/i,
    );
    expect(visible(harmless)).toBe(text);
  });

  it("cannot pass for one of Sluice's own comments", () => {
    expect(defuseText("<!-- sluice:mirror -->")).not.toContain("<!--");
  });

  it("cannot claim to stand for a commit", () => {
    expect(defuseMessage("Fix\n\nFrom-source-git-commit: 1234")).not.toContain("From-source-git-commit:");
  });

  it("cannot turn its reading direction around", () => {
    expect(defuseTitle("safe \u202egnp.exe")).toBe("safe gnp.exe");
  });

  it.each([
    "Resolves: RHEL-12",
    "Fixes: rhbz#2001",
    "fix the parser in src/parser.c",
    "mail someone@example.org",
    "a/b and 3/4",
    "and/or",
  ])("keeps what does not act: %j", (text) => {
    expect(defuseText(text)).toBe(text);
    expect(defuseMessage(text)).toBe(text);
  });

  it("leaves a title one line", () => {
    expect(defuseTitle(" Fix\n\nthe sum ")).toBe("Fix the sum");
  });
});
