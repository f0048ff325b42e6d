import { appendTrailer } from "../../git/trailers.js";
import { copyTree } from "../../git/transfer.js";
import { editTree, findEntry, listFiles } from "../../git/trees.js";
import { distCommitTrailer } from "../commit.js";
import { ownPlaces } from "../configuration-file.js";
import type { Start, Started } from "../layout.js";
import { readPlainConfiguration } from "./plain-configuration.js";
import { project } from "./projection.js";

const configurationText = "# dist-git's branch holds this tree, without this file.\nlayout: plain\n";

/** One commit on upstream's base that makes its tree dist-git's, files that dist-git keeps aside; none if it is already. */
export async function startPlain(request: Start): Promise<Started> {
  const { source, base, dist, tip, committer } = request;
  const tree = await startingTree(request);
  if (tree === (await source.readCommit(base)).tree) return { head: base, patches: [], warnings: [] };
  const { author } = await dist.readCommit(tip);
  const message = appendTrailer("Take over dist-git's files\n", { key: distCommitTrailer, value: tip });
  const head = source.writeCommit({ tree, parents: [base], author, committer, message });
  return { head, patches: [], warnings: [] };
}

async function startingTree({ source, base, dist, tip }: Start): Promise<string> {
  const configuration = await readPlainConfiguration(source, base);
  const theirs = await project(dist, tip, configuration);
  await copyTree(dist, source, theirs);
  const [place = ""] = ownPlaces;
  const places = await Promise.all(ownPlaces.map((path) => findEntry(source, base, path)));
  const configured = places.some((entry) => entry !== undefined);
  // What dist-git does not hold stays with source-git; the layout is written down, for no look could tell it.
  const others = (await listFiles(source, base)).filter(({ path }) => !configuration.carries(path));
  const changes = new Map(others.map(({ path, mode, id }) => [path, { mode, id }]));
  if (!configured) {
    changes.set(place, { mode: "100644", id: source.writeBlob(Buffer.from(configurationText)) });
  }
  return editTree(source, theirs, changes);
}
