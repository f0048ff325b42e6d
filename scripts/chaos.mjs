import { parseArgs } from "node:util";
import { databases } from "./chaos/databases.mjs";
import { runBesideDisk } from "./chaos/namespace.mjs";
import { printLife } from "./chaos/report.mjs";
import { forget, live } from "./chaos/run.mjs";
import { ensureBuilt, ensureInstalled, root } from "./install.mjs";

const usage = `Usage: npm run chaos -- [OPTIONS]

Lets merge requests live through killed processes, forges that are down, lost webhooks, refused pushes, a full disk and
restarts of the database, and checks at the end that nothing is doubled and nothing is lost.

  --seed N          the plan of people's doing and of faults; a new one each time unless given
  --requests N      how many merge requests on each database (200 unless given)
  --database NAME   sqlite or postgres; one after the other unless given
  --short           the form that npm test runs, as it was built: five of them on SQLite in some seconds
  --keep            keep the folder with logs and repositories, also when all is well
`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    requests: { type: "string", default: "200" },
    database: { type: "string" },
    short: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
const isWrong = values.database !== undefined && !(values.database in databases);
if (values.help || isWrong || !/^[1-9]\d*$/.test(values.requests)) {
  (values.help ? process.stdout : process.stderr).write(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  if (!values.short) {
    await ensureInstalled();
    await ensureBuilt();
  }
  const only = values.short ? "sqlite" : values.database;
  const code = (await runBesideDisk()) ?? ((await liveOn(only ? [only] : Object.keys(databases))) ? 0 : 1);
  // The package that starts Postgres would end this process with 0 by itself.
  process.exit(code);
}

async function liveOn(names) {
  const requests = values.short ? "5" : values.requests;
  const seed = values.seed ?? String(Math.floor(Math.random() * 1_000_000));
  let isWell = true;
  for (const database of names) {
    const { title } = databases[database];
    console.log(`${title}: ${requests} merge requests, seed ${seed}`);
    const life = await live({
      root,
      seed,
      requests: Number(requests),
      short: values.short,
      database,
      tell: (text) => console.log(`  … ${text}`),
    });
    printLife(life, {
      title,
      replay: `npm run chaos -- --seed ${seed} --requests ${requests} --database ${database}`,
    });
    const well = life.violations.length === 0;
    if (well && !values.keep) forget(life);
    else console.log(`Logs and repositories: ${life.directory}`);
    isWell &&= well;
  }
  return isWell;
}
