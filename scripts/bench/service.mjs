import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { summary } from "./measure.mjs";
import { environment, git, makeDist, makeSource } from "./repositories.mjs";

const worker = fileURLToPath(new URL("service-worker.mjs", import.meta.url));
const limit = 60;
/** What two hundred patches may cost beside twenty: nothing, but for the noise of a few milliseconds. */
const mostGrowth = 1.3;

/**
 * A merge request gets one commit more and is converted again, as the service does it: a library call in a process that
 * has converted it before, on bare clones that hold all objects.
 */
export async function serviceCases(bench) {
  const results = [];
  for (const patches of [20, 200]) results.push(await oneMore(bench, patches));
  const [few, many] = results.map(({ more }) => more.minimum);
  return [
    { ...results[0], aim: `at most ${limit} ms`, held: few <= limit },
    {
      ...results[1],
      aim: `at most ${limit} ms, and as with 20 patches (${(many / few).toFixed(2)} ×)`,
      held: many <= limit && many <= few * mostGrowth,
    },
    results[1].landed,
  ];
}

async function oneMore(bench, patches) {
  const pushes = bench.rounds + 3;
  const source = join(bench.folder, `service-${patches}`);
  const stops = Array.from({ length: pushes + 1 }, (_, index) => patches + index);
  await makeSource(source, { files: 1000, commits: patches + pushes, stops });
  const dist = join(bench.folder, `service-${patches}-dist`);
  makeDist(`${dist}-clone`);
  git(["clone", "-q", "--bare", `${dist}-clone`, dist]);
  const answer = execFileSync(process.execPath, [worker, bench.root, source, dist, ...stops.map(String)], {
    env: environment,
    encoding: "utf8",
  });
  const { first, times, landings, memory } = JSON.parse(answer);
  // The first pushes warm the process up, as the merge requests before this one would have.
  const [more, onMoved] = [times, landings].map((each) => summary(each.slice(3)));
  return {
    name: `service, one commit more on ${patches} patches`,
    ours: more,
    more,
    memory,
    note: `${first.toFixed(0)} ms for the first time`,
    landed: {
      name: `service, the same when the target branch has moved`,
      ours: onMoved,
      aim: "no aim",
      held: true,
    },
  };
}
