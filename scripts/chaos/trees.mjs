import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What a commit comes to, as a build would see it: its own files, or upstream's with the patches that dist-git lists, applied
 * by git. Says nothing of how Sluice made them.
 */
export function createTrees({ git, gitText }) {
  /** What a commit holds never changes. */
  const known = new Map();
  const once = (key, make) => known.get(key) ?? known.set(key, make()).get(key);

  const files = (directory, commit) =>
    once(`files ${directory} ${commit}`, async () =>
      listed(await gitText(["ls-tree", "-r", "--full-tree", commit], { directory })),
    );

  async function read(directory, paths) {
    const { stdout } = await git(["cat-file", "--batch"], { directory, input: `${paths.join("\n")}\n` });
    const contents = [];
    for (let at = 0; at < stdout.length;) {
      const end = stdout.indexOf("\n", at);
      const [, , length] = stdout.toString("utf8", at, end).split(" ");
      if (length === undefined) throw new Error(`missing: ${stdout.toString("utf8", at, end)}`);
      contents.push(stdout.subarray(end + 1, end + 1 + Number(length)));
      at = end + 2 + Number(length);
    }
    return contents;
  }

  async function patchesOf({ layout, distGit: { gitDirectory: directory } }, commit) {
    const list = layout === "rpm" ? "tally.spec" : "debian/patches/series";
    const [text] = await read(directory, [`${commit}:${list}`]);
    const names =
      layout === "rpm"
        ? [...text.toString("utf8").matchAll(/^Patch\d*:\s*(\S+)$/gm)].map(([, name]) => name)
        : text
            .toString("utf8")
            .split("\n")
            .filter((line) => /^\w/.test(line))
            .map((name) => `debian/patches/${name}`);
    if (names.length === 0) return Buffer.alloc(0);
    return Buffer.concat(
      await read(
        directory,
        names.map((name) => `${commit}:${name}`),
      ),
    );
  }

  /** The dist-git tree that a build starts from, in a repository that has it. */
  async function startOf({ layout, sourceGit, distGit }, commit) {
    return layout === "rpm" ? [sourceGit.gitDirectory, "v1.4.0"] : [distGit.gitDirectory, commit];
  }

  async function apply(place, commit) {
    const patches = await patchesOf(place, commit);
    const [directory, start] = await startOf(place, commit);
    const folder = mkdtempSync(join(tmpdir(), "sluice-chaos-index-"));
    const options = { directory, environment: { GIT_INDEX_FILE: join(folder, "index") } };
    try {
      await git(["read-tree", start], options);
      if (patches.length > 0)
        await git(["apply", "--cached", "--whitespace=nowarn"], { ...options, input: patches });
      return listed(await gitText(["ls-files", "--stage"], options));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  return {
    files,
    /** Blobs by path; throws where git cannot apply what dist-git lists. */
    applied: (place, commit) =>
      place.layout === "plain"
        ? files(place.distGit.gitDirectory, commit)
        : once(`applied ${place.distGit.gitDirectory} ${commit}`, () => apply(place, commit)),
    /** The text of a blob that a side's commit comes to, "" of none. */
    text: async ({ layout, sourceGit, distGit }, side, blob) => {
      if (blob === undefined) return "";
      // Patches of layout rpm are applied where upstream is.
      const { gitDirectory } = side === "source" || layout === "rpm" ? sourceGit : distGit;
      return once(`text ${gitDirectory} ${blob}`, async () =>
        (await read(gitDirectory, [blob]))[0].toString("utf8"),
      );
    },
    isClean: ({ gitDirectory: directory }, one, other) =>
      once(`clean ${directory} ${one} ${other}`, async () => {
        const args = ["merge-tree", "--write-tree", one, other];
        return (await git(args, { directory, expect: [0, 1] })).exitCode === 0;
      }),
    mergeBase: ({ gitDirectory: directory }, one, other) =>
      once(`base ${directory} ${one} ${other}`, async () =>
        (await gitText(["merge-base", one, other], { directory })).trim(),
      ),
    holds: async ({ gitDirectory: directory }, branch, commit) =>
      (await git(["merge-base", "--is-ancestor", commit, branch], { directory, expect: [0, 1] })).exitCode ===
      0,
    /** The source-git commits that a commit of dist-git says it stands for. */
    standsFor: async ({ gitDirectory: directory }, commit) => {
      const format = "--format=%(trailers:key=From-source-git-commit,valueonly)";
      return (await gitText(["log", "-1", format, commit], { directory })).split("\n").filter(Boolean);
    },
    /** The commits of dist-git that are named as brought home, as often as they are, in what these revisions contain. */
    homeTrailers: async ({ gitDirectory: directory }, revisions) => {
      const text = await gitText(
        ["log", "--format=%(trailers:key=From-dist-git-commit,valueonly)", ...revisions],
        {
          directory,
        },
      );
      return text.split("\n").filter(Boolean);
    },
  };
}

/** Blobs by path, of `ls-tree` as of `ls-files --stage`. */
function listed(text) {
  const lines = text.split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [words, path] = line.split("\t");
      return [path, words.split(" ").find((word) => word.length === 40)];
    }),
  );
}
