import { rpmLayout } from "../../../src/conversion/rpm/rpm-layout.js";
import { configuration, type TestPackage } from "../package.js";
import { layOut, type GeneratedPackage, type PackagePlan } from "./generate.js";
import { commitTree, writeTree, type GeneratedFile, type Tree } from "./trees.js";

/** Both sides of a generated package, in step. */
export interface Begun {
  readonly hello: TestPackage;
  readonly made: GeneratedPackage;
}

const bot = { name: "Sluice", email: "sluice@example.org", date: "1700000200 +0000" };

/** A source-git that `start` makes. */
export async function startByItself(plan: PackagePlan): Promise<Begun> {
  const { hello, made } = await layOut(plan);
  const { source, dist } = hello;
  const started = await rpmLayout.start({
    source: source.store,
    base: source.tip ?? "",
    upstreamRef: "v1.0",
    dist: dist.store,
    tip: dist.tip ?? "",
    committer: bot,
  });
  source.tip = started.head;
  await source.store.flush();
  return { hello, made };
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
