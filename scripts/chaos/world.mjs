import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { branches } from "./plan.mjs";
import { createCommits } from "./commits.mjs";
import { startFront } from "./front.mjs";
import { freePort } from "../ports.mjs";

const names = { gitlab: "gitlab.local", github: "github.local" };

/** Both forges in a box, each behind its front, with the plan's packages on them, and what Sluice is told of them. */
export async function makeWorld({ root, directory, plan, postUrl }) {
  const load = (path) => import(pathToFileURL(join(root, "dist", "src", path)));
  const [
    { startSandbox },
    { installExample, configureExample, connectExample },
    { buildPackage },
    { systemClock },
    { githubDialect },
    { githubRoutes },
    { gitlabDialect },
  ] = await Promise.all(
    [
      "sandbox/start.js",
      "sandbox/example.js",
      "sandbox/package.js",
      "domain/clock.js",
      "sandbox/github/dialect.js",
      "sandbox/github/routes.js",
      "sandbox/gitlab/dialect.js",
    ].map(load),
  );
  const fronts = {};
  const wanted = [];
  for (const kind of ["gitlab", "github"]) {
    const [front, port] = [await startFront(0), await freePort()];
    front.passTo(port);
    fronts[kind] = front;
    wanted.push({ kind, name: names[kind], port, url: front.url });
  }
  // A day of work in minutes: what an hour allows would be asked in ten of them, and the rest of it waited for.
  const routes = (store) => githubRoutes(store, 100_000);
  const sandbox = await startSandbox({
    forges: wanted,
    directory: join(directory, "repositories"),
    clock: systemClock,
    dialects: { github: { ...githubDialect, routes }, gitlab: gitlabDialect },
  });
  const forges = { gitlab: sandbox.forge(names.gitlab), github: sandbox.forge(names.github) };
  const commits = await createCommits(root);

  const packages = new Map();
  for (const { name, fixture, layout, from, link } of plan.packages) {
    const to = from === "gitlab" ? "github" : "gitlab";
    const folder = join(root, "test", "fixtures", "packages", fixture);
    const example = await installExample({
      sourceForge: forges[from],
      distForge: forges[to],
      folder: join(directory, name),
      directory: join(directory, name),
      // The folder gives the name alone.
      build: (_, into) => buildPackage(folder, into),
    });
    for (const side of ["sourceGit", "distGit"]) {
      const { store } = side === "sourceGit" ? example.sourceForge : example.distForge;
      await withBranches(store, example[side], forges[from].account("maintainer").user);
    }
    connectExample(example, postUrl);
    packages.set(name, { name, layout, link, fixture, ...example, ports: portsOf(wanted, from, to) });
  }
  const configured = await configureExample([...packages.values()][0], {
    directory: join(directory, "secrets"),
  });
  const configuration = join(directory, "sluice.yml");
  writeFileSync(configuration, linksFile(wanted, [...packages.values()]));
  return {
    plan,
    sandbox,
    forges,
    fronts,
    packages,
    commits,
    configuration,
    environment: configured.environment,
    /** What people have done with each merge request, by its number in the plan. */
    requests: new Map(),
    stop: async () => {
      await sandbox.close();
      for (const front of Object.values(fronts)) await front.stop();
    },
  };
}

async function withBranches(store, repository, by) {
  const commit = await store.branch(repository, "main");
  for (const name of branches) await store.createBranch(repository, { name, commit, by });
}

/** Past the fronts: for who looks when all is over. */
function portsOf(wanted, from, to) {
  const portOf = (kind) => wanted.find((each) => each.kind === kind).port;
  return { source: portOf(from), dist: portOf(to) };
}

function linksFile(forges, packages) {
  const lines = [
    "forges:",
    ...forges.map(({ name, kind, url }) => `  ${name}: { kind: ${kind}, url: "${url}" }`),
    "reconcile: 1 minute",
    "links:",
    ...packages.flatMap(({ sourceForge, distForge, sourceGit, distGit, layout, link }) => [
      `  - source-git: ${sourceForge.name}/${sourceGit.path}`,
      `    dist-git: ${distForge.name}/${distGit.path}`,
      `    layout: ${layout}`,
      `    branches: { ${branches.map((branch) => `${branch}: ${branch}`).join(", ")} }`,
      ...Object.entries(link).map(([key, value]) => `    ${key}: ${value}`),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** A folder for this run, with all that is left to look at when something is wrong. */
export function folderFor(directory) {
  mkdirSync(join(directory, "log"), { recursive: true });
  return directory;
}
