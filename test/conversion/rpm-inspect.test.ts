import { describe, expect, it } from "@jest/globals";
import { appliedPatches } from "../../src/conversion/rpm/applied-patches.js";
import { inspectSpec } from "../../src/conversion/rpm/inspect.js";
import { parseSpec } from "../../src/conversion/rpm/spec-lines.js";
import { readSpec } from "../../src/conversion/rpm/spec-tags.js";

const head = ["Name: hello", "Version: 2.1", "Source: hello-2.1.tar.gz"];
const three = ["Patch1: a.patch", "Patch2: b.patch", "Patch5: c.patch"];

function inspect(...lines: readonly string[]) {
  return inspectSpec(Buffer.from([...head, ...lines, ""].join("\n"), "latin1"), "hello.spec");
}

/** The three patches as this %prep applies them: `number -pN by`. */
function applied(...prep: readonly string[]): string[] {
  return inspect(...three, "%prep", ...prep).patches.map(({ number, strip, appliedBy }) =>
    appliedBy === undefined ? `${number} not applied` : `${number} -p${strip} ${appliedBy}`,
  );
}

describe("the order in which %prep applies patches", () => {
  it.each<[prep: string, order: readonly string[]]>([
    ["%autosetup -p1", ["1 -p1 %autosetup", "2 -p1 %autosetup", "5 -p1 %autosetup"]],
    ["%autosetup -p 2 -n x", ["1 -p2 %autosetup", "2 -p2 %autosetup", "5 -p2 %autosetup"]],
    // patch(1) without a level, git with its own.
    ["%autosetup", ["1 -p0 %autosetup", "2 -p0 %autosetup", "5 -p0 %autosetup"]],
    ["%autosetup -S git", ["1 -p1 %autosetup", "2 -p1 %autosetup", "5 -p1 %autosetup"]],
    ["%autosetup -Sgit_am -n x", ["1 -p1 %autosetup", "2 -p1 %autosetup", "5 -p1 %autosetup"]],
    ["%autosetup -N", ["1 not applied", "2 not applied", "5 not applied"]],
    ["%autosetup -N\n%autopatch -p1 -M 2", ["1 -p1 %autopatch", "2 -p1 %autopatch", "5 not applied"]],
    ["%setup -q\n%autopatch -m2 -p1", ["2 -p1 %autopatch", "5 -p1 %autopatch", "1 not applied"]],
    ["%autopatch -p1 5 1", ["5 -p1 %autopatch", "1 -p1 %autopatch", "2 not applied"]],
    ["%{autosetup -p1}", ["1 -p1 %autosetup", "2 -p1 %autosetup", "5 -p1 %autosetup"]],
    ["%patch2 -p1 -b .x\n%patch1", ["2 -p1 %patch", "1 -p0 %patch", "5 not applied"]],
    ["%patch -P 5 -p1\n%patch -P1 -P 2 -p0", ["5 -p1 %patch", "1 -p0 %patch", "2 -p0 %patch"]],
    ["%patch 2 1 -p3", ["2 -p3 %patch", "1 -p3 %patch", "5 not applied"]],
    ["patch -p1 < %{PATCH2}", ["2 -p1 patch", "1 not applied", "5 not applied"]],
    ["cat %{P:2} | patch -Np2", ["2 -p2 patch", "1 not applied", "5 not applied"]],
    ["%{__patch} --strip=1 -i %PATCH2", ["2 -p1 patch", "1 not applied", "5 not applied"]],
    ["git am %{patches}", ["1 -p1 git am", "2 -p1 git am", "5 -p1 git am"]],
    ["git apply -p0 %{PATCH5} \\\n  %{PATCH1}", ["5 -p0 git apply", "1 -p0 git apply", "2 not applied"]],
    ["for each in %{patches}; do\n  patch -p1 < $each\ndone", ["1 -p1 patch", "2 -p1 patch", "5 -p1 patch"]],
    ["%setup -q -T -D -a 1 -n x\n%patch1 -p1", ["1 -p1 %patch", "2 not applied", "5 not applied"]],
    ["#%patch1 -p1\n# patch -p1 < %{PATCH2}", ["1 not applied", "2 not applied", "5 not applied"]],
    ["%if 0\n%patch1 -p1\n%else\n%patch2 -p1\n%endif", ["2 -p1 %patch", "1 not applied", "5 not applied"]],
    ["%{?hello:%patch1 -p1}%{!?hello:%patch2 -p1}", ["2 -p1 %patch", "1 not applied", "5 not applied"]],
    ["%global by 2\n%patch -P %{by} -p1", ["2 -p1 %patch", "1 not applied", "5 not applied"]],
    ["pushd x; %patch2 -p1; popd", ["2 -p1 %patch", "1 not applied", "5 not applied"]],
  ])("of %j", (prep, order) => {
    expect(applied(...prep.split("\n"))).toEqual(order);
  });

  it("begins at number 0 where a %patch names none", () => {
    expect(inspect("Patch: a.patch", "%prep", "%patch -p1").patches).toEqual([
      { number: 0, file: "a.patch", strip: 1, appliedBy: "%patch" },
    ]);
  });

  it("tells fuzz, reversal, line and condition to those who apply them", () => {
    const prep = ["%prep", "%patch1 -p1 -F 3", "%if 0%{?rhel}", "%patch2 -R", "%endif"];
    const spec = parseSpec([...head, ...three, ...prep].join("\n"));
    expect(appliedPatches(readSpec(spec, "hello.spec"))).toMatchObject([
      { number: 1, fuzz: 3, reverse: false, line: 7, tagLine: 3, condition: "always" },
      { number: 2, fuzz: undefined, reverse: true, line: 9, condition: "unknown" },
      { number: 5, appliedBy: undefined, line: 5, condition: "always" },
    ]);
  });
});

