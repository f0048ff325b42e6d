import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What a commit comes to, as a build would see it: its own files, or upstream's with the patches that dist-git lists, applied
 * by git. Says nothing of how Sluice made them.
 */
export function createTrees({ git, gitText }) {
  const files = async (directory, commit) =>
    listed(await gitText(["ls-tree", "-r", "--full-tree", commit], { directory }));

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

  return {
    files,
    applied: async (place, commit) => {
      if (place.layout === "plain") return files(place.distGit.gitDirectory, commit);
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
    },
    /** How often a commit of dist-git is named as brought home by what these revisions contain, and not by what they are based on. */
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
