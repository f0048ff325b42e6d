import { build } from "esbuild";
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
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  await build({
    ...output,
    entryPoints: { main: "src/cli/main.ts", app: "src/app.ts" },
    outdir: join(next, "program"),
    bundle: true,
    splitting: true,
    external: Object.keys(dependencies).filter((name) => !bundled.has(name)),
    plugins: [englishOnly],
    // Commander and yaml are CommonJS, and require what Node itself has.
    banner: {
      js: 'import { createRequire as requireBeside } from "node:module"; const require = requireBeside(import.meta.url);',
    },
  });
}

/** Each module by itself, for what measures or tests the inside. */
async function compile() {
  const entryPoints = ["src", "migrations"].flatMap((folder) => filesUnder(join(root, folder)));
  await build({ ...output, entryPoints, outbase: ".", outdir: next });
}
