import { describe, expect, it } from "@jest/globals";
import { inspectSpec } from "../../src/conversion/rpm/inspect.js";

/** The names of patches in a spec of these lines. */
function patchNames(...lines: readonly string[]): string[] {
  return inspect(lines).patches.map(({ file }) => file);
}

/** What is not understood of it. */
function complaints(...lines: readonly string[]): string[] {
  return inspect(lines).unsupported.map(({ line, reason }) => `${line}: ${reason}`);
}

function inspect(lines: readonly string[]) {
  const text = ["Name: hello", "Version: 2.1", ...lines, "%prep", "%autosetup -p1", ""].join("\n");
  return inspectSpec(Buffer.from(text, "latin1"), "hello.spec");
}

describe("a macro in the name of a patch", () => {
  it.each([
    ["a tag", [], "%{name}-%{version}.patch", "hello-2.1.patch"],
    ["a tag in capitals", [], "%{NAME}.patch", "hello.patch"],
    ["a word without braces", [], "%name.patch", "hello.patch"],
    ["a per cent sign", [], "100%%.patch", "100%.patch"],
    ["nothing", [], "a%{nil}.patch", "a.patch"],
    ["one that there is not, if it is there", [], "a%{?b}.patch", "a.patch"],
    ["one that there is not, unless it is there", [], "a%{!?b:c}.patch", "ac.patch"],
    ["one that there is, if it is there", ["%global b 1"], "a%{?b:-%{b}}.patch", "a-1.patch"],
    ["one within another", ["%global b 1", "%global c %{?b:2}"], "a%{c}.patch", "a2.patch"],
    ["an empty one", ["%global b %{nil}"], "a%{?b:c}.patch", "ac.patch"],
    ["one in braces", ["%global b {c d}"], "%{basename:x/%{b}}", "c d"],
    ["one of two lines", ["%global b c\\", "d"], "%{gsub %{b} c e}.patch", undefined],
    ["small letters", [], "%{lower:ABC}.patch", "abc.patch"],
    ["capitals", [], "%{upper:abc}.patch", "ABC.patch"],
    ["a part", [], "%{sub %{version} 1 1}.patch", "2.patch"],
    ["another letter", [], "%{gsub %{version} %. _}.patch", "2_1.patch"],
    ["an expression", [], "a%[ 1 + 2 * 3 ].patch", "a7.patch"],
    ["an expansion of an expansion", ["%global b %%{name}"], "%{expand:%{b}}.patch", "hello.patch"],
    ["one with arguments", ["%define b() %1-%#"], "%{b x y}.patch", "x-2.patch"],
    ["one with options", ["%define b(p:q) %{-p*}%{-q:q}%{!-v:w}"], "%{b -p3 -q}.patch", "3qw.patch"],
  ])("is %s", (...[, lines, written, name]) => {
    expect(patchNames(...lines, `Patch: ${written}`)).toEqual(
      name === undefined ? [expect.anything()] : [name],
    );
  });

  it("has the value that it had when %global named it, and the last one when %define did", () => {
    const lines = ["%global a 1", "%global eager %{a}", "%define lazy %{a}", "%global a 2"];
    expect(patchNames(...lines, "Patch: %{eager}%{lazy}.patch")).toEqual(["12.patch"]);
  });

  it("has the last value before its use, and the one before that once it is undefined", () => {
    const lines = ["%global a 1", "Patch: %{a}", "%global a 2", "Patch: %{a}", "%undefine a", "Patch: %{a}"];
    expect(patchNames(...lines)).toEqual(["1", "2", "1"]);
  });

  it("is taken up in a comment, as rpm does, but not behind %dnl", () => {
    expect(patchNames("# %global a 1", "%dnl %global a 2", "Patch: x%{?a}")).toEqual(["x1"]);
  });

  it("does not matter before the last slash", () => {
    expect(patchNames("Patch: %{url}/x.patch", "Patch: https://%(host)/1.patch#/fix.patch")).toEqual([
      "x.patch",
      "fix.patch",
    ]);
  });

  it.each([
    ["a shell", "%(echo a)", "the macro %(echo a) would run a shell"],
    ["Lua", "%{lua: print(1)}", "the macro %{lua: print(1)} would run Lua"],
    ["a file", "%{load:x}", "the macro %{load:x} would read another file"],
    ["an unknown name", "%{unknown}", "the macro %{unknown} is not known"],
    ["the distribution", "a%{?dist}", "the macro %{?dist} depends on where it is built"],
    ["itself", "%{circle}", "goes in circles"],
  ])("is refused when its value needs %s", (_, written, reason) => {
    const said = complaints("%define circle %{circle}", `Patch: ${written}.patch`);
    expect(said).toEqual([expect.stringContaining(reason)]);
    expect(said[0]).toMatch(/^4: /);
  });

  it("is refused when macros have grown to more than a spec is worth", () => {
    const copies = (count: number) => Array.from({ length: count }, (_, index) => `%global c${index} %{b}`);
    const complain = (count: number) =>
      complaints(`%global b ${"x".repeat(60_000)}`, ...copies(count), "Patch: %{name}.patch");

    expect(complain(200)).toEqual([]);
    expect(complain(400)).toEqual([expect.stringContaining("takes too long")]);
  });

  it("is refused when it holds what would be executed, where its value is needed only", () => {
    const lines = [
      "%global date %(date)",
      "%global commit 0123",
      "Source: x-%{date}.tar",
      "Patch: %{commit}.patch",
    ];
    expect(patchNames(...lines)).toEqual(["0123.patch"]);
    expect(complaints(...lines)).toEqual([
      expect.stringMatching(/^5: the macro %\(date\) would run a shell/),
    ]);
  });

  it("does not grow without end", () => {
    const doubling = Array.from(
      { length: 40 },
      (_, index) => `%define m${index + 1} %{m${index}}%{m${index}}`,
    );
    expect(complaints("%define m0 x", ...doubling, "Patch: %{m40}")).toEqual([
      expect.stringMatching(/^44: the macro/),
    ]);
  });
});

describe("the lines of a macro", () => {
  it("end with it, whatever brackets it holds", () => {
    const lines = ["%global f() {", "Patch: a.patch", "Patch: %{?x:%{", "Patch: b.patch"];
    expect(patchNames(...lines).slice(-1)).toEqual(["b.patch"]);
  });

  it("are no tags", () => {
    expect(patchNames("%global text %{expand:", "Patch: not.patch", "}", "Patch: a.patch")).toEqual([
      "a.patch",
    ]);
  });

  it("are not executed, and said to be unknown where they would write tags", () => {
    const lines = ["%{lua:", 'print("Patch: not.patch")', "}", "Patch: a.patch"];
    expect(patchNames(...lines)).toEqual(["a.patch"]);
    expect(complaints(...lines)).toEqual(["3: what a Lua program writes here is not known"]);
  });

  it("write tags where they can be expanded", () => {
    const lines = ["%global fixes() Patch%1: fix-%1.patch", "%fixes 7", "%{?fixes:Patch8: b.patch}"];
    expect(patchNames(...lines)).toEqual(["fix-7.patch", "b.patch"]);
  });
});
