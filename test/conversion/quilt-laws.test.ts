import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { applyPatch } from "../../src/conversion/patches/apply-patch.js";
import { PatchedTree } from "../../src/conversion/patches/patched-tree.js";
import { parseSeries, patchesOf } from "../../src/conversion/quilt/series-file.js";
import { makePackage, packagePlan, type PackagePlan } from "./laws/generate.js";
import { applyEdits, commitTree, edit, readTree, writeTree, type Tree } from "./laws/trees.js";
import { newRepository, removeRepositories, type Files } from "./package.js";
import { packaging, QuiltPackage } from "./quilt-package.js";

afterEach(removeRepositories);

interface Drawn {
  readonly plan: PackagePlan;
  readonly shape: "beside" | "alone";
  /** What stands before, between and behind the lines of the series. */
  readonly between: readonly string[];
  readonly end: string;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  plan: packagePlan,
  shape: fc.constantFrom("beside", "alone"),
  between: fc.array(fc.constantFrom("", "", "# comment", "#off.patch -p0"), { maxLength: 4 }),
  end: fc.constantFrom("\n", "\n", "\r\n"),
});

/** A Debian package that no code of ours wrote, begun. */
async function begin({ plan, shape, between, end }: Drawn) {
  const made = makePackage(plan);
  const [source, dist] = [await newRepository(), await newRepository()];
  await commitTree(source, await writeTree(source, plan.upstream), "Release 1.0\n");
  await source.tag("v1.0");
  const lines = made.patches.flatMap(({ file, strip }, index) => [
    ...(between[index] === undefined ? [] : [between[index]]),
    strip === 1 ? file : `${file} -p${strip}`,
  ]);
  const files = made.patches.map(({ file, bytes }) => [
    `debian/patches/${file}`,
    Buffer.from(bytes, "latin1"),
  ]);
  if (shape === "beside") await commitTree(dist, await writeTree(dist, plan.upstream), "Import\n");
  await dist.commit("Package\n", {
    ...packaging,
    ...(Object.fromEntries(files) as Files),
    "debian/patches/series": lines.join(end) + (between.length % 2 === 0 ? end : ""),
    "debian/patches/README": "no patch\n",
  });
  const hello = new QuiltPackage(source, dist);
  await hello.start();
  return { hello, made };
}

/** source-git's tree without the distribution's files. */
async function sourceTree(hello: QuiltPackage): Promise<Record<string, unknown>> {
  const tree = await readTree(hello.source, hello.source.tip ?? "");
  return plain(new Map([...tree].filter(([path]) => !path.startsWith("debian/"))));
}

function plain(tree: Tree): Record<string, unknown> {
  return Object.fromEntries([...tree].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The base with the patches of dist-git's series. */
async function patchedTree(hello: QuiltPackage): Promise<Record<string, unknown>> {
  const files = await hello.dist.files();
  const path = "debian/patches/series";
  const tree = new PatchedTree(hello.source.store, hello.base);
  const series = Buffer.from(files[path] ?? "", "latin1").toString();
  for (const { file, strip } of patchesOf(parseSeries(series, path))) {
    const content = Buffer.from(files[`debian/patches/${file}`] ?? "", "latin1");
    expect(await applyPatch(tree, { content, strip })).toMatchObject({ outcome: "applied" });
  }
  return plain(await readTree(hello.source, await tree.write()));
}

describe("a generated Debian package", () => {
  it("becomes commits that hold base plus patches, and converts to an empty change", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (plan) => {
        const { hello, made } = await begin(plan);
        expect(await sourceTree(hello)).toEqual(plain(made.patched));
        expect(await hello.changes()).toEqual({});
        await removeRepositories();
      }),
      { seed: 20_261_121, numRuns: 12 },
    );
  });

  it("takes any commit as a patch more and a line more, and the patches add up", async () => {
    const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(drawn, edits, async (plan, list) => {
        const { hello, made } = await begin(plan);
        const before = await readTree(hello.source, hello.source.tip ?? "");
        const { tree } = applyEdits(made.patched, list, { own: "x", unlike: [made.patched] });
        const whole = new Map([...before].filter(([path]) => path.startsWith("debian/")).concat([...tree]));
        const distro = (await hello.source.files())[".distro/source-git.yaml"] ?? "";
        whole.set(".distro/source-git.yaml", { mode: "100644", bytes: distro });
        await commitTree(hello.source, await writeTree(hello.source, whole), "Change\n");
        const changed = Object.keys(await hello.changes());
        expect(changed).toEqual([
          expect.stringMatching(/^debian\/patches\/.*Change.*\.patch$/),
          "debian/patches/series",
        ]);
        expect(await patchedTree(hello)).toEqual(await sourceTree(hello));
        expect((await hello.convert()).changed).toBe(false);
        await removeRepositories();
      }),
      { seed: 20_261_121, numRuns: 12 },
    );
  });
});
