import { describe, expect, it } from "@jest/globals";
import { enclosed } from "../../src/linking/wording/enclosed.js";

const quoted = (text: string) => text.split("\n").every((line) => line.startsWith(">"));

describe("a text that others stand below", () => {
  it.each([
    "- one\n- two\n\n1. three",
    "```c\n#include <stdio.h>\n```\n\nmore",
    "~~~\n```\n~~~",
    "````\n```\n````",
    "1. Run\n\n   ```console\n   $ make\n\n   $ make check\n   ```\n2. Look",
    "Use `inline` code, and ``more ` of it``",
    "```\nnothing\n  ``` is ended here by any\n```",
    "> said before\n\n>> and before that",
  ])("stays as it is where it surely ends: %j", (text) => {
    expect(enclosed(text)).toBe(text);
  });

  it.each([
    ["an open block", "```\ncode"],
    ["an open block of the other kind", "text\n~~~ c\ncode\n```"],
    ["a block whose end is too short", "````\ncode\n```"],
    ["a block whose end says something", "```\ncode\n``` c"],
    ["a block that was left with its list", "- x\n\n  ```\n```"],
    ["a block that was left with its list and begun again", "- x\n\n  ```\nfoo\n  ```"],
    ["a block that ends its list by a space of another kind", "- x\n\n  ```\n\u00a0\n  ```"],
    ["a block whose end is none for a space of another kind", "```\n```\u00a0"],
    ["a block whose end may be none", "```\ncode\n    ```"],
    ["a block that begins behind a mark", "- ```\n  ```\n\n  ```\n  code\n- ```"],
    ["a block that begins behind any mark", "[^1]: ```\n    code"],
    ["GitLab's quotation", "before\n\n>>>\nquoted"],
  ])("is quoted, so that it ends with its quotation, with %s", (_, text) => {
    expect(quoted(enclosed(text))).toBe(true);
    expect(enclosed(text).replace(/^> ?/gm, "")).toBe(text);
  });

  it("quotes what a line separator of another kind parts as one line", () => {
    expect(enclosed("```\na\u2028b")).toBe("> ```\n> a\u2028b");
  });
});
