"use strict";
// TypeScript without its types, made once for all processes.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { fileURLToPath } = require("node:url");
const { version } = require("@swc/core/package.json");

const root = dirname(dirname(__dirname));

const options = {
  jsc: { target: "es2022", parser: { syntax: "typescript" } },
  module: { type: "es6" },
  sourceMaps: true,
  swcrc: false,
};
const cache = join(root, "node_modules", ".cache", "sluice-tests");

exports.compile = compile;
/** The files of source maps, by the names that modules have in stack traces. */
exports.SourceMaps = class extends Map {
  get(source) {
    if (!this.has(source)) this.set(source, mapOf(source));
    return super.get(source);
  }
};

function mapOf(source) {
  if (!/^file:.*\.ts(\?|$)/.test(source)) return "";
  const path = fileURLToPath(source);
  return `${placeOf(path, readFileSync(path, "utf8"))}.map`;
}

/** The JavaScript of a file. */
function compile(path) {
  const source = readFileSync(path, "utf8");
  const place = placeOf(path, source);
  try {
    return readFileSync(place, "utf8");
  } catch {
    const { code, map } = require("@swc/core").transformSync(source, { ...options, filename: path });
    mkdirSync(cache, { recursive: true });
    write(`${place}.map`, map);
    write(place, code);
    return code;
  }
}

function placeOf(path, source) {
  const key = [version, JSON.stringify(options), path, source].join("\0");
  return join(cache, createHash("sha256").update(key).digest("hex"));
}

/** At once: another process may be about to read it, or to write the same. */
function write(path, text) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}
