import { expect, it } from "@jest/globals";
import type { BroughtHome } from "../../src/conversion/layout.js";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import { listFiles } from "../../src/git/trees.js";
import { newRepository, readme, TestPackage, type Files, type TestRepository } from "./package.js";

const bot = { name: "Sluice", email: "sluice@example.org", date: "1700000200 +0000" };

/** The tree of upstream's release with diffs on top, applied by git one after another. */
export async function applyByGit(
  { source: { store } }: TestPackage,
  diffs: readonly { readonly bytes: string; readonly strips: readonly number[]; readonly isOld?: boolean }[],
): Promise<string> {
  const environment = { GIT_INDEX_FILE: `${store.directory}/test-index` };
  await store.git(["read-tree", "v1.0"], { environment });
  for (const { bytes, strips, isOld = false } of diffs) {
    const failures: string[] = [];
    // What patch calls fuzz: an old patch may have lost some of its context.
    const fuzz = isOld ? ["-C1"] : [];
    for (const strip of strips) {
      const args = ["apply", "--cached", "--whitespace=nowarn", "--allow-empty", `-p${strip}`, ...fuzz];
      const input = Buffer.from(bytes, "latin1");
      const { exitCode, stderr } = await store.git(args, { environment, input, expect: [0, 1, 128] });
      if (exitCode === 0) break;
      failures.push(stderr);
    }
    if (failures.length === strips.length) throw new Error(`${failures.join("\n")}\n${bytes}`);
  }
  return (await store.git(["write-tree"], { environment })).stdout.toString().trim();
}

/** The same with the patches of the last conversion in their order; each with the first strip level that fits. */
async function patchedTree(hello: TestPackage): Promise<string> {
  const present = await hello.dist.files();
  const folder = Object.keys(present).some((path) => path.startsWith("SPECS/")) ? "SOURCES/" : "";
  const patches = hello.last?.patches ?? [];
  return applyByGit(
    hello,
    patches.map(({ file }) => ({ bytes: present[`${folder}${file}`] ?? "", strips: [1, 0, 2] })),
  );
}

/** What `patchedTree` holds, by path, as text of latin1. */
export async function patchedFiles(hello: TestPackage): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { path, id } of await listFiles(hello.source.store, await patchedTree(hello))) {
    files[path] = (await hello.source.store.readBlob(id)).toString("latin1");
  }
  return files;
}

/** The tree of source-git's head without the distribution's folder. */
export async function sourceTree({ source: { store, tip = "" } }: TestPackage): Promise<string> {
  const entries = await store.readTree(tip);
  return store.writeTree(entries.filter(({ name }) => name !== ".distro"));
}

export interface DistPackage {
  readonly upstream?: Files;
  readonly dist: Files;
}

/** A source-git started from a dist-git that no code of ours wrote. */
export async function startedPackage({ upstream, dist: files }: DistPackage): Promise<TestPackage> {
  const [source, dist] = [await newRepository(), await newRepository()];
  await source.commit("Release 1.0\n", upstream ?? { README: readme({}) });
  await dist.commit("Import\n", files);
  return startFrom(source, dist);
}

/** Starts source-git on upstream's release, which is all that it holds. */
export async function startFrom(source: TestRepository, dist: TestRepository): Promise<TestPackage> {
  await source.store.flush();
  await dist.store.flush();
  await source.tag("v1.0");
  const started = await rpmLayout.start({
    source: source.store,
    base: source.tip ?? "",
    upstreamRef: "v1.0",
    dist: dist.store,
    tip: dist.tip ?? "",
    committer: bot,
  });
  source.tip = started.head;
  return new TestPackage(source, dist);
}

/** Carries home what dist-git alone changed, since the two were in step or since a commit. */
export async function bringHome({ source, dist }: TestPackage, since?: string): Promise<BroughtHome> {
  await source.store.flush();
  await dist.store.flush();
  const home = await rpmLayout.distToSource({
    source: source.store,
    head: source.tip ?? "",
    dist: dist.store,
    tip: dist.tip ?? "",
    since,
    committer: bot,
  });
  source.tip = home.head;
  return home;
}

/** Fails unless dist-git says just what source-git does, and its patches add up to source-git's tree. */
export async function expectInStep(hello: TestPackage): Promise<void> {
  const before = await hello.dist.files();
  const { changed } = await hello.convert();
  expect(await hello.dist.files()).toEqual(before);
  expect(changed).toBe(false);
  expect(await patchedTree(hello)).toBe(await sourceTree(hello));
}

export interface TwoStates {
  readonly upstream?: Files;
  /** dist-git with some patches. */
  readonly before: Files;
  /** dist-git's files that are other when it has one patch more; `null` for one that is gone. */
  readonly change: Files;
  /** What source-git holds with all patches of the second state, by path, as latin1. */
  readonly patched: Readonly<Record<string, string>>;
}

/** The two directions from dist-git, for a case: a start from the second state, and the way from the first to it. */
export function comesFromDist({ upstream, before, change, patched }: TwoStates): void {
  const given = upstream === undefined ? {} : { upstream };

  it("dist to source: the start holds the patches, and converts to an empty change", async () => {
    const present = Object.entries({ ...before, ...change }).filter(([, content]) => content !== null);
    const hello = await startedPackage({ ...given, dist: Object.fromEntries(present) });
    expect(await hello.source.files()).toMatchObject(patched);
    await expectInStep(hello);
  });

  it("the way back: what dist-git adds comes home, and converts to an empty change", async () => {
    const hello = await startedPackage({ ...given, dist: before });
    await hello.dist.commit("One patch more\n", change);
    await bringHome(hello);
    expect(await hello.source.files()).toMatchObject(patched);
    await expectInStep(hello);
    expect((await bringHome(hello)).commits).toEqual([]);
  });
}
