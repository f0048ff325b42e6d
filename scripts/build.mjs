import { build } from "esbuild";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./install.mjs";

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

await bundle();
// Each module by itself, with checked types: for what measures or tests the inside.
await run(join(root, "node_modules", ".bin", "tsc"), ["-p", "tsconfig.build.json"]);

/**
 * What bin/sluice runs, in few files: Node takes longer to find and load two hundred modules than to convert. Both entries
 * share their chunks, so that each module exists once, and an error of one is an instance of the other's class.
 */
async function bundle() {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const folder = join(root, "dist", "program");
  // The names of chunks follow their contents, so old ones would stay.
  rmSync(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { main: "src/cli/main.ts", app: "src/app.ts" },
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    sourcemap: true,
    external: Object.keys(dependencies).filter((name) => !bundled.has(name)),
    plugins: [englishOnly],
    // Commander and yaml are CommonJS, and require what Node itself has.
    banner: {
      js: 'import { createRequire as requireBeside } from "node:module"; const require = requireBeside(import.meta.url);',
    },
    logLevel: "warning",
  });
}
