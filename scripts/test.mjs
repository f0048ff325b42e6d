import { chmodSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ensureUnpacked, exitCodeOf, outcomeOf, rememberInstalled, root } from "./install.mjs";

const { isComplete } = await ensureUnpacked();

const scratch = mkdtempSync(join(roomiest(), "sluice-test-"));
// Postgres refuses to run as root, so its user has to get in.
chmodSync(scratch, 0o755);
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
const figuresFile = join(scratch, "figures.json");
const bin = (name) => join(root, "node_modules", ".bin", name);

/** Three at a time, for most use one processor, and not all of the time; each with what it printed, in one piece. */
const lanes = [
  [{ name: "lint", command: bin("eslint"), args: ["."] }],
  [
    // SQLite is compiled meanwhile: no check needs it.
    ...(isComplete ? [] : [{ name: "install", command: "npm", args: ["rebuild"] }]),
    // Tests that start bin/sluice run what this makes.
    { name: "build", command: process.execPath, args: [join(root, "scripts", "build.mjs")] },
    { name: "compile", command: process.execPath, args: [join(root, "scripts", "jest", "compile.mjs")] },
  ],
  [
    { name: "types", command: bin("tsc"), args: ["--noEmit"] },
    { name: "format", command: bin("prettier"), args: ["--check", "--log-level=warn", "."] },
    {
      name: "imports",
      command: bin("depcruise"),
      args: ["src", "migrations", "--config", ".dependency-cruiser.cjs"],
    },
    { name: "unused", command: bin("knip"), args: [] },
  ],
];
const tests = {
  name: "tests",
  command: bin("jest"),
  // Tests wait for git and for processes that they killed: one for each processor leaves a quarter of them idle.
  args: [
    `--maxWorkers=${availableParallelism() + 1}`,
    "--json",
    `--outputFile=${figuresFile}`,
    ...process.argv.slice(2),
  ],
  environment: { TMPDIR: scratch },
};

const checked = (await Promise.all(lanes.map((lane) => performAll(lane)))).flat();
if (checked.some(({ name, code }) => name === "install" && code === 0)) rememberInstalled();
report([...checked, await perform(tests)]);

/** Memory where there is enough of it: what tests write is waited for on a disk, and worth nothing afterwards. */
function roomiest() {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    return bavail * bsize > 4e9 ? "/dev/shm" : tmpdir();
  } catch {
    return tmpdir();
  }
}

async function performAll(lane) {
  const results = [];
  for (const step of lane) results.push(await perform({ ...step, quiet: true }));
  return results;
}

async function perform({ name, command, args, environment, quiet = false }) {
  if (!quiet) console.log(`\n── ${name}`);
  const begun = performance.now();
  const { code, output } = quiet
    ? await outcomeOf(command, args)
    : { code: await exitCodeOf(command, args, environment), output: "" };
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (quiet) console.log(`\n── ${name}`);
  process.stdout.write(output);
  console.log(`── ${name}: ${code === 0 ? "passed" : "FAILED"} in ${seconds} s`);
  return { name, code, seconds };
}

/** One line a step, then the figures: a failed check counts as one failure beside those of the tests. */
function report(results) {
  console.log("");
  for (const { name, code, seconds } of results) {
    console.log(`${code === 0 ? "passed" : "FAILED"}  ${name.padEnd(8)} ${seconds.padStart(6)} s`);
  }
  const { passed, failed } = figures(results);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function figures(results) {
  const failedChecks = results.filter(({ name, code }) => name !== "tests" && code !== 0).length;
  const testsFailed = results.some(({ name, code }) => name === "tests" && code !== 0);
  const { passed, failed } = jestFigures();
  return { passed, failed: failedChecks + (testsFailed ? Math.max(failed, 1) : failed) };
}

function jestFigures() {
  try {
    const jest = JSON.parse(readFileSync(figuresFile, "utf8"));
    // A file that cannot even be loaded has no failed test of its own.
    return { passed: jest.numPassedTests, failed: jest.numFailedTests + jest.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
