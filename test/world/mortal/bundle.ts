import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { checkout } from "../program.js";

const here = import.meta.dirname;

/** Modules of the program in the place of which there is one that looks on. */
const lookedAt = ["handlers/perform", "forges/registry", "forges/throttle", "git/remotes"];

/** What Postgres takes; to read it would be half of a start. */
const forPostgres = ["graphile-worker", "pg"];

/** What cannot be bundled, and what knex would ask for if it were another database. */
const left = [
  "better-sqlite3",
  "pg-query-stream",
  "sqlite3",
  "mysql",
  "mysql2",
  "mariadb",
  "oracledb",
  "tedious",
];

/** The program in one file, with those who look on, and what runs it. */
export interface Bundle {
  readonly program: string;
  readonly loader: string;
}

/** A process starts with it in a third of the time. */
export async function bundleMortal(directory: string): Promise<Bundle> {
  await build({
    entryPoints: [join(here, "child.ts"), join(here, "load.ts")],
    outdir: directory,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    external: left,
    plugins: [lookingOn, whereItWas, withoutPostgres],
    logLevel: "error",
  });
  return { program: join(directory, "child.cjs"), loader: join(directory, "load.cjs") };
}

const lookingOn: Plugin = {
  name: "looking on",
  setup(bundling) {
    const instead = new Map(
      lookedAt.map((module) => [
        join(checkout, "src", `${module}.ts`),
        join(here, "instead", `${module.replace(/^.*\//, "")}.ts`),
      ]),
    );
    bundling.onResolve({ filter: /^\..*\.js$/ }, ({ path, importer, resolveDir }) => {
      const module = resolve(resolveDir, path).replace(/\.js$/, ".ts");
      const other = instead.get(module);
      return other === undefined || dirname(importer) === dirname(other) ? undefined : { path: other };
    });
  },
};

/** The program looks for what lies beside its modules. */
const whereItWas: Plugin = {
  name: "where it was",
  setup(bundling) {
    bundling.onLoad({ filter: /\/(src|migrations)\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const contents = text
        .replaceAll("import.meta.resolve(", '((name) => "file://" + require.resolve(name))(')
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: "ts" };
    });
  },
};

const withoutPostgres: Plugin = {
  name: "without Postgres",
  setup(bundling) {
    const filter = new RegExp(`^(${forPostgres.join("|")})$`);
    bundling.onResolve({ filter }, ({ path }) => ({ path, namespace: "postgres" }));
    const contents = `module.exports = new Proxy({}, { get: () => class {} });`;
    bundling.onLoad({ filter, namespace: "postgres" }, () => ({ contents }));
  },
};
