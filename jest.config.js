/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  runtime: "<rootDir>/scripts/jest/runtime.cjs",
  testSequencer: "<rootDir>/scripts/jest/sequencer.cjs",
  transform: {},
  // For what hangs: tests that go through everything real take minutes where many others use the machine as well.
  testTimeout: 600_000,
  // Of its heap, which is a quarter of it: what is left of test files piles up, and slows the start of each git.
  workerIdleMemoryLimit: "200MB",
};
