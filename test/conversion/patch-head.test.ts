import { describe, expect, it } from "@jest/globals";
import { readPatchHead } from "../../src/conversion/patches/patch-head.js";

const diff = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n";

function headOf(text: string, encoding: BufferEncoding = "utf8") {
  return readPatchHead(Buffer.from(`${text}${diff}`, encoding));
}

describe("the head of a mail", () => {
  it("is read as git am does: RFC 2047, folded subject, brackets, zones, three dashes", () => {
    const head = headOf(
      [
        "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001",
        "From: =?UTF-8?q?J=C3=BCrgen=20=C3=84?= =?UTF-8?q?rger?= <j@example.org>",
        "Date: Tue, 3 Jan 2023 10:20:30 -0130",
        "Subject: [PATCH v2 3/4] Re: A subject that is folded over",
        " two lines: =?iso-8859-1?Q?caf=E9?=",
        "",
        "Body text   ",
        "",
        "",
        "more",
        "---",
        " a | 2 +-",
        "",
        "",
      ].join("\n"),
    );
    expect(head).toEqual({
      form: "mail",
      author: { name: "Jürgen Ärger", email: "j@example.org" },
      date: "1672746630 -0130",
      message: "A subject that is folded over two lines: café\n\nBody text\n\nmore\n",
      prose: undefined,
    });
  });

  it("joins a character that two encoded words share", () => {
    const split = headOf("From: =?utf-8?Q?=C3?= =?utf-8?Q?=BC?= <u@example.org>\nSubject: x\n\n");
    expect(split.author?.name).toBe("ü");
  });

  it("believes the sender, subject and date that the body begins with", () => {
    const head = headOf(
      "From: List <list@example.org>\nDate: Wed Mar 4 12:13:14 2020 +0100\nSubject: short\n\n" +
        "From: Real <real@example.org>\nDate: Thu, 5 Mar 2020 01:02:03 +0000\n\nWhy\n\n",
    );
    expect(head).toMatchObject({
      author: { name: "Real", email: "real@example.org" },
      date: "1583370123 +0000",
      message: "short\n\nWhy\n",
    });
  });

  it("is read in the charset that it names", () => {
    const head = headOf(
      'From: G <g@example.org>\nSubject: x\nContent-Type: text/plain; charset="iso-8859-1"\n\nGrüße\n\n',
      "latin1",
    );
    expect(head.message).toBe("x\n\nGrüße\n");
  });

  it("keeps bytes that are of no charset", () => {
    const head = headOf("From: J\xfcrgen <j@example.org>\nSubject: caf\xe9\n\n", "latin1");
    expect(head.author?.name).toBe("J\udcfcrgen");
    expect(head.message).toBe("caf\udce9\n");
  });

  it("decodes quoted-printable and base64 bodies", () => {
    const mail = (way: string, body: string) =>
      headOf(`From: G <g@example.org>\nSubject: x\nContent-Transfer-Encoding: ${way}\n\n${body}\n`);
    expect(mail("quoted-printable", "a =3D b=\nc\n").message).toBe("x\n\na = bc\n");
    expect(mail("base64", Buffer.from("hello\n").toString("base64")).message).toBe("x\n\nhello\n");
  });

  it("may lack what it lacks", () => {
    expect(headOf("From: nobody\nSubject: x\nDate: yesterday\n\n")).toMatchObject({
      author: { name: "nobody", email: "" },
      date: undefined,
      message: "x\n",
    });
  });
});

describe("the head of a Debian patch", () => {
  it("gives author, date and message (DEP-3)", () => {
    const head = headOf(
      "Description: A thing\n long text\n .\n more\nAuthor: Some One <s@example.org>\n" +
        "Origin: upstream, https://example.org\nLast-Update: 2021-02-03\n---\nThis patch header follows DEP-3\n",
    );
    expect(head).toEqual({
      form: "dep3",
      author: { name: "Some One", email: "s@example.org" },
      date: "1612310400 +0000",
      message: "A thing\n\nlong text\n\nmore\n\nOrigin: upstream, https://example.org\n",
      prose: undefined,
    });
  });
});

describe("other heads", () => {
  it("of Mercurial are read", () => {
    const head = headOf(
      "# HG changeset patch\n# User Ada <ada@example.org>\n# Date 1200000000 -3600\n# Node ID 12\nSay hello\n\nTwice\n\n",
    );
    expect(head).toEqual({
      form: "hg",
      author: { name: "Ada", email: "ada@example.org" },
      date: "1200000000 +0100",
      message: "Say hello\n\nTwice\n",
      prose: undefined,
    });
  });

  it("are prose, or nothing", () => {
    expect(headOf("This mends it.\n\ndiff -ru old/a new/a\n")).toEqual({
      form: "none",
      author: undefined,
      date: undefined,
      message: undefined,
      prose: "This mends it.\n",
    });
    expect(headOf("diff -ru old/a new/a\n").prose).toBeUndefined();
    expect(readPatchHead(Buffer.alloc(0))).toMatchObject({ form: "none", prose: undefined });
  });
});
