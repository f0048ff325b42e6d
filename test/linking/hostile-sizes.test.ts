import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { requireBounds } from "../../src/linking/mirror/bounds.js";
import { newRepository, removeRepositories, type TestRepository } from "../conversion/package.js";

/** As they are unless `sluice.yml` says otherwise. */
const defaultLimits = { commits: 500, files: 5000, patchBytes: 20_000_000 };

let source: TestRepository;
let target: string;

beforeEach(async () => {
  source = await newRepository();
  target = await source.commit("Release 1.0\n", { README: "one\n" });
  await source.store.flush();
});

afterEach(removeRepositories);

/** What git's fast-import makes of it, as a branch. */
async function imported(stream: string): Promise<string> {
  await source.store.git(["fast-import", "--quiet"], { input: stream });
  return (await source.store.resolve("refs/heads/hostile")) ?? "";
}

function commit(files: string, from = ""): string {
  const who = "committer Mallory <mallory@example.org> 1700000000 +0000";
  return `commit refs/heads/hostile\n${who}\ndata 2\nx\n${from}${files}\n`;
}

function file(path: string, content: string): string {
  return `M 100644 inline ${path}\ndata ${content.length}\n${content}\n`;
}

/** How a merge request is refused, and the megabytes of memory that this took. */
async function refused(head: string): Promise<{ readonly message: string; readonly megabytes: number }> {
  const before = process.memoryUsage().rss;
  const error = await requireBounds(source.store, { head, target }, defaultLimits).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const megabytes = (process.memoryUsage().rss - before) / 1e6;
  if (!(error instanceof Error)) throw new Error("it was taken on");
  return { message: error.message, megabytes };
}

describe("a merge request that is made to exhaust Sluice is refused at little cost", () => {
  const from = () => `from ${target}\n`;

  it.each<[what: string, stream: () => string, says: string]>([
    [
      "ten thousand commits",
      () =>
        Array.from({ length: 10_000 }, (_, i) => commit(file("a", `${i}`), i === 0 ? from() : "")).join(""),
      "more than 500 commits",
    ],
    [
      "fifty thousand files",
      () => commit(Array.from({ length: 50_000 }, (_, i) => file(`d${i % 100}/f${i}`, "x")).join(""), from()),
      "changes to more than 5000 files",
    ],
    [
      "a patch of a hundred megabytes",
      () => commit(file("large", "no line is like another\n".repeat(4_200_000)), from()),
      "patches of more than 20000000 bytes",
    ],
  ])("with %s", async (_, stream, says) => {
    const head = await imported(stream());

    const { message, megabytes } = await refused(head);
    expect(message).toContain(says);
    expect(megabytes).toBeLessThan(150);
  });

  it("with a name of thirty megabytes", async () => {
    const head = await source.commit("Name\n", { ["n".repeat(30_000_000)]: "x\n" });
    await source.store.flush();

    const { message, megabytes } = await refused(head);
    expect(message).toContain("a name of more than 65536 characters");
    expect(megabytes).toBeLessThan(150);
  });
});
