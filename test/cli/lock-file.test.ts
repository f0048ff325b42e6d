import { expect, it } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { z } from "zod";

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).default({}) }),
  ),
});

// npm ci refuses a lock file without them, and npm install drops those that its registry does not have.
it("installs on every platform: the lock file lists the optional packages of all of them", async () => {
  const text = await readFile(new URL("../../package-lock.json", import.meta.url), "utf8");
  const { packages } = lockFile.parse(JSON.parse(text));

  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
    ),
  );

  expect(missing).toEqual([]);
});

it("names no registry: whoever installs uses their own", async () => {
  const text = await readFile(new URL("../../package-lock.json", import.meta.url), "utf8");

  expect(text).not.toContain('"resolved"');
});
