import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./install.mjs";
import { travel } from "./real-packages/journey.mjs";
import { findPackages } from "./real-packages/packages.mjs";
import { allHold, reasons, table, totals } from "./real-packages/table.mjs";
import { readUpstreams } from "./real-packages/upstreams.mjs";

const usage = `Usage: node scripts/real-packages.mjs PACKAGES [UPSTREAMS] [options]

Takes real packages to source-git and back, then adds, changes and drops a commit, and says what held. Nothing is
downloaded; what it makes lies in the temporary folder until it ends.

PACKAGES   a folder of packages: each a folder with a spec and its patches (or SPECS and SOURCES), a folder with
           debian/ beside upstream's files, or a .dsc with its archives
UPSTREAMS  a folder of upstream repositories, bare or not, one folder each. A package has the one of its own name, or
           the one that UPSTREAMS/upstreams.txt says, in lines of: package repository [ref]. A Debian package that has
           none is given one of the upstream files in it.

  --only NAME,...  these packages alone
  --jobs N         packages at the same time (default 1)
  --json FILE      write the results to a file, too
  --sluice PATH    the program to try (default: bin/sluice of this checkout)
  --keep           leave the temporary folders behind
  -h, --help       print this help

Columns: "empty diff" is init and update-dist-git without a changed byte; "applied" is that patch(1) makes source-git's
tree of upstream's and the patches; add, change and drop are the changed lines of the spec (or series) + those of the
patches / the least that would do. Exit code 1 when something does not hold.
`;

const options = {
  only: { type: "string" },
  jobs: { type: "string", default: "1" },
  json: { type: "string" },
  sluice: { type: "string", default: join(root, "bin", "sluice") },
  keep: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
};

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  const asked = readArguments(args);
  if (asked?.values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (asked === undefined || asked.positionals.length < 1 || asked.positionals.length > 2) {
    process.stderr.write(usage);
    return 2;
  }
  const rows = await travelAll(asked);
  if (asked.values.json !== undefined) {
    await writeFile(asked.values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
  }
  process.stdout.write([table(rows), totals(rows), reasons(rows)].join("\n"));
  return allHold(rows) ? 0 : 1;
}

function readArguments(args) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch {
    return undefined;
  }
}

async function travelAll({ values, positionals: [packages, upstreamFolder] }) {
  const only = values.only?.split(",");
  const found = await findPackages(resolve(packages));
  const waiting = found.filter(({ name }) => only === undefined || only.includes(name));
  const upstreams = await readUpstreams(upstreamFolder === undefined ? undefined : resolve(upstreamFolder));
  const settings = { upstreams, sluice: resolve(values.sluice), keep: values.keep };
  const rows = [];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const row = await travel(one, settings);
      rows.push(row);
      process.stderr.write(reasons([row]) || `${row.name}: all holds\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, worker));
  return rows.sort((one, other) => (one.kind + one.name < other.kind + other.name ? -1 : 1));
}
