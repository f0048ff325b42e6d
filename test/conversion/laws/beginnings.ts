import { configuration, type TestPackage } from "../package.js";
import { startFrom } from "../round-trip.js";
import { layOut, type GeneratedPackage, type PackagePlan } from "./generate.js";
import { commitTree, writeTree, type GeneratedFile, type Tree } from "./trees.js";

/** Both sides of a generated package, in step. */
export interface Begun {
  readonly hello: TestPackage;
  readonly made: GeneratedPackage;
}

/** A source-git that `start` makes. */
export async function startByItself(plan: PackagePlan): Promise<Begun> {
  const { hello, made } = await layOut(plan);
  return { hello: await startFrom(hello.source, hello.dist), made };
}

/** A source-git that somebody made by hand: the distribution's files, then one commit for each patch. */
export async function startByHand(plan: PackagePlan): Promise<Begun> {
  const { hello, made } = await layOut(plan);
  const distro = distroFiles(plan, made);
  const commit = async (tree: Tree, message: string) =>
    commitTree(hello.source, await writeTree(hello.source, new Map([...tree, ...distro])), message);
  await commit(plan.upstream, `Add distribution files\n\nFrom-dist-git-commit: ${hello.dist.tip ?? ""}\n`);
  for (const { file, tree } of made.patches) await commit(tree, `Patch\n\nPatch-name: ${file}\n`);
  return { hello, made };
}

function distroFiles({ folders }: PackagePlan, { files, patches, specPath }: GeneratedPackage): Tree {
  const patchPaths = new Set(patches.map(({ file }) => `${folders ? "SOURCES/" : ""}${file}`));
  const own = Object.entries(files).filter(
    ([path]) => !patchPaths.has(path) && path !== "sources" && path !== ".gitignore",
  );
  const text = configuration.replace(".distro/hello.spec", `.distro/${specPath}`);
  return new Map<string, GeneratedFile>([
    ...own.map(([path, bytes]): [string, GeneratedFile] => [
      `.distro/${path}`,
      { mode: path.endsWith(".sh") ? "100755" : "100644", bytes },
    ]),
    [".distro/source-git.yaml", { mode: "100644", bytes: text }],
  ]);
}
