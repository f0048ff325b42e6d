import { spawn } from "node:child_process";
import { once } from "node:events";
import { root } from "../install.mjs";

/** Tests run from the sources. */
export const needsNoBuild = true;

/** Counts what sweeps of a thousand open pairs ask of the forges: the test of a few of them, with more. */
export async function run({ quick }) {
  const test = spawn(
    process.execPath,
    ["node_modules/jest/bin/jest.js", "-w", "1", "test/behaviour/sweep-cost.test.ts"],
    { cwd: root, stdio: "inherit", env: { ...process.env, SLUICE_SWEPT_PAIRS: quick ? "50" : "1000" } },
  );
  const [code] = await once(test, "exit");
  return code === 0;
}
