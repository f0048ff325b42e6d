import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filesUnder, root } from "./install.mjs";

/** Libraries of the command line; what only the service or the sandbox needs stays in node_modules. */
const bundled = new Set(["commander", "yaml", "zod"]);

/** Zod says what is wrong in fifty languages, of which we use one; the others would be read at each start. */
const englishOnly = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** @type {import("esbuild").BuildOptions} */
const output = {
  absWorkingDir: root,
  platform: "node",
  target: "node20.19",
  format: "esm",
  sourcemap: true,
  logLevel: "warning",
};

// Types are for `npm test` to check: whoever installs Sluice gets what was checked.
const [dist, next] = [join(root, "dist"), join(root, "dist", "next")];
await bundle();
await bundleConversions();
keepCode();
await compile();
// What is there stays whole until all is made, and no old file stays.
for (const name of readdirSync(next)) {
  rmSync(join(dist, name), { recursive: true, force: true });
  renameSync(join(next, name), join(dist, name));
}
rmSync(next, { recursive: true });

/**
 * What bin/sluice runs, in few files: Node takes longer to find and load two hundred modules than to convert. Both entries
 * share their chunks, so that each module exists once, and an error of one is an instance of the other's class.
 */
async function bundle() {
  await build({
    ...output,
    ...whole(),
    entryPoints: { main: "src/cli/main.ts", app: "src/app.ts" },
    outdir: join(next, "program"),
    splitting: true,
    // Commander and yaml are CommonJS, and require what Node itself has.
    banner: {
      js: 'import { createRequire as requireBeside } from "node:module"; const require = requireBeside(import.meta.url);',
    },
  });
}

/** The command line once more, for conversions alone: one script, whose compiled code V8 can keep and take back. */
async function bundleConversions() {
  await build({
    ...output,
    ...whole(),
    entryPoints: ["src/cli/main.ts"],
    outfile: join(next, "program", "compiled.cjs"),
    format: "cjs",
    sourcemap: false,
    minifyWhitespace: true,
    define: { "import.meta.url": "address" },
    banner: { js: 'const address = require("node:url").pathToFileURL(__filename).href;' },
  });
}

function whole() {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const external = Object.keys(dependencies).filter((name) => !bundled.has(name));
  return { bundle: true, external, plugins: [englishOnly] };
}

/** In a process of its own, with V8 as bin/sluice starts it: V8 takes back what was compiled with the same flags. */
function keepCode() {
  const script = join(root, "scripts", "code-cache.mjs");
  const made = spawnSync(process.execPath, [script, join(next, "program")], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (made.status === 0) return;
  console.warn(
    `warning: conversions will start more slowly, for their code could not be kept:\n${made.stderr}`,
  );
}

/** Each module by itself, for what measures or tests the inside. */
async function compile() {
  const entryPoints = ["src", "migrations"].flatMap((folder) => filesUnder(join(root, folder)));
  await build({ ...output, entryPoints, outbase: ".", outdir: next });
}
