// Converts a small package with the program in a folder, and keeps there what V8 compiled for that: `code-cache.mjs FOLDER`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import compiled from "../bin/compiled.js";
import { environment, makeDist, makeSource } from "./bench/repositories.mjs";

const folder = process.argv[2];
const scratch = mkdtempSync(join(tmpdir(), "sluice-build-"));
const [source, dist] = [join(scratch, "source"), join(scratch, "dist")];
Object.assign(process.env, environment);
try {
  await makeSource(source, { files: 10, commits: 12 });
  makeDist(dist);
  const { loaded, script } = compiled.loadCompiled(folder);
  const code = await loaded.main({ argv: ["update-dist-git", source, dist] });
  if (code !== 0) throw new Error(`update-dist-git ended with ${code}`);
  compiled.keepCode(folder, script);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
