"use strict";
const { statSync } = require("node:fs");
const { default: Sequencer } = require("@jest/test-sequencer");

/** The longest first, so that no worker is alone with one at the end; a fresh checkout knows no times. */
module.exports = class extends Sequencer {
  sort(tests) {
    const sized = tests.map((test) => ({ test, size: statSync(test.path).size, rank: rankOf(test.path) }));
    return sized.sort((one, other) => one.rank - other.rank || other.size - one.size).map(({ test }) => test);
  }
};

/** What waits for processes, most of the time idly, takes longest, then what goes through everything real. */
function rankOf(path) {
  if (/\/behaviour\/(killed-dist-on-git(hub|lab)|two-hosts|chaos|by-hand)\./.test(path)) return 0;
  return path.includes("/behaviour/") ? 1 : 2;
}
