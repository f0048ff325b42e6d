import { afterEach, describe, expect, it } from "@jest/globals";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { newRepository, removeRepositories, TestPackage, type Files } from "./package.js";

afterEach(removeRepositories);

const folder = join(import.meta.dirname, "..", "fixtures", "conversion");

/** Every file below a folder by its path. */
async function readFiles(root: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    if ((await stat(join(root, name))).isFile()) files[name] = await readFile(join(root, name));
  }
  return files;
}

async function readPackage(name: string): Promise<TestPackage> {
  const [source, dist] = [await newRepository(), await newRepository()];
  await source.commit("Release 1.0\n", await readFiles(join(folder, name, "upstream")));
  await source.store.flush();
  await source.tag("v1.0");
  const commits = JSON.parse(await readFile(join(folder, name, "commits.json"), "utf8")) as {
    message: string;
    files: Files;
  }[];
  const distro = Object.entries(await readFiles(join(folder, name, "distro")));
  await source.commit(
    "Add distribution files\n",
    Object.fromEntries(distro.map(([path, text]) => [`.distro/${path}`, text])),
  );
  for (const { message, files } of commits) await source.commit(message, files);
  await dist.commit("Import\n", await readFiles(join(folder, name, "dist-git")));
  return new TestPackage(source, dist);
}

describe("a golden tree", () => {
  it.each(["autosetup", "patch-lines", "centos-8"])("%s is what it was", async (name) => {
    const golden = await readPackage(name);
    await golden.convert();
    const expected = Object.entries(await readFiles(join(folder, name, "expected")));
    expect(await golden.dist.files()).toEqual(
      Object.fromEntries(expected.map(([path, content]) => [path, content.toString("latin1")])),
    );
    expect((await golden.convert()).changed).toBe(false);
  });
});
