import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { newPackage, removeRepositories, spec, type Files, type TestPackage } from "../package.js";
import { runs } from "./bounds.js";

afterEach(removeRepositories);

const names = ["README", "src/a.c", "src/b c.c", "docs/ü.txt", "Makefile", "bin.dat"];
const line = fc.constantFrom(
  "x",
  "x",
  "y",
  "",
  "  z",
  "\tw",
  "caf\u00e9",
  "@@ -1 +1 @@",
  "--- a",
  "+++ b",
  "From me",
  "-- ",
);
const text = fc
  .array(line, { maxLength: 12 })
  .chain((lines) => fc.constantFrom("\n", "\r\n", "").map((end) => lines.join("\n") + end));
const content = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: text.map((program) => ({ program })) },
  { weight: 1, arbitrary: fc.constantFrom("a", "../b").map((link) => ({ link })) },
  { weight: 2, arbitrary: fc.constant(null) },
);
const files = fc.dictionary(fc.constantFrom(...names), content, { maxKeys: 3 });
const subject = fc.constantFrom(
  "Fix",
  "Fix it",
  "Ändere",
  "a/b: c",
  "diff --git a/x b/x",
  "...",
  "[PATCH] x",
);
const trailer = fc.constantFrom(
  "",
  "",
  "",
  "\n\nPatch-name: same.patch",
  "\n\nPatch-status: |\n    why\n    not",
);
const commit = fc.record({
  message: fc.tuple(subject, trailer).map(([one, two]) => `${one}${two}\n`),
  files,
});
const history = fc.array(commit, { minLength: 1, maxLength: 6 });
const specs = fc
  .record({
    source: fc.constantFrom(
      "Source0: a\n",
      "Source0:        a\n",
      "%if 0\nSource0: a\n%endif\n",
      "%global x y\n",
    ),
    prep: fc.constantFrom("%autosetup -p1\n", "%setup -q\n%autopatch -p1\n", "%setup -q\n"),
    end: fc.constantFrom("\n", ""),
    windows: fc.boolean(),
  })
  .map(({ source, prep, end, windows }) => {
    const unix =
      spec
        .replace(/^Source0:.*\n/m, source)
        .replace("%autosetup -p1\n", prep)
        .trimEnd() + end;
    return windows ? unix.replace(/\n/g, "\r\n") : unix;
  });

/** Commits a generated history; deleting what is not there is left out. */
async function commitAll(
  hello: TestPackage,
  commits: readonly { message: string; files: Files }[],
): Promise<void> {
  for (const { message, files: changes } of commits) {
    const present = await hello.source.files();
    const real = Object.entries(changes).filter(([path, change]) => change !== null || path in present);
    await hello.source.commit(message, Object.fromEntries(real));
  }
}

/** The tree that git gives for upstream's release and dist-git's patches, in the order that the conversion tells. */
async function patchedTree(hello: TestPackage): Promise<string> {
  const { store } = hello.source;
  const environment = { GIT_INDEX_FILE: `${store.directory}/test-index` };
  await store.git(["read-tree", "v1.0"], { environment });
  const present = await hello.dist.files();
  for (const { file } of hello.last?.patches ?? []) {
    // One by one, as `git am` and `patch` do: `git apply` loses a file that a later mail of the same patch removes again.
    for (const mail of (present[file] ?? "").split(/^(?=From [0-9a-f]{40} Mon Sep 17 00:00:00 2001$)/m)) {
      const input = Buffer.from(mail, "latin1");
      await store.git(["apply", "--cached", "--whitespace=nowarn", "--allow-empty"], { environment, input });
    }
  }
  return (await store.git(["write-tree"], { environment })).stdout.toString().trim();
}

async function headTree(hello: TestPackage): Promise<string> {
  const entries = await hello.source.store.readTree(hello.source.tip ?? "");
  return hello.source.store.writeTree(entries.filter(({ name }) => name !== ".distro"));
}

describe("the laws", () => {
  it("the patches, applied to the base, give the source tree; and a second run changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(history, specs, async (commits, text) => {
        const hello = await newPackage({ spec: text });
        await commitAll(hello, commits);
        try {
          await hello.convert();
        } catch (error) {
          // Equal names with others between them are an error that has its own test.
          expect(String(error)).toMatch(/name the same patch/);
          return;
        }
        expect(await patchedTree(hello)).toBe(await headTree(hello));
        expect((await hello.convert()).changed).toBe(false);
        await removeRepositories();
      }),
      runs(20),
    );
  }, 240_000);

  it("a commit more changes what it must: its own patch and line, whatever history is rewritten before it", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (commits) => {
        const hello = await newPackage();
        await commitAll(hello, commits);
        if (
          !(await hello.convert().then(
            () => true,
            () => false,
          ))
        )
          return;
        const before = await hello.dist.files();
        await hello.source.commit("One more\n", { "more.txt": "more\n" });
        await hello.convert();
        const after = await hello.dist.files();
        const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
        expect(changed.filter((path) => path !== "hello.spec")).toEqual([
          expect.stringMatching(/^\d{4}-One-more.patch$/),
        ]);
        const lines = (text: string | undefined) => text?.split("\n").length ?? 0;
        expect(lines(after["hello.spec"])).toBe(lines(before["hello.spec"]) + 1);
        await removeRepositories();
      }),
      runs(15),
    );
  }, 240_000);
});
