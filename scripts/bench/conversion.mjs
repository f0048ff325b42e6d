import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCases } from "./init.mjs";
import { inTurns, peakMemory, ratioOf, timed } from "./measure.mjs";
import { printCase, writeReport } from "./report.mjs";
import { environment, makeDist, makeSource } from "./repositories.mjs";
import { serviceCases } from "./service.mjs";

const megabytes = 250;

/** Measures every case, prints it as it comes, and answers whether all aims were met. */
export async function run({ quick, only, root }) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const bench = {
    folder,
    root,
    program: join(root, "bin", "sluice"),
    rounds: quick ? 3 : 7,
    sources: new Map(),
  };
  const results = [];
  try {
    for (const { name, measure, large = false } of allCases()) {
      if (!name.startsWith(only) || (quick && large)) continue;
      for (const result of await measure(bench)) {
        printCase(result);
        results.push(result);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (!quick && only === "") writeReport(results);
  return results.every(({ held }) => held);
}

function allCases() {
  return [
    { name: "20 patches", measure: (bench) => wholeProcess(bench, 20) },
    { name: "200 patches", measure: (bench) => wholeProcess(bench, 200) },
    { name: "2,000 patches", measure: linear, large: true },
    { name: "80,000 files", measure: manyFiles, large: true },
    { name: "service", measure: serviceCases },
    { name: "init", measure: startCases },
  ];
}

async function wholeProcess(bench, commits) {
  const source = await sourceOf(bench, { files: 1000, commits });
  // Two short commands: a round more is cheap, and what else the machine does shows less.
  const { ours, floor } = await inTurns(2 * bench.rounds + 1, {
    floor: formatPatch(bench, source),
    ours: conversion(bench, source),
  });
  const memory = await memoryOf(bench, source);
  const ratio = ratioOf(ours, floor);
  const aim =
    commits === 20
      ? { aim: "at most 0.4 s", held: ours.minimum <= 400 }
      : { aim: "at most 4 × git format-patch", held: ratio <= 4 };
  return [
    { name: `${commits} patches, whole process`, ours, floor, ratio, memory, ...aim },
    memoryResult(`${commits} patches`, memory),
  ];
}

/** Twenty, two hundred and two thousand patches in turns: what each of the last ones costs. */
async function linear(bench) {
  const [few, many] = [
    await sourceOf(bench, { files: 1000, commits: 200 }),
    await sourceOf(bench, { files: 1000, commits: 2000 }),
  ];
  const { ours, less, floor } = await inTurns(Math.ceil(bench.rounds / 2), {
    floor: formatPatch(bench, many),
    less: conversion(bench, few),
    ours: conversion(bench, many),
  });
  const memory = await memoryOf(bench, many);
  const ratio = ratioOf(ours, less);
  return [
    {
      name: "2,000 patches, whole process",
      ours,
      floor,
      ratio: ratioOf(ours, floor),
      memory,
      aim: `linear: at most 10 × 200 patches (${ratio.toFixed(1)} ×)`,
      held: ratio <= 10,
    },
    memoryResult("2,000 patches", memory),
  ];
}

async function manyFiles(bench) {
  const [small, large] = [
    await sourceOf(bench, { files: 1000, commits: 200 }),
    await sourceOf(bench, { files: 80_000, commits: 200 }),
  ];
  const { ours, less, floor } = await inTurns(bench.rounds, {
    floor: formatPatch(bench, large),
    less: conversion(bench, small),
    ours: conversion(bench, large),
  });
  const memory = await memoryOf(bench, large);
  const ratio = ratioOf(ours, less);
  return [
    {
      name: "80,000 files, 200 patches, whole process",
      ours,
      floor,
      ratio: ratioOf(ours, floor),
      memory,
      aim: `at most 1.2 × 1,000 files (${ratio.toFixed(2)} ×)`,
      held: ratio <= 1.2,
    },
    memoryResult("80,000 files", memory),
  ];
}

function memoryResult(what, memory) {
  return { name: `${what}, memory`, memory, aim: `under ${megabytes} MB`, held: memory < megabytes };
}

async function sourceOf(bench, { files, commits }) {
  const directory = join(bench.folder, `source-${files}-${commits}`);
  if (!bench.sources.has(directory)) {
    await makeSource(directory, { files, commits });
    bench.sources.set(directory, true);
  }
  return directory;
}

function formatPatch({ folder }, source) {
  const patches = join(folder, "patches");
  const args = [
    "-C",
    source,
    "format-patch",
    "-q",
    "-o",
    patches,
    "v1.0..main",
    "--",
    ".",
    ":(exclude).distro",
  ];
  return {
    prepare: () => rmSync(patches, { recursive: true, force: true }),
    run: () => timed("git", args, { env: environment }),
  };
}

function conversion(bench, source) {
  const dist = join(bench.folder, "dist");
  const args = [bench.program, "update-dist-git", source, dist];
  return {
    prepare: () => freshDist(bench),
    run: () => timed(process.execPath, args, { env: environment }),
  };
}

async function memoryOf(bench, source) {
  const args = [bench.program, "update-dist-git", source, freshDist(bench)];
  return peakMemory(process.execPath, args, { env: environment });
}

function freshDist({ folder }) {
  const [template, dist] = [join(folder, "dist-template"), join(folder, "dist")];
  if (!existsSync(template)) makeDist(template);
  rmSync(dist, { recursive: true, force: true });
  cpSync(template, dist, { recursive: true });
  return dist;
}
