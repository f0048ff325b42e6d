import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { ensureBuilt, ensureInstalled, root } from "./install.mjs";

const benches = {
  conversion: "the time and memory of conversions beside git's own",
  sweep: "what the reconciler asks of the forges for a thousand open pairs",
  load: "webhooks at a steady rate against a running service, on SQLite and on Postgres",
};
const usage = `Usage: npm run bench -- [BENCH] [--check] [--quick] [--only CASE]

${Object.entries(benches)
  .map(([name, summary]) => `  ${name.padEnd(12)} ${summary}`)
  .join("\n")}

  --check      end with 1 when an aim is missed
  --quick      few rounds and no large cases; docs/benchmarks.md stays as it is
  --only CASE  the cases whose name begins so; docs/benchmarks.md stays as it is
  --root DIR   measure another built checkout than this one
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    root: { type: "string", default: root },
    help: { type: "boolean", short: "h", default: false },
  },
});
const [name = "conversion"] = positionals;
if (values.help) {
  process.stdout.write(usage);
} else if (name in benches && existsSync(new URL(`bench/${name}.mjs`, import.meta.url))) {
  await ensureInstalled();
  const { run, needsNoBuild = false } = await import(`./bench/${name}.mjs`);
  if (values.root === root && !needsNoBuild) await ensureBuilt();
  const held = await run(values);
  // Not by exitCode: a library that ends what it started when we end would have us end with 0.
  if (values.check && !held) process.exit(1);
} else {
  process.stderr.write(usage);
  process.exitCode = 2;
}
