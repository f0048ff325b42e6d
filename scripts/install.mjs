// Plain Node without dependencies: it runs before anything is installed.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** npm writes this file at the end of each installation. */
const installed = join(root, "node_modules", ".package-lock.json");

/** Installs what package-lock.json names, unless that is done already. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  console.log(
    "Installing dependencies (npm ci). It takes a minute, or some where SQLite has to be compiled.",
  );
  const stopTelling = tellTime("installing");
  await run("npm", ["ci", "--no-audit", "--no-fund"]);
  stopTelling();
}

/**
 * The same, but for what packages do themselves when they are installed, such as compiling SQLite: answers whether that is
 * done as well. Otherwise `npm rebuild` does it, and `rememberInstalled` says so.
 */
export async function ensureUnpacked() {
  if (isInstalled()) return { isComplete: true };
  console.log("Installing dependencies (npm ci).");
  const stopTelling = tellTime("installing");
  await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  stopTelling();
  // Whoever is interrupted before the rest is done installs anew.
  utimesSync(installed, 0, 0);
  return { isComplete: false };
}

export function rememberInstalled() {
  const now = Date.now() / 1000;
  utimesSync(installed, now, now);
}

function isInstalled() {
  requireNode();
  return isNewer(installed, [join(root, "package-lock.json")]);
}

/** Compiles the program, unless it is newer than its sources. */
export async function ensureBuilt() {
  const compiled = join(root, "dist", "program", "main.js");
  const makers = ["scripts/build.mjs", "scripts/code-cache.mjs", "bin/compiled.js"];
  const sources = ["src", "migrations", ...makers].flatMap((path) => filesUnder(join(root, path)));
  if (isNewer(compiled, sources)) return;
  console.log("Building (npm run build).");
  await run("npm", ["run", "--silent", "build"]);
}

/** Says every half minute that something goes on, where npm itself does not turn a sign for somebody at a terminal. */
function tellTime(what) {
  if (process.stdout.isTTY) return () => {};
  const begun = performance.now();
  const timer = setInterval(() => {
    console.log(`  … ${what}, ${Math.round((performance.now() - begun) / 1000)} s`);
  }, 30_000);
  return () => clearInterval(timer);
}

/** Runs a command before the user's eyes; ends this process with its exit code when it fails. */
export async function run(command, args, environment = {}) {
  const code = await exitCodeOf(command, args, environment);
  if (code !== 0) {
    console.error(`error: ${[command, ...args].join(" ")} failed`);
    process.exit(code);
  }
}

export function exitCodeOf(command, args, environment = {}) {
  return ended(start(command, args, { stdio: "inherit", environment }), command);
}

/** The exit code of a command with all that it prints, for whoever shows it when it has ended. */
export async function outcomeOf(command, args, environment = {}) {
  const child = start(command, args, { stdio: ["ignore", "pipe", "pipe"], environment });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  }
  const code = await ended(child, command);
  return { code, output };
}

function start(command, args, { stdio, environment = {} }) {
  return spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...environment } });
}

function ended(child, command) {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(`error: ${command} cannot be started: ${error.message}`);
      resolve(1);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`error: Sluice needs Node 20.19 or newer, this is ${process.versions.node}`);
  process.exit(1);
}

function isNewer(file, others) {
  if (!existsSync(file)) return false;
  const { mtimeMs } = statSync(file);
  return others.every((other) => statSync(other).mtimeMs <= mtimeMs);
}

/** Every file of a folder, or the file itself. */
export function filesUnder(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}
