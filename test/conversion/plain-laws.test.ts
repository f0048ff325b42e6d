import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { removeRepositories, without, type Content, type Files, type TestRepository } from "./package.js";
import { newPair, type PlainPair } from "./plain-pair.js";

afterEach(removeRepositories);

const content: fc.Arbitrary<Content> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("", "x", "x\n", "y\r\n", "ü\n", "@@ -1 +1 @@\n") },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constantFrom("x\n", "z").map((program) => ({ program })) },
  { weight: 1, arbitrary: fc.constantFrom("a", "../../b").map((link) => ({ link })) },
  { weight: 2, arbitrary: fc.constant(null) },
);
const changesOf = (...names: string[]) =>
  fc.dictionary(fc.constantFrom(...names), content, { maxKeys: 3 }).map((files): Files => files);
const anywhere = changesOf("README", "src/a.c", "src/b c.c", "docs/ü.txt", "docs/\udcff", "ci/x.yml", "a\\b");
const configurations = fc.constantFrom(
  "layout: plain\n",
  "layout: plain\nkeep: [ci/]\n",
  "layout: plain\nexclude: docs\nkeep: /ci\n",
  'layout: plain\ninclude: ["src/**", "README"]\nkeep: [ci]\n',
);
const message = fc.constantFrom("Fix\n", "Fix\n\n---\nMore\n", "Caf\udce9\n", "X\n\nResolves: #1\n", "");
const commits = fc.array(fc.record({ message, files: anywhere }), { minLength: 1, maxLength: 5 });

interface Generated {
  readonly message: string;
  readonly files: Files;
}

/** Commits a generated history; deleting what is not there is left out. */
async function commitAll(repository: TestRepository, history: readonly Generated[]): Promise<void> {
  for (const { message, files } of history) {
    const present = await repository.files();
    const real = Object.entries(files).filter(([path, change]) => change !== null || path in present);
    await repository.commit(message, Object.fromEntries(real));
  }
}

const place = ".distro/source-git.yaml";
const ours = (path: string, configuration: string) =>
  path !== place &&
  !(configuration.includes("keep") && path.startsWith("ci/")) &&
  !(configuration.includes("exclude") && path.startsWith("docs/")) &&
  !(configuration.includes("include") && !path.startsWith("src/") && path !== "README");

/** The files that both sides are to have, with their modes. */
async function carried(repository: TestRepository, configuration: string): Promise<Record<string, string>> {
  const { stdout } = await repository.store.git(["ls-tree", "-r", "-z", repository.tip ?? ""]);
  const entries = stdout.toString("latin1").split("\0").filter(Boolean);
  const files = entries
    .map((entry) => entry.split("\t"))
    .map(([what = "", path = ""]) => [path, what] as const);
  return Object.fromEntries(files.filter(([path]) => ours(path, configuration)));
}

async function begin(configuration: string, source: Generated[], dist: Generated[]): Promise<PlainPair> {
  const pair = await newPair({ [place]: configuration, README: "upstream\n" }, { README: "r\n" });
  await commitAll(pair.source, source);
  await commitAll(pair.dist, dist);
  return pair;
}

describe("the laws of plain", () => {
  it("what is started converts to no change, byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(configurations, commits, commits, async (configuration, source, dist) => {
        const pair = await begin(configuration, source, dist);
        await pair.start();
        expect(await carried(pair.source, configuration)).toEqual(await carried(pair.dist, configuration));
        expect((await pair.convert()).changed).toBe(false);
        expect((await pair.bringHome()).commits).toEqual([]);
        await removeRepositories();
      }),
      { seed: 20_261_121, numRuns: 6 },
    );
  });

  it("source to dist: dist-git has source-git's files, keeps its own, and a second run changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(configurations, commits, commits, async (configuration, source, dist) => {
        const pair = await begin(configuration, [], dist);
        await pair.start();
        await commitAll(pair.source, source);
        const kept = await notCarried(pair, configuration);
        await pair.convert();
        expect(await carried(pair.dist, configuration)).toEqual(await carried(pair.source, configuration));
        expect(await notCarried(pair, configuration)).toEqual(kept);
        expect((await pair.convert()).changed).toBe(false);
        await removeRepositories();
      }),
      { seed: 20_261_121, numRuns: 6 },
    );
  });

  it("dist to source and back is the identity, with one commit for each, words and all", async () => {
    await fc.assert(
      fc.asyncProperty(configurations, commits, async (configuration, history) => {
        const pair = await begin(configuration, [], []);
        await pair.start();
        const before = await pair.source.files();
        await commitAll(pair.dist, history);
        const { commits: brought } = await pair.bringHome();
        expect(brought).toHaveLength(history.length);
        for (const [index, { to }] of brought.entries()) {
          const words = (await pair.source.store.readCommit(to[0] ?? "")).message;
          expect(words.startsWith(history[index]?.message.trimEnd() ?? "?")).toBe(true);
        }
        expect(await carried(pair.source, configuration)).toEqual(await carried(pair.dist, configuration));
        const outside = Object.keys(before).filter((path) => ours(path, configuration));
        expect(await pair.source.files()).toMatchObject(without(before, ...outside));
        expect((await pair.convert()).changed).toBe(false);
        await removeRepositories();
      }),
      { seed: 20_261_121, numRuns: 6 },
    );
  });

  it("nothing is lost or reverted, whoever changes and whoever carries, in whatever order", async () => {
    const step = fc.oneof(
      changesOf("s/1", "s/2", "s/3").map((files) => ({ side: "source" as const, files })),
      changesOf("d/1", "d/2", "d/3").map((files) => ({ side: "dist" as const, files })),
      fc.constantFrom({ carry: "convert" as const }, { carry: "bringHome" as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const pair = await begin("layout: plain\n", [], []);
        await pair.start();
        for (const each of steps) {
          if ("carry" in each) await pair[each.carry]();
          else await commitAll(pair[each.side], [{ message: "Change\n", files: each.files }]);
        }
        const [s, d] = [await pair.source.files(), await pair.dist.files()];
        await pair.bringHome();
        await pair.convert();
        const only = (files: Record<string, string>, side: string) =>
          Object.entries(files).filter(([path]) => path.startsWith(`${side}/`));
        expect(only(await pair.dist.files(), "s")).toEqual(only(s, "s"));
        expect(only(await pair.source.files(), "d")).toEqual(only(d, "d"));
        expect(await carried(pair.source, "")).toEqual(await carried(pair.dist, ""));
        expect((await pair.bringHome()).commits).toEqual([]);
        await removeRepositories();
      }),
      { seed: 20_261_121, numRuns: 6 },
    );
  }, 240_000);
});

async function notCarried({ dist }: PlainPair, configuration: string): Promise<Record<string, string>> {
  const files = await dist.files();
  return without(
    files,
    ...Object.keys(files).filter((path) => !path.startsWith("ci/") || ours(path, configuration)),
  );
}
