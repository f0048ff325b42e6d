import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { ensureUnpacked, exitCodeOf, outcomeOf, rememberInstalled, root } from "./install.mjs";
import { figuresOf, filesToTryAgain } from "./jest/figures.mjs";
import { startTestPostgres } from "./jest/postgres.mjs";

const { isComplete } = await ensureUnpacked();

const scratch = mkdtempSync(join(roomiest(), "sluice-test-"));
// Postgres refuses to run as root, so its user has to get in.
chmodSync(scratch, 0o755);
process.once("exit", () => rmSync(scratch, { recursive: true, force: true, maxRetries: 9 }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const bin = (name) => join(root, "node_modules", ".bin", name);

/**
 * SQLite optimised as far as pays within one run: it is compiled in half of the time, and works a seventh slower
 * (`npm rebuild better-sqlite3` makes it anew).
 */
const quickly = { CFLAGS: "-O1", CXXFLAGS: "-O1" };

/**
 * V8 optimises only what runs nine times as often as it asks for by itself: most of what tests run is run by a few of them,
 * and a tenth of their time went into optimising it. Workers of jest take it over.
 */
const patientCompiler = ["--interrupt-budget=600000"].filter(isKnownToNode);

/** What tests need. */
const making = performAll([
  ...(isComplete ? [] : [{ name: "install", command: "npm", args: ["rebuild"], environment: quickly }]),
  // Tests that start bin/sluice run what this makes.
  { name: "build", command: process.execPath, args: [join(root, "scripts", "build.mjs")] },
  { name: "compile", command: process.execPath, args: [join(root, "scripts", "jest", "compile.mjs")] },
]);
/** What needs nothing of that, and goes on beside the tests; each with what it printed, in one piece. */
const checks = [
  performAll([{ name: "lint", command: bin("eslint"), args: ["."] }]),
  performAll([
    { name: "types", command: bin("tsc"), args: ["--noEmit"] },
    { name: "format", command: bin("prettier"), args: ["--check", "--log-level=warn", "."] },
    {
      name: "imports",
      command: bin("depcruise"),
      args: ["src", "migrations", "--config", ".dependency-cruiser.cjs"],
    },
    { name: "unused", command: bin("knip"), args: [] },
  ]),
];
const asked = process.argv.slice(2);

const made = await making;
if (made.some(({ name, code }) => name === "install" && code === 0)) rememberInstalled();
const postgres = await tryToStartPostgres();
const tests = await runTests();
report([...made, ...(await Promise.all(checks)).flat()], tests);
await postgres?.stop();
// What failed to stop is not waited for.
process.exit();

/** Memory where there is enough of it: what tests write is waited for on a disk, and worth nothing afterwards. */
function roomiest() {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize > 4e9 ? "/dev/shm" : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** V8 promises nothing of its options, and Node refuses to start with one that is gone. */
function isKnownToNode(option) {
  return spawnSync(process.execPath, [option, "--eval", ""]).status === 0;
}

/** Without it, files of tests that need Postgres start one each. */
async function tryToStartPostgres() {
  try {
    return await startTestPostgres(scratch);
  } catch (error) {
    console.log(`── Postgres cannot be started for all tests: ${error?.message}`);
    return undefined;
  }
}

/** One after the other. */
async function performAll(steps) {
  const results = [];
  for (const step of steps) results.push(await perform({ ...step, quiet: true }));
  return results;
}

async function perform({ name, command, args, environment, quiet = false }) {
  if (!quiet) console.log(`\n── ${name}`);
  const begun = performance.now();
  const { code, output } = quiet
    ? await outcomeOf(command, args, environment)
    : { code: await exitCodeOf(command, args, environment), output: "" };
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (quiet) console.log(`\n── ${name}`);
  process.stdout.write(output);
  console.log(`── ${name}: ${code === 0 ? "passed" : "FAILED"} in ${seconds} s`);
  return { name, code, seconds };
}

/** All tests; then those that failed once more, unless somebody asked for some (docs/decisions/0022). */
async function runTests() {
  // Tests wait for git and for processes that they killed: one for each processor leaves a quarter of them idle.
  const first = await jest("tests", { workers: availableParallelism() + 1, args: asked });
  const again = asked.length === 0 && first.run ? filesToTryAgain(first.run) : [];
  if (again.length === 0) return { steps: [first], ...figures(first) };
  console.log(`\n── ${again.length} of the files of tests failed, and are run once more, alone`);
  const second = await jest("again", { workers: 1, args: ["--runTestsByPath", ...again] });
  return { steps: [first, second], ...figures(first, second) };
}

async function jest(name, { workers, args }) {
  const file = join(scratch, `${name}.json`);
  const environment = { TMPDIR: scratch, ...(postgres && { SLUICE_TEST_POSTGRES: postgres.url }) };
  const step = await perform({
    ...{ name, command: process.execPath, environment },
    args: [
      ...[...patientCompiler, join(root, "node_modules", "jest", "bin", "jest.js")],
      ...[`--maxWorkers=${workers}`, "--json", `--outputFile=${file}`, ...args],
    ],
  });
  return { ...step, run: readRun(file) };
}

/** Undefined when jest broke before its end. */
function readRun(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** What jest itself calls a failure is one, even where no test is to blame. */
function figures(first, second) {
  const { passed, failed, late } = first.run
    ? figuresOf(first.run, second?.run)
    : { passed: 0, failed: 0, late: [] };
  const { code } = second ?? first;
  return { passed, late, failed: code === 0 ? failed : Math.max(failed, 1) };
}

/** One line a step, what needed a second try, then the figures: a failed check counts beside failed tests. */
function report(checked, { steps, passed, failed, late }) {
  console.log("");
  for (const { name, code, seconds } of [...checked, ...steps]) {
    console.log(`${code === 0 ? "passed" : "FAILED"}  ${name.padEnd(8)} ${seconds.padStart(6)} s`);
  }
  for (const file of late) {
    console.log(
      `\npassed only on the second try: ${relative(root, file)}; look into it, its first output is above`,
    );
  }
  const failures = failed + checked.filter(({ code }) => code !== 0).length;
  console.log(`\n${passed} passed, ${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}
