// Who may import whom: the table of docs/architecture.md, as rules.
const zone = (from, ...allowed) => ({
  name: `zone-${from.replace(/\W+/g, "-")}`,
  severity: "error",
  from: { path: `^src/${from}` },
  to: { path: "^src/", pathNot: [`^src/${from}`, ...allowed.map((path) => `^src/${path}`)] },
});
const fence = (library, ...allowed) => ({
  name: `fence-${library.replace(/\W+/g, "-")}`,
  comment: `${library} stays behind ${allowed.join(", ")}`,
  severity: "error",
  from: { path: "^src/", pathNot: allowed.map((path) => `^src/${path}`) },
  to: { path: `(^|node_modules/)${library}(/|$)` },
});
const webhooks = "forges/(github|gitlab)/webhook\\.ts$";
const forgeInterface = ["forges/forge\\.ts$", "forges/registry\\.ts$"];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: "\\.d\\.ts$" },
      to: {},
    },
    {
      name: "no-test-code-in-src",
      severity: "error",
      from: { path: "^(src|migrations)/" },
      to: { path: "^test/" },
    },
    {
      name: "no-dev-dependencies-in-src",
      severity: "error",
      from: { path: "^(src|migrations)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: "node_modules/@types/" },
    },
    {
      name: "app-is-imported-by-nobody",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/app\\.ts$" },
      to: { path: "^src/app\\.ts$" },
    },
    {
      name: "assembly-is-for-app",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(app|assembly)\\.ts$" },
      to: { path: "^src/assembly\\.ts$" },
    },
    zone("domain/"),
    zone("config/", "domain/"),
    zone("git/", "domain/"),
    zone("database/", "domain/"),
    zone("forges/", "domain/"),
    zone("conversion/", "domain/", "git/"),
    zone("queue/", "domain/", "database/"),
    zone("linking/", "domain/", "config/", "git/", "conversion/", "database/", ...forgeInterface),
    zone("handlers/", "domain/", "config/", "linking/", "queue/", ...forgeInterface, webhooks),
    zone("sandbox/", "domain/", "git/"),
    zone("web/", "domain/", "config/", "linking/", "queue/", "conversion/", "git/", "sandbox/"),
    zone("cli/", "domain/", "config/", "linking/", "queue/", "conversion/", "git/", "sandbox/"),
    {
      name: "forges-do-not-know-one-another",
      severity: "error",
      from: { path: "^src/forges/(github|gitlab)/" },
      to: { path: "^src/forges/(github|gitlab)/", pathNot: "^src/forges/$1/" },
    },
    fence("probot", "forges/github/", "handlers/github\\.ts$", "app\\.ts$"),
    fence("@octokit", "forges/github/", "handlers/github\\.ts$", "app\\.ts$"),
    fence("@gitbeaker", "forges/gitlab/"),
    fence("knex", "database/", "(app|assembly)\\.ts$", "linking/[\\w-]+/sql-[\\w-]+\\.ts$", "queue/"),
    // The database goes through knex.
    fence("better-sqlite3", "git/cache/store-lock\\.ts$"),
    fence("bottleneck", "forges/throttle\\.ts$"),
    fence("graphile-worker", "database/migrate\\.ts$", "queue/graphile\\.ts$"),
    fence("prom-client", "web/metrics\\.ts$"),
    fence("execa", "git/run\\.ts$", "cli/"),
    {
      name: "fence-child-process",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/git/starting/" },
      to: { path: "^(node:)?child_process$" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
