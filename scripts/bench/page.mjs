// docs/benchmarks.md has a part for each bench; each run writes its own and leaves the others as they are.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../install.mjs";

const file = join(root, "docs", "benchmarks.md");
/** The last part begins here; what comes before it is about conversions. */
const loadTitle = "## Under load";

export function writeConversionPart(text) {
  write(`${text}\n${present().load}`);
}

export function writeLoadPart(text) {
  write(`${present().conversion}\n${loadTitle}\n\n${text}`);
}

/** The machine that figures hold for. */
export function machine() {
  const [{ model }] = cpus();
  const version = execFileSync("git", ["--version"], { encoding: "utf8" }).trim();
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB of memory`;
  return `Measured on ${cpus().length} × ${model.trim()}, ${memory}, ${process.platform}, Node ${process.versions.node}, ${version}.`;
}

function present() {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "# Benchmarks\n";
  const at = text.indexOf(`\n${loadTitle}`);
  return at < 0
    ? { conversion: text, load: "" }
    : { conversion: text.slice(0, at), load: text.slice(at + 1) };
}

function write(text) {
  writeFileSync(file, text);
  execFileSync(join(root, "node_modules", ".bin", "prettier"), ["--log-level=warn", "--write", file]);
  console.log(`\nWritten to docs/benchmarks.md.`);
}
