#!/usr/bin/env node
// Compares what `sluice inspect` says of specs with what rpm says, for every spec with patches below some folders.
//
//   node scripts/compare-with-rpm.mjs [--define "NAME VALUE"]... [--details] FOLDER...
//
// It needs rpmspec and unshare. rpm executes the shell and Lua of specs: name folders of trusted sources only.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { explain, listDifferences } from "./compare-with-rpm/differences.mjs";
import { askRpm } from "./compare-with-rpm/rpm.mjs";

const run = promisify(execFile);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    define: { type: "string", multiple: true, default: [] },
    details: { type: "boolean", default: false },
    sluice: { type: "string", default: fileURLToPath(new URL("../bin/sluice", import.meta.url)) },
  },
});
if (positionals.length === 0) {
  console.error("usage: compare-with-rpm.mjs [--define 'NAME VALUE']... [--details] FOLDER...");
  process.exit(2);
}

const specs = [];
for (const folder of positionals) specs.push(...(await listSpecs(folder)));
const results = await inParallel(specs, compare);
report(results);

async function listSpecs(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".spec"));
  const found = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const text = await readFile(path, "latin1");
    if (/^\s*patch\d*\s*:|^%patchlist/im.test(text)) found.push(path);
  }
  return found;
}

async function inParallel(items, work) {
  const done = [];
  const waiting = [...items.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      done[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
  return done;
}

async function compare(spec) {
  const theirs = await askRpm(spec, values.define);
  if (theirs.error !== undefined) return { spec, outcome: "rpm does not read it", error: theirs.error };
  const { stdout } = await run(process.execPath, [values.sluice, "inspect", "--json", spec], {
    maxBuffer: 64 * 1024 ** 2,
  });
  const ours = JSON.parse(stdout);
  const differences = listDifferences(ours, theirs);
  if (differences.length === 0) return { spec, outcome: "agrees" };
  const why = explain(ours);
  return { spec, outcome: why === undefined ? "differs" : `differs: ${why}`, differences };
}

function report(all) {
  const counts = new Map();
  for (const { outcome } of all) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const read = all.filter(({ outcome }) => outcome !== "rpm does not read it");
  const agreeing = counts.get("agrees") ?? 0;
  console.log(`specs with patches: ${all.length}, read by rpm: ${read.length}`);
  console.log(`agree in all: ${agreeing} (${percent(agreeing, read.length)})`);
  for (const what of ["sources", "patches", "order", "strip"]) {
    const equal = read.filter(({ differences = [] }) =>
      differences.every((each) => each.what !== what),
    ).length;
    console.log(`  ${what}: ${equal} (${percent(equal, read.length)})`);
  }
  for (const [outcome, count] of [...counts].sort(([, one], [, other]) => other - one)) {
    console.log(`${String(count).padStart(6)}  ${outcome}`);
  }
  for (const { spec, outcome, error, differences = [] } of all) {
    if (outcome === "agrees" || (!values.details && outcome !== "differs")) continue;
    console.log(`\n${spec}: ${outcome}${error === undefined ? "" : `\n  ${error}`}`);
    for (const { what, onlyOurs, onlyTheirs } of differences) {
      console.log(`  ${what}: ours ${JSON.stringify(onlyOurs)}, rpm's ${JSON.stringify(onlyTheirs)}`);
    }
  }
}

function percent(part, whole) {
  return whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;
}
