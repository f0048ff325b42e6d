import { pathToFileURL } from "node:url";
import { join } from "node:path";

/** Commits as people make them, straight into a forge's bare repository: no clone, one process. */
export async function createCommits(root) {
  const { git, gitText } = await import(pathToFileURL(join(root, "dist", "src", "git", "run.js")));
  /** In each repository, so that a seed replays the same commits; a fork has those of the other as well. */
  const counts = new Map();

  /** Answers its id; no branch has it yet. */
  async function commit({ gitDirectory: directory }, { parent, files, message, author }) {
    const count = (counts.get(directory) ?? 0) + 1;
    counts.set(directory, count);
    const when = `${1_780_000_000 + count * 60} +0000`;
    const input = [
      `commit refs/people/${count}\nmark :1\n`,
      `author ${author} ${when}\ncommitter ${author} ${when}\n${data(message)}from ${parent}\n`,
      ...Object.entries(files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`),
      "\nget-mark :1\n",
    ].join("");
    return (await gitText(["fast-import", "--quiet", "--force"], { directory, input })).trim();
  }

  /** A repository has a commit of another one. */
  async function bring(from, commit, { gitDirectory: directory }) {
    if (from.gitDirectory === directory) return;
    await gitText(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", from.gitDirectory, commit], {
      directory,
    });
  }

  return { commit, bring, git, gitText };
}

function data(text) {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
