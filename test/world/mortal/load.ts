import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";

type Load = (exports: object, require: NodeJS.Require, module: { exports: object }) => void;

/** Runs a bundle with what V8 made of it before, where that is known: compiling it is half of a start otherwise. */
function load(bundle: string, checkout: string): void {
  const known = `${bundle}.known`;
  const text = `(function (exports, require, module) {${readFileSync(bundle, "utf8")}\n})`;
  const cachedData = existsSync(known) ? readFileSync(known) : undefined;
  const script = new Script(text, { filename: bundle, ...(cachedData && { cachedData }) });
  const module = { exports: {} };
  (script.runInThisContext() as Load)(module.exports, createRequire(`${checkout}/package.json`), module);
  process.once("exit", () => {
    const written = `${known}.${process.pid}`;
    writeFileSync(written, script.createCachedData());
    renameSync(written, known);
  });
}

const [, , bundle = "", checkout = ""] = process.argv;
load(bundle, checkout);