describe("the numbers of sources and patches", () => {
  it("go on behind the highest where none is written", () => {
    const tags = ["Patch: a", "Patch4: b", "Patch: c", "Patch2: d", "Patch: e", "PATCH0009 : f", "patch:g"];
    const { patches } = inspect(...tags, "%prep", "%autosetup");
    expect(patches.map(({ number, file }) => `${number} ${file}`)).toEqual([
      "0 a",
      "4 b",
      "5 c",
      "2 d",
      "6 e",
      "9 f",
      "10 g",
    ]);
  });

  it("are the same in both branches of a condition", () => {
    const tags = ["%ifarch arm", "Patch: a", "Patch: b", "%else", "Patch: c", "%endif", "Patch: d"];
    const { patches } = inspect(...tags, "%prep", "%autosetup");
    expect(patches.map(({ number, file }) => `${number} ${file}`)).toEqual(["0 a", "1 b", "0 c", "2 d"]);
  });

  it("go on in %patchlist and %sourcelist", () => {
    const lists = [
      "Patch3: a",
      "%patchlist",
      "# why",
      "  %{name}.patch",
      "",
      "c",
      "%sourcelist",
      "x/data.tar",
    ];
    const { patches, sources } = inspect(...lists, "%prep", "%autosetup -p1");
    expect(patches.map(({ number, file }) => `${number} ${file}`)).toEqual(["3 a", "4 hello.patch", "5 c"]);
    expect(sources).toEqual([
      { number: 0, file: "hello-2.1.tar.gz" },
      { number: 1, file: "data.tar" },
    ]);
  });

  it("are those of tags that count", () => {
    const tags = ["%if 0", "Patch: no.patch", "%endif", "Patch: yes.patch"];
    const { patches } = inspect(...tags, "%prep", "%autosetup -p1");
    expect(patches).toMatchObject([{ number: 0, file: "yes.patch" }]);
  });
});

describe("what is not understood of a spec", () => {
  it.each<[line: string, complaint: string]>([
    ["%patch9 -p1", "line 8: %patch applies patch 9, and there is none"],
    ["%patch -P %{unknown} -p1", "line 8: which patch %patch applies here is not understood"],
    ["sed s/x/y/ %{PATCH2} > z", "line 8: what is done with patch 2 here is not understood"],
    ["%if 1", "line 8: this condition has no %endif"],
    [
      "pushd $PO\n%patch2 -p1\npopd\n%patch1 -p1",
      "line 9: %patch applies here in a folder that is not certain, and is taken as if at the top",
    ],
    [
      "%patch2 -d po -p1\n%patch2 -d doc -p1",
      "line 5: patch 2 is applied in more than one folder, and is taken as if at the top",
    ],
    [
      "%ifarch arm\n%patch1\n%endif",
      'line 8: whether "%ifarch arm" holds depends on where the package is built',
    ],
  ])("names the line of %j", (line, complaint) => {
    const { unsupported } = inspect(...three, "%prep", ...line.split("\n"));
    expect(unsupported.map((each) => `line ${each.line}: ${each.reason}`)).toEqual([complaint]);
  });

  it("holds a source that only a program can name, and patches are known all the same", () => {
    const { sources, patches, unsupported } = inspect(
      "Source1: %(date).tar",
      ...three,
      "%prep",
      "%autosetup -p1",
    );
    expect(sources).toContainEqual({ number: 1, file: "%(date).tar" });
    expect(patches).toHaveLength(3);
    expect(unsupported).toEqual([{ line: 4, reason: expect.stringContaining("would run a shell") }]);
  });

  it("holds a number that two tags have", () => {
    const { unsupported } = inspect("Patch1: a", "Patch1: b", "%prep", "%autosetup");
    expect(unsupported).toEqual([{ line: 5, reason: "patch 1 is there already, in line 4" }]);
  });

  it("holds a spec that is none", () => {
    expect(inspectSpec(Buffer.from([0, 255, 37, 123]), "x.spec")).toMatchObject({
      package: undefined,
      patches: [],
      unsupported: [{ reason: "the spec has no name" }, { reason: "the spec has no version" }],
    });
  });
});

describe("a hostile spec", () => {
  it("with conditions nested without end is refused by its line", () => {
    const nested = [...Array<string>(101).fill("%if 1"), ...Array<string>(101).fill("%endif")];
    expect(() => inspect(...nested)).toThrow(
      expect.objectContaining({
        kind: "unsupported",
        message: "more than 100 conditions stand in one another",
        where: "line 104 of the spec",
      }),
    );
  });

  it("with more lines than any distribution has is refused by its line", () => {
    expect(() => inspect("\n".repeat(400_000))).toThrow(
      expect.objectContaining({
        kind: "unsupported",
        message: "the spec has more than 400000 lines",
        where: "line 400001 of the spec",
      }),
    );
  });

  it("with more patches than any distribution has is refused by its line", () => {
    const tags = Array.from({ length: 20_000 }, (_, index) => `Patch${index}: a.patch`);
    expect(() => inspect(...tags)).toThrow(
      expect.objectContaining({
        kind: "unsupported",
        message: "the spec names more than 20000 sources and patches",
        where: "hello.spec:20003",
      }),
    );
  });

  it("with very many options is read in time that grows with it", () => {
    expect(applied(`%patch${" -P 2".repeat(200_000)} -p1`)[0]).toBe("2 -p1 %patch");
  });
});
