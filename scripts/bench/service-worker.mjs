// One process of the service: converts a merge request after each of its pushes. It reads a line for each, a branch and
// its target, and answers with what that took; in the end, the most memory that it held.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [root, sourceDirectory, distDirectory] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(root, "dist", "src", path)));
const [{ createBareStore }, { Memory }, { Readers }, { layoutNamed }, { commitToDist }, { landOnTarget }] =
  await Promise.all([
    load("git/local-store.js"),
    load("git/memory.js"),
    load("git/readers.js"),
    load("conversion/layouts.js"),
    load("conversion/commit.js"),
    load("conversion/landing.js"),
  ]);

const bot = { name: "Sluice", email: "sluice@example.org", date: "1700000000 +0000" };
const memory = new Memory();
const readers = new Readers();

/** As a job of the service does it: its own stores; what is known of objects, and what reads them, is shared. */
async function convert(branch, target) {
  const begun = performance.now();
  const source = await createBareStore(sourceDirectory, memory, readers);
  const dist = await createBareStore(distDirectory, memory, readers);
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
for await (const line of createInterface({ input: process.stdin })) {
  const milliseconds = await convert(...line.split(" "));
  process.stdout.write(`${JSON.stringify({ milliseconds })}\n`);
}
await readers.close();
const peak = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ memory: peak })}\n`);
