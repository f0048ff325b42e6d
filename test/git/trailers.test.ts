import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { appendTrailer, readTrailers, trailerData, trailerValues } from "../../src/git/trailers.js";

describe("trailers", () => {
  it("are read from the last paragraph only", () => {
    const message = "Subject\n\nPatch-name: not-this.patch\n\nText.\n\nPatch-name: this.patch\nPatch-id: 7\n";
    expect(readTrailers(message)).toEqual([
      { key: "Patch-name", value: "this.patch" },
      { key: "Patch-id", value: "7" },
    ]);
  });

  it("are found beside a Signed-off-by and a cherry-pick line", () => {
    const message =
      "Subject\n\nSigned-off-by: A <a@example.org>\n(cherry picked from commit abc)\nPatch-id: 3\n";
    expect(trailerValues(message, "patch-id")).toEqual(["3"]);
  });

  it("are not made of a subject or of prose", () => {
    expect(readTrailers("Patch-name: subject.patch\n")).toEqual([]);
    expect(readTrailers("Subject\n\nThis is prose\nthat mentions\nPatch-name: x\nin its midst.\n")).toEqual(
      [],
    );
  });

  it("may be YAML: block scalars, quotes, booleans, numbers", () => {
    const message =
      "Subject\n\nPatch-status: |\n    # first line\n\n    second line\nPatch-present-in-specfile: true\n";
    const [status, present] = readTrailers(message);
    expect(trailerData(status?.value ?? "")).toBe("# first line\n\nsecond line\n");
    expect(trailerData(present?.value ?? "")).toBe(true);
    expect(trailerData("'a: b'")).toBe("a: b");
    expect(trailerData("5")).toBe(5);
  });

  it("keep a colon in a value", () => {
    expect(trailerData("see: rhbz#1: fixed")).toBe("see: rhbz#1: fixed");
    expect(trailerData("key: value")).toBe("key: value");
  });

  it("are appended to the last paragraph even when the text has a line of ---", () => {
    const message = "Subject\n\nBefore.\n\n---\nAfter the line.\n";
    const sealed = appendTrailer(message, { key: "From-source-git-commit", value: "abc" });
    expect(sealed).toBe("Subject\n\nBefore.\n\n---\nAfter the line.\n\nFrom-source-git-commit: abc\n");
    expect(trailerValues(sealed, "From-source-git-commit")).toEqual(["abc"]);
  });

  it("join the trailers that are there, once", () => {
    const message = "Subject\n\nResolves: rhbz#1\n";
    const trailer = { key: "From-source-git-commit", value: "abc" };
    const sealed = appendTrailer(message, trailer);
    expect(sealed).toBe("Subject\n\nResolves: rhbz#1\nFrom-source-git-commit: abc\n");
    expect(appendTrailer(sealed, trailer)).toBe(sealed);
  });

  it("are found again after any message", () => {
    fc.assert(
      fc.property(fc.string(), (message) => {
        const sealed = appendTrailer(`Subject\n\n${message}`, {
          key: "From-source-git-commit",
          value: "f00",
        });
        expect(trailerValues(sealed, "From-source-git-commit")[0]).toBe("f00");
      }),
    );
  });
});
