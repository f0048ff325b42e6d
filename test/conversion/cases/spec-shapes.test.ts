import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories } from "../package.js";
import { comesFromDist } from "../round-trip.js";
import { readmePatch, withTags } from "./shapes.js";

afterEach(removeRepositories);

const one = { README: readme({ 2: "TWO" }) };
const two = { README: readme({ 2: "TWO", 9: "NINE" }) };
const [first, second] = [readmePatch(2, "TWO"), readmePatch(9, "NINE")];

/** dist-git whose spec names `first.patch`, and one whose spec names `second.patch` behind it. */
function twoSpecs(before: string, after: string) {
  return {
    before: { "hello.spec": before, "first.patch": first },
    change: { "hello.spec": after, "second.patch": second },
    patched: two,
  };
}

/** The spec after `first.patch` and a new `second.patch` were converted. */
async function afterSecond(text: string, distro: Record<string, string> = {}): Promise<string | undefined> {
  const hello = await newPackage({ spec: text, distro });
  await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
  await hello.source.commit("Second\n\nPatch-name: second.patch\n", two);
  await hello.convert();
  const after = await hello.dist.file("hello.spec");
  expect((await hello.convert()).changed).toBe(false);
  return after;
}

/** All three directions of a spec whose new line is `line`, behind `behind`. */
function holds(text: string, { behind, line }: { behind: string; line: string }): void {
  const after = text.replace(behind, behind + line);

  it("source to dist: the new line is all that changes", async () => {
    expect(after).not.toBe(text);
    expect(await afterSecond(text)).toBe(after);
  });

  comesFromDist(twoSpecs(text, after));
}

describe("patch tags inside `%if`", () => {
  const inside = "%if 0%{?rhel}\nPatch1: first.patch\n%endif\n";
  holds(withTags(`Source0: a.tar.gz\n${inside}`), { behind: inside, line: "Patch2: second.patch\n" });
});

describe("patch tags inside `%if`, one in each branch", () => {
  const branches =
    "%if 0%{?rhel}\n%ifarch s390x\nPatch1: first.patch\n%endif\n%else\nPatch1: other.patch\n%endif\n";

  it("source to dist: a new tag goes behind the outermost %endif", async () => {
    const text = withTags(`Source0: a.tar.gz\n${branches}`);
    expect(await afterSecond(text, { "other.patch": "conditional\n" })).toBe(
      text.replace(branches, `${branches}Patch2: second.patch\n`),
    );
  });
});

describe("last source inside a false `%if`", () => {
  const sources = "Source0: a.tar.gz\n%if 0\nSource1: b.tar.gz\n%endif\n";

  it("source to dist: the first tag goes behind the %endif", async () => {
    const hello = await newPackage({ spec: withTags(sources) });
    await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toBe(withTags(`${sources}Patch1: first.patch\n`));
  });

  comesFromDist({
    before: { "hello.spec": withTags(sources) },
    change: { "hello.spec": withTags(`${sources}Patch1: first.patch\n`), "first.patch": first },
    patched: one,
  });
});

describe("`%global` between sources and patches", () => {
  const tag = "%global fix first\nPatch1: %{fix}.patch\n";
  holds(withTags(`Source0: a.tar.gz\n${tag}`), { behind: tag, line: "Patch2: second.patch\n" });

  it("is no tag, nor is what the body of a macro says", async () => {
    const text = withTags(
      "Source0: a.tar.gz\n%global fix first\n%global list %{expand:\nPatch7: not-a-tag.patch\n}\nPatch1: %{fix}.patch\n# Patch3: nor this\n",
    );
    expect(await afterSecond(text)).toBe(
      text.replace("Patch1: %{fix}.patch\n", "Patch1: %{fix}.patch\nPatch2: second.patch\n"),
    );
  });
});

describe("macros in names", () => {
  const named = "Patch1: %{name}-%{version}.patch\n";
  const [before, after] = [
    withTags(`Source0: a.tar.gz\n${named}`),
    withTags(`Source0: a.tar.gz\n${named}Patch2: %{name}-two.patch\n`),
  ];

  comesFromDist({
    before: { "hello.spec": before, "hello-1.0.patch": first },
    change: { "hello.spec": after, "hello-two.patch": second },
    patched: two,
  });
});

describe("no blank lines in the preamble", () => {
  const tight = withTags("Source0: a.tar.gz\nPatch1: first.patch\n")
    .replace("\nBuildRequires", "BuildRequires")
    .replace("gcc\n\n", "gcc\n");
  holds(tight, { behind: "first.patch\n", line: "Patch2: second.patch\n" });
});

describe("no final newline in spec", () => {
  const short = withTags("Source0: a.tar.gz\nPatch1: first.patch\n").trimEnd();
  holds(short, { behind: "first.patch\n", line: "Patch2: second.patch\n" });
});

describe("no final newline in spec, whose last line names a patch", () => {
  const list = "Name: hello\nVersion: 1.0\n%prep\n%autosetup -p1\n%patchlist\nfirst.patch";
  holds(list, { behind: "first.patch", line: "\nsecond.patch" });
});

describe("CRLF spec", () => {
  const windows = withTags("Source0: a.tar.gz\nPatch1: first.patch\n").replace(/\n/g, "\r\n");
  holds(windows, { behind: "first.patch\r\n", line: "Patch2: second.patch\r\n" });
});

describe("a spec with bytes that are no UTF-8", () => {
  // Specs are bytes: here the code of one byte stands for that byte.
  const latin = withTags("Source0: a.tar.gz\n# caf\xe9\nPatch1: first.patch\n");
  const bytes = (text: string) => Buffer.from(text, "latin1");
  const after = latin.replace("first.patch\n", "first.patch\nPatch2: second.patch\n");

  comesFromDist({
    before: { "hello.spec": bytes(latin), "first.patch": first },
    change: { "hello.spec": bytes(after), "second.patch": second },
    patched: two,
  });
});

describe("comments above a tag", () => {
  const tag = "# Bug 1\n# still open\nPatch1: first.patch\n";
  const [before, after] = [tag, `${tag}\n# Bug 2\nPatch2: second.patch\n`];
  comesFromDist(twoSpecs(withTags(`Source0: a\n${before}`), withTags(`Source0: a\n${after}`)));
});

describe("`%patchlist`", () => {
  const list =
    "Name: hello\nVersion: 1.0\n\n%patchlist\n# Kept\nfirst.patch\n\n%description\nX\n\n%prep\n%autosetup -p1\n";
  holds(list, { behind: "first.patch\n", line: "second.patch\n" });
});
