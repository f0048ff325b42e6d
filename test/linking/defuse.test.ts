import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { defuseMessage, defuseText, defuseTitle } from "../../src/linking/wording/defuse.js";
import { enclosed } from "../../src/linking/wording/enclosed.js";

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

  it.each([
    "<details><summary>x</summary>",
    "a <img src=https://tracker.example/1.gif>",
    "<img\nsrc=x>",
    "<BR/>",
    "<h1\tx>",
    "<script",
    "</details>",
    "<!DOCTYPE html>",
    "<![CDATA[",
    "<?php",
    "<\u202eimg src=x>",
    "<my-tag>",
    "```\n<details>\n```",
    "\\<b>",
  ])("holds no HTML: %j", (text) => {
    for (const harmless of [defuseText(text), defuseTitle(text)]) {
      expect(harmless).not.toMatch(/<[a-z/!?]/i);
    }
    expect(visible(defuseText(text))).toBe(text.replace("\u202e", ""));
  });

  it.each([
    "#include <stdio.h>",
    "<https://example.org/a?b>",
    "<someone@example.org>",
    "a < b, if (a<b), 1<2, <3",
    "<-- here -->",
    "std::vector<std::string> v",
    "- one\n- two\n\n```c\n#include <sys/types.h>\nif (a<b) return;\n```",
  ])("keeps what only looks like HTML: %j", (text) => {
    expect(defuseText(text)).toBe(text);
  });

  it("has nothing that acts, whatever it is made of", () => {
    const pieces = [
      "<",
      "/",
      "!",
      "?",
      "b",
      ">",
      " ",
      "\n",
      "@",
      "#1",
      "&#x40;",
      "\u202e",
      "\u200f",
      "-",
      "=",
    ];
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((chosen) => chosen.join(""));
    fc.assert(
      fc.property(text, (written) => {
        const harmless = defuseText(written);
        expect(harmless).not.toMatch(/<(?:[!?]|\/b|b(?:\s|\/?>|$))|&#|(?<!\w)@[^\s\u200b]/);
        expect(harmless).not.toMatch(/^\s*\/b/m);
      }),
    );
  });

  it.each([
    "<",
    "<a",
    "<a ",
    "</",
    "&",
    "@",
    "[",
    "/",
    " ",
    "\n ",
    "\u2028",
    "\u2028 ",
    "fix ",
    "fix:\t",
    "`",
    "```\n",
    "``` x",
  ])("takes no longer for a multitude of %j", (piece) => {
    const time = (count: number) => {
      const text = piece.repeat(count);
      const begun = process.cpuUsage();
      for (const each of [defuseText, defuseTitle, defuseMessage, enclosed]) each(text);
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    };
    time(1000);
    // Were it quadratic, two hundred times as much text would take forty thousand times as long: minutes.
    expect(time(200_000)).toBeLessThan(20_000_000);
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
