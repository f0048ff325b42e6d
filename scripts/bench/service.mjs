import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { summary } from "./measure.mjs";
import { environment, git, makeDist, makeSource } from "./repositories.mjs";

const program = fileURLToPath(new URL("service-worker.mjs", import.meta.url));
const limit = 60;
/** What two hundred patches may cost beside twenty: nothing, but for the noise of a few milliseconds. */
const mostGrowth = 1.3;
/** The first pushes warm the process up, as all merge requests before this one would have: until then V8 compiles. */
const warmUp = 30;
const [target, moved] = ["refs/heads/target", "refs/heads/moved"];

/**
 * A merge request gets one commit more and is converted again, as the service does it: a library call in a process that
 * has converted it before, on bare clones that hold all objects. One of few patches and one of many take turns.
 */
export async function serviceCases(bench) {
  // A push takes so little that many are measured: what else happens hits most of them.
  const pushes = warmUp + 4 * bench.rounds;
  const [few, many] = [await startWorker(bench, 20, pushes), await startWorker(bench, 200, pushes)];
  for (const worker of [few, many]) await worker.convert(0, target);
  const [more, moreOfMany] = await convertInTurns([few, many], { pushes, onto: target });
  for (const worker of [few, many]) await worker.convert(0, moved);
  const [, onMoved] = await convertInTurns([few, many], { pushes, onto: moved });
  const [memory, memoryOfMany] = [await few.end(), await many.end()];

  const ratio = moreOfMany.minimum / more.minimum;
  const name = (patches) => `service, one commit more on ${patches} patches`;
  return [
    { name: name(20), ours: more, memory, aim: `at most ${limit} ms`, held: more.minimum <= limit },
    {
      name: name(200),
      ours: moreOfMany,
      memory: memoryOfMany,
      aim: `at most ${limit} ms, and as with 20 patches (${ratio.toFixed(2)} ×)`,
      held: moreOfMany.minimum <= limit && ratio <= mostGrowth,
    },
    { name: "service, the same when the target branch has moved", ours: onMoved, aim: "no aim", held: true },
  ];
}

async function convertInTurns(workers, { pushes, onto }) {
  const times = workers.map(() => []);
  for (let push = 1; push <= pushes; push += 1) {
    for (const [index, worker] of workers.entries()) times[index].push(await worker.convert(push, onto));
  }
  return times.map((each) => summary(each.slice(warmUp)));
}

/** A process that converts a merge request of so many patches and more. */
async function startWorker({ folder, root }, patches, pushes) {
  const source = join(folder, `service-${patches}`);
  const stops = Array.from({ length: pushes + 1 }, (_, index) => patches + index);
  await makeSource(source, { files: 1000, commits: patches + pushes, stops });
  const dist = join(folder, `service-${patches}-dist`);
  makeDist(`${dist}-clone`);
  git(["clone", "-q", "--bare", `${dist}-clone`, dist]);
  const child = spawn(process.execPath, [program, root, source, dist], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the process of the service has ended");
    return JSON.parse(value);
  };
  return {
    convert: async (push, onto) => {
      child.stdin.write(`commit-${patches + push} ${onto}\n`);
      return (await answer()).milliseconds;
    },
    end: async () => {
      child.stdin.end();
      return (await answer()).memory;
    },
  };
}
