import { afterEach, describe, expect, it } from "@jest/globals";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { newRepository, removeRepositories, type Files } from "./package.js";
import { QuiltPackage } from "./quilt-package.js";

afterEach(removeRepositories);

const folder = join(import.meta.dirname, "..", "fixtures", "conversion");

async function readFiles(root: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const name of (await readdir(root, { recursive: true })).sort()) {
    if ((await stat(join(root, name))).isFile()) files[name] = await readFile(join(root, name));
  }
  return files;
}

describe("a golden tree of Debian's", () => {
  it.each(["quilt-beside", "quilt-alone"])("%s is what it was", async (name) => {
    const [source, dist] = [await newRepository(), await newRepository()];
    await source.commit("Release 1.0\n", await readFiles(join(folder, name, "upstream")));
    await source.store.flush();
    await source.tag("v1.0");
    await dist.commit("Import\n", await readFiles(join(folder, name, "dist-git")));
    const golden = new QuiltPackage(source, dist);
    await golden.start();
    expect((await golden.convert()).changed).toBe(false);

    const commits = JSON.parse(await readFile(join(folder, name, "commits.json"), "utf8")) as {
      message: string;
      files: Files;
    }[];
    for (const { message, files } of commits) await source.commit(message, files);
    await golden.convert();
    const expected = Object.entries(await readFiles(join(folder, name, "expected")));
    expect(await dist.files()).toEqual(
      Object.fromEntries(expected.map(([path, content]) => [path, content.toString("latin1")])),
    );
    expect((await golden.convert()).changed).toBe(false);
  });
});
