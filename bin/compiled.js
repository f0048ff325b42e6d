const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { Script } = require("node:vm");
const { crc32 } = require("node:zlib");

/** The command line in one file, and what V8 made of it when it was built, with a sum of both behind it. */
const [program, kept] = ["compiled.cjs", "compiled.bin"];
const sumLength = 4;

/**
 * Loads the program without compiling it again. Code that another version of Node kept, or none at all, costs time and no
 * more: V8 compiles then as ever.
 */
function loadCompiled(folder) {
  const filename = join(folder, program);
  const source = readFileSync(filename);
  // esbuild writes ASCII, which V8 keeps as it is read.
  const script = new Script(`(function (exports, require, module, __filename) {${source.latin1Slice()}\n})`, {
    filename,
    cachedData: readCode(folder, source),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename);
  return { loaded: module.exports, script };
}

/** V8 looks at little more than lengths, and dies of code that was cut off, changed, or made of another source. */
function readCode(folder, source) {
  try {
    const file = readFileSync(join(folder, kept));
    const code = file.subarray(0, -sumLength);
    return file.readUInt32LE(code.length) === sumOf(source, code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function keepCode(folder, script) {
  const code = script.createCachedData();
  const sum = Buffer.alloc(sumLength);
  sum.writeUInt32LE(sumOf(readFileSync(join(folder, program)), code));
  writeFileSync(join(folder, kept), Buffer.concat([code, sum]));
}

function sumOf(source, code) {
  return crc32(code, crc32(source));
}

module.exports = { loadCompiled, keepCode };
