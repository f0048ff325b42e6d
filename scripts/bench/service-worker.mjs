// One process of the service: converts the same merge request after each of its pushes, and prints what that took.
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [root, sourceDirectory, distDirectory, ...stops] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(root, "dist", "src", path)));
const [{ createBareStore }, { Memory }, { layoutNamed }, { commitToDist }, { landOnTarget }] =
  await Promise.all([
    load("git/local-store.js"),
    load("git/memory.js"),
    load("conversion/layouts.js"),
    load("conversion/commit.js"),
    load("conversion/landing.js"),
  ]);

const bot = { name: "Sluice", email: "sluice@example.org", date: "1700000000 +0000" };
const memory = new Memory();

/** As a job of the service does it: its own stores, what is known of objects shared. */
async function convert(branch, target) {
  const begun = performance.now();
  const source = await createBareStore(sourceDirectory, memory);
  const dist = await createBareStore(distDirectory, memory);
  try {
    const head = await source.resolve(`refs/heads/${branch}`);
    const tip = await dist.resolve("refs/heads/main");
    const landed = await landOnTarget(source, { head, target: await source.resolve(target) });
    const { tree } = await layoutNamed("rpm").sourceToDist({ source, head: landed, dist, tip });
    const signed = { author: bot, committer: bot, message: "Update\n" };
    commitToDist(dist, { tree, parent: tip, ...signed, sourceCommit: head });
    await dist.flush();
  } finally {
    await Promise.all([source.close(), dist.close()]);
  }
  return performance.now() - begun;
}

/** The target branch gets a commit of its own, so that the whole merge request is replayed on it. */
async function moveTarget() {
  const source = await createBareStore(sourceDirectory);
  const parent = await source.resolve("refs/heads/target");
  const entries = [...(await source.readTree(parent))];
  entries.push({ mode: "100644", name: "moved", id: source.writeBlob(Buffer.from("moved\n")) });
  const commit = { parents: [parent], author: bot, committer: bot, message: "Move on\n" };
  const id = source.writeCommit({ ...commit, tree: source.writeTree(entries) });
  await source.git(["update-ref", "refs/heads/moved", id]);
  await source.close();
}

await moveTarget();
const [start, ...pushes] = stops.map((stop) => `commit-${stop}`);
const first = await convert(start, "refs/heads/target");
const times = [];
for (const branch of pushes) times.push(await convert(branch, "refs/heads/target"));
await convert(start, "refs/heads/moved");
const landings = [];
for (const branch of pushes) landings.push(await convert(branch, "refs/heads/moved"));
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ first, times, landings, memory: peak }));
