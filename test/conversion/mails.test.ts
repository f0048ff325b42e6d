import { describe, expect, it } from "@jest/globals";
import { MailSplitter } from "../../src/conversion/patches/mail-splitter.js";

const [first, second] = ["a".repeat(40), "b".repeat(40)];
const start = (id: string) => `From ${id} Mon Sep 17 00:00:00 2001\n`;

function split(text: string, size: number): Record<string, string> {
  const splitter = new MailSplitter([
    { id: first, origins: [first] },
    { id: second, origins: ["c".repeat(40)] },
  ]);
  for (let at = 0; at < text.length; at += size) splitter.take(Buffer.from(text.slice(at, at + size)));
  return Object.fromEntries([...splitter.end()].map(([id, mail]) => [id, mail.toString()]));
}

describe("what git format-patch says of several commits", () => {
  const one = `${start(first)}Subject: one\n\nFrom here on\n${start(first)}---\n`;
  const two = `Subject: two\n\n---\n`;

  it.each([1, 7, 50, 1000])("is parted into mails, as it comes in pieces of %d bytes", (size) => {
    // The second carries the name of the commit that people know.
    expect(split(`${one}\n${start(second)}${two}`, size)).toEqual({
      [first]: one,
      [second]: `${start("c".repeat(40))}${two}`,
    });
  });

  it("is refused as soon as one of them has 100 MB, naming its commit", () => {
    const splitter = new MailSplitter([{ id: first, origins: [first] }]);
    splitter.take(Buffer.from(start(first)));
    const piece = Buffer.alloc(1024 ** 2, "+");
    let taken = 0;
    const takeAll = () => {
      for (; taken < 1000; taken += 1) splitter.take(piece);
    };
    expect(takeAll).toThrow("the patch of commit aaaaaaaaaaaa would have more than 100 MB");
    expect(taken).toBe(100);
  });
});
