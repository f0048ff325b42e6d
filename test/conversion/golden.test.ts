import { afterEach, describe, expect, it } from "@jest/globals";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { newRepository, removeRepositories, TestPackage, type Files } from "./package.js";
import { bringHome, expectInStep, startFrom } from "./round-trip.js";

afterEach(removeRepositories);

const folder = join(import.meta.dirname, "..", "fixtures", "conversion");
const packages = ["autosetup", "patch-lines", "centos-8"];

/** Every file below a folder by its path. */
async function readFiles(root: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    if ((await stat(join(root, name))).isFile()) files[name] = await readFile(join(root, name));
  }
  return files;
}

/** The same as text of latin1, as `TestRepository.files` gives them. */
async function readTexts(root: string): Promise<Record<string, string>> {
  const files = Object.entries(await readFiles(root));
  return Object.fromEntries(files.map(([path, content]) => [path, content.toString("latin1")]));
}

interface CommitPlan {
  readonly message: string;
  readonly files: Files;
}

async function readJson(...path: readonly string[]): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, ...path), "utf8")) as unknown;
}

/** Both sides as they are before the first conversion. */
async function readPackage(name: string): Promise<TestPackage> {
  const [source, dist] = [await newRepository(), await newRepository()];
  await source.commit("Release 1.0\n", await readFiles(join(folder, name, "upstream")));
  await source.store.flush();
  await source.tag("v1.0");
  const distro = Object.entries(await readFiles(join(folder, name, "distro")));
  await source.commit(
    "Add distribution files\n",
    Object.fromEntries(distro.map(([path, text]) => [`.distro/${path}`, text])),
  );
  for (const { message, files } of (await readJson(name, "commits.json")) as CommitPlan[]) {
    await source.commit(message, files);
  }
  await dist.commit("Import\n", await readFiles(join(folder, name, "dist-git")));
  return new TestPackage(source, dist);
}

/** A source-git started from what the conversion made of the package. */
async function startPackage(name: string): Promise<TestPackage> {
  const [source, dist] = [await newRepository(), await newRepository()];
  await source.commit("Release 1.0\n", await readFiles(join(folder, name, "upstream")));
  await dist.commit("Import\n", await readFiles(join(folder, name, "expected")));
  return startFrom(source, dist);
}

/** The commits after upstream's release: who made them, when, and what they say. */
async function readLog({ source: { store, tip = "" } }: TestPackage): Promise<unknown> {
  const { stdout } = await store.git([
    "log",
    "-z",
    "--reverse",
    "--format=%an <%ae>%n%ai%n%B",
    `v1.0..${tip}`,
  ]);
  const records = stdout.toString().split("\0").filter(Boolean);
  return records.map((record) => {
    const [author, date, ...message] = record.replace(/[0-9a-f]{40}/g, "<commit>").split("\n");
    return { author, date, message: message.join("\n") };
  });
}

describe("a golden tree", () => {
  it.each(packages)("%s is what it was", async (name) => {
    const golden = await readPackage(name);
    await golden.convert();
    expect(await golden.dist.files()).toEqual(await readTexts(join(folder, name, "expected")));
    expect((await golden.convert()).changed).toBe(false);
  });

  it.each(packages)("%s starts as it did, commits and all", async (name) => {
    const golden = await startPackage(name);
    expect(await golden.source.files()).toEqual(await readTexts(join(folder, name, "started")));
    expect(await readLog(golden)).toEqual(await readJson(name, "started.json"));
    await expectInStep(golden);
  });

  it.each(packages)("%s comes home as it did, commits and all", async (name) => {
    const golden = await startPackage(name);
    for (const { message, files } of (await readJson(name, "dist-commits.json")) as CommitPlan[]) {
      await golden.dist.commit(message, files);
    }
    await bringHome(golden);
    expect(await golden.source.files()).toEqual(await readTexts(join(folder, name, "home")));
    expect(await readLog(golden)).toEqual(await readJson(name, "home.json"));
    await expectInStep(golden);
  });
});
