"use strict";
// Jest's runtime, but test files are loaded by Node itself rather than into a context of their own: what they import from
// src/ and node_modules is loaded once for all files of a worker (seconds for each of two hundred files otherwise), and
// its processes stay small, so that starting git, of which tests do little else, takes a third of the time.
const { register } = require("node:module");
const { pathToFileURL } = require("node:url");
const { ModernFakeTimers } = require("@jest/fake-timers");
const { ModuleMocker } = require("jest-mock");
const { default: Runtime } = require("jest-runtime");
const { SourceMaps } = require("./typescript.cjs");

register(pathToFileURL(require.resolve("./hooks.mjs")));

const globalsKey = Symbol.for("sluice.jest-globals");
const handlersKey = Symbol.for("EVENT_HANDLERS");
/** What jest tells a worker for which there is nothing left to do. */
const endOfWork = 2;
const sourceMaps = new SourceMaps();
let runs = 0;

// A large process takes longer to give back all its memory than jest waits before it kills it, and warns.
process.on("message", ([type]) => {
  if (type === endOfWork) process.exit();
});

module.exports = class extends Runtime {
  #config;

  constructor(config, ...rest) {
    super(config, ...rest);
    this.#config = config;
  }

  /** Asked for jest-circus alone, which keeps the tests of one file; a new one has none. */
  requireInternalModule(path) {
    delete require.cache[path];
    globalThis[handlersKey] = undefined;
    return require(path);
  }

  setGlobalsForRuntime(globals) {
    const mocker = new ModuleMocker(globalThis);
    const timers = new ModernFakeTimers({ config: this.#config, global: globalThis });
    globalThis[globalsKey] = { ...globals, jest: jestObject(mocker, timers) };
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    return import(`${pathToFileURL(path).href}?run=${++runs}`);
  }

  getSourceMaps() {
    return sourceMaps;
  }
};

function jestObject(mocker, timers) {
  return {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    useFakeTimers: () => timers.useFakeTimers(),
    useRealTimers: () => timers.useRealTimers(),
    advanceTimersByTimeAsync: (milliseconds) => timers.advanceTimersByTimeAsync(milliseconds),
  };
}
