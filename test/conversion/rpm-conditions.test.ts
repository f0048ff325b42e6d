import { describe, expect, it } from "@jest/globals";
import { appliedPatches } from "../../src/conversion/rpm/applied-patches.js";
import { evaluate, isTrue, unknownText } from "../../src/conversion/rpm/expression.js";
import { parseSpec } from "../../src/conversion/rpm/spec-lines.js";
import { readSpec } from "../../src/conversion/rpm/spec-tags.js";

/** Under which condition the patch is applied that stands in this one. */
function conditionOf(opening: string, ...before: readonly string[]): string | undefined {
  return conditions([...before, opening, "Patch: a.patch", "%endif"])[0];
}

function conditions(lines: readonly string[]): string[] {
  const text = ["Name: hello", "Version: 2.1", ...lines, "%prep", "%autosetup -p1", ""].join("\n");
  return appliedPatches(readSpec(parseSpec(text), "hello.spec")).map(
    ({ file, condition }) => `${file} ${condition}`,
  );
}

describe("a condition around a patch", () => {
  it.each([
    ["%if 1", "true"],
    ["%if 0", "false"],
    ["  %if 1", "true"],
    ["%if 0%{?x}", "false"],
    ["%if 0%{?one}", "true"],
    ["%if 0%{!?x:1}", "true"],
    ["%if %{defined one}", "true"],
    ["%if %{undefined one}", "false"],
    ["%if %{with tests}", "true"],
    ["%if %{without tests}", "false"],
    ["%if %{with docs}", "false"],
    ["%if %{with extras}", "true"],
    ["%if %{with nothing}", "false"],
    ['%if "%{version}" == "2.1"', "true"],
    ['%if v"%{version}" >= v"2.0~rc1"', "true"],
    ['%if "%{?x}" != ""', "false"],
    ["%if 0%{?one} && ! 0%{?x}", "true"],
    ["%ifos linux", "true"],
    ["%ifnos linux", "false"],
    // What hangs on the distribution or the machine cannot be decided ...
    ["%if 0%{?rhel} >= 9", "unknown"],
    ["%if 0%{?fedora} || 0%{?one}", "true"],
    ["%if 0%{?fedora} && 0%{?x}", "false"],
    ["%if ! 0%{?fedora}", "unknown"],
    ["%if %{defined rhel}", "unknown"],
    ['%if "%{dist}" == ".el9"', "unknown"],
    ['%if "%{_arch}" == "x86_64"', "unknown"],
    ["%ifarch x86_64", "unknown"],
    ["%ifnarch %{ix86}", "unknown"],
    // ... nor what a program would have to say, or nobody understands.
    ["%if %(test -e /x && echo 1 || echo 0)", "unknown"],
    ["%if %{lua: print(1)}", "unknown"],
    ["%if yes", "unknown"],
    ["%if", "unknown"],
  ])("%s is %s", (opening, truth) => {
    const macros = [
      "%global one 1",
      "%bcond_without tests",
      "%bcond_with docs",
      "%bcond extras %[ 1 + 1 > 1 ]",
    ];
    expect(conditionOf(opening, ...macros)).toBe(`a.patch ${truth}`);
  });

  it("is none where none is", () => {
    expect(conditions(["%if 1", "%endif", "Patch: a.patch"])).toEqual(["a.patch always"]);
  });

  it("takes the first branch that holds", () => {
    const branches = [
      "%if 0",
      "Patch: a",
      "%elif 1",
      "Patch: b",
      "%elif 1",
      "Patch: c",
      "%else",
      "Patch: d",
      "%endif",
    ];
    expect(conditions(branches).sort()).toEqual(["a false", "b true", "c false", "d false"]);
  });

  it("leaves all branches open behind one that cannot be decided", () => {
    const branches = ["%ifarch arm", "Patch: a", "%elif 1", "Patch: b", "%else", "Patch: c", "%endif"];
    expect(conditions(branches)).toEqual(["a unknown", "b unknown", "c false"]);
  });

  it("counts within others", () => {
    const nested = [
      "%if 0%{?rhel}",
      "%if 1",
      "Patch: a",
      "%else",
      "Patch: b",
      "%endif",
      "%endif",
      "Patch: c",
    ];
    expect(conditions(nested).sort()).toEqual(["a unknown", "b false", "c always"]);
  });

  it("goes on behind a backslash", () => {
    expect(conditions(["%if 0 || \\", "  1", "Patch: a", "%endif"])).toEqual(["a true"]);
  });
});

describe("a definition in a condition", () => {
  it("does not count when the condition does not hold", () => {
    expect(conditionOf("%if 0%{?x}", "%if 0", "%global x 1", "%endif")).toBe("a.patch false");
    expect(conditionOf("%if 0%{?x}", "%if 1", "%global x 1", "%endif")).toBe("a.patch true");
  });

  it("leaves its value open when nobody knows whether it holds", () => {
    expect(conditionOf("%if 0%{?x}", "%if 0%{?rhel}", "%global x 1", "%endif")).toBe("a.patch unknown");
    expect(conditionOf("%if 0%{?x}", "%{?rhel:%global x 1}")).toBe("a.patch unknown");
  });

  it("counts within its own branch, and not in the others", () => {
    const lines = ["%if 0%{?rhel}", "%global x a", "Patch: %{x}", "%else", "Patch: b%{?x}", "%endif"];
    expect(conditions(lines)).toEqual(["a unknown", "b unknown"]);
  });

  it("changes nothing that it gives the value that is there already", () => {
    const lines = ["%global x 1", "%if 0%{?rhel}", "%global x 1", "%endif", "Patch: a%{x}"];
    expect(conditions(lines)).toEqual(["a1 always"]);
  });
});

describe("an expression of rpm", () => {
  it.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["7 / 2 - 1", 2],
    ["-5 / 2", -2],
    ["1 < 2 < 3", 1],
    ["!5 == 0", 1],
    // && and || bind alike, from the left.
    ["1 || 0 && 0", 0],
    ["0 ? 1 : 2", 2],
    ['"a" + "b"', "ab"],
    ['"a" < "b"', 1],
    ['v"1.0~rc1" < v"1.0"', 1],
    ['v"1.0^git1" > v"1.0"', 1],
    ['v"1:0.9" > v"1.0"', 1],
    ['v"1.0a" < v"1.0.1"', 1],
    ['v"1.10" > v"1.9"', 1],
    ['v"1.0-2" > v"1.0-1"', 1],
  ])("%s is %j", (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  it.each(["", "1 +", "(1", "1)", '"a', "1 / 0", '1 + "a"', "word", "1 2", "%", "(".repeat(1000)])(
    "is none: %s",
    (text) => expect(evaluate(text)).toBeUndefined(),
  );

  it("is known as far as what is unknown does not matter", () => {
    const answers = [
      "1 || ?",
      "? || 1",
      "0 && ?",
      "? && 0",
      "? || 0",
      "1 && ?",
      "1?",
      '"a?" == "b"',
      "? ? 1 : 1",
    ];
    expect(answers.map((text) => isTrue(evaluate(text.replace(/\?(?! 1 :)/g, unknownText))))).toEqual([
      true,
      true,
      false,
      false,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
