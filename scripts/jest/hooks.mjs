// How modules are found and loaded in tests. Node runs this in a thread of its own.
import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile } from "./typescript.cjs";

const tests = join(dirname(dirname(import.meta.dirname)), "test") + sep;
/** What costs time to make and knows nothing of a test is made once for all test files. */
const shared = join(tests, "contract") + sep;

export async function resolve(specifier, context, next) {
  const { parentURL = "" } = context;
  if (specifier === "@jest/globals") return next(globalsOf(parentURL), context);
  if (!specifier.startsWith(".") || !/\.ts(\?|$)/.test(parentURL)) return next(specifier, context);
  const found = sourceOf(new URL(specifier, parentURL));
  if (found === undefined) return next(specifier, context);
  return { url: found + run(found, parentURL), shortCircuit: true };
}

export async function load(url, context, next) {
  if (!/^file:.*\.ts(\?|$)/.test(url)) return next(url, context);
  return { format: "module", source: compile(fileURLToPath(url)), shortCircuit: true };
}

/** `./pair.js` is what TypeScript calls `./pair.ts`. */
function sourceOf(url) {
  const path = fileURLToPath(url);
  const source = path.replace(/\.js$/, ".ts");
  return source.endsWith(".ts") && existsSync(source) ? pathToFileURL(source).href : undefined;
}

/** Each test file has modules of test/ of its own, as their state and hooks are for one; those of src/ are for all. */
function run(url, parentURL) {
  const path = fileURLToPath(url);
  if (!path.startsWith(tests) || (path.startsWith(shared) && !path.endsWith(".test.ts"))) return "";
  return new URL(parentURL).search;
}

function globalsOf(parentURL) {
  return new URL(`./globals.mjs${new URL(parentURL).search}`, import.meta.url).href;
}
