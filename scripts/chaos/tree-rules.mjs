import { sharedFiles } from "./people.mjs";
import { sharedLines, standing } from "./standing.mjs";

/** What a counterpart changes, against what its merge request changes; nobody in the plan takes anything back. */

const ownPaths = /^(debian\/)?(distonly|by-hand)-/;

export const treeRules = [
  async function sameTree(seen, say) {
    const both = await treesOf(seen, say);
    if (!both) return;
    const { source, before, after, target } = both;
    const { file } = seen.record;
    const shared = sharedFiles[seen.at.place.fixture];
    if (after.get(file) !== source.get(file)) say(`${file} is another one in dist-git`);
    for (const [path, blob] of before) {
      if (path !== shared && !after.has(path)) say(`it would take ${path} out of dist-git`);
      else if (isOwn(path) && after.get(path) !== blob) say(`it would change dist-git's own ${path}`);
    }
    for (const [path, blob] of after) {
      if (path === file || path === shared || isMadeByLayout(path) || before.get(path) === blob) continue;
      if (![source, target].some((files) => files.get(path) === blob)) say(`dist-git brings another ${path}`);
    }
  },

  async function sameLines(seen, say) {
    const both = await treesOf(seen, say);
    if (!both) return;
    const { place, trees } = seen.at;
    const path = sharedFiles[place.fixture];
    const linesIn = async (side, files) => sharedLines(await trees.text(place, side, files.get(path)));
    const [source, target] = [await linesIn("source", both.source), await linesIn("source", both.target)];
    const [before, after] = [await linesIn("dist", both.before), await linesIn("dist", both.after)];
    const isMine = (line) => line.startsWith(`# ${seen.record.request}: `);
    for (const line of [...before, ...source.filter(isMine)]) {
      if (!after.includes(line)) say(`dist-git lacks "${line}" of ${path}`);
    }
    for (const line of after) {
      if (![...before, ...source, ...target].includes(line)) say(`dist-git has "${line}" in ${path}`);
      if (after.indexOf(line) !== after.lastIndexOf(line)) say(`dist-git has "${line}" twice in ${path}`);
    }
  },

  /** dist-git's own files and its release stay as they were where the counterpart begins. */
  async function keepsDistGit(seen, say) {
    const { mirror, at } = seen;
    if (mirror?.state !== "open" || !seen.base) return;
    const { place, trees } = at;
    const [before, after] = await Promise.all(
      [seen.base, mirror.head].map((commit) => trees.files(place.distGit.gitDirectory, commit)),
    );
    for (const [path, blob] of before) {
      if (isOwn(path) && after.get(path) !== blob) say(`it would take dist-git's own ${path} away`);
    }
    const [was, is] = await Promise.all([before, after].map((files) => releaseIn(at, files)));
    if (was !== is && !(await bringsRelease(seen, { was, is }))) say(`it would make "${was}" "${is}"`);
  },

  /** What conflicts with dist-git's new state is converted anew on top of it. */
  async function fitsOnDistGit(seen, say) {
    const { mirror, at } = seen;
    if (!standing(seen).isMirrored || mirror?.state !== "open") return;
    const tip = at.distBranches.get(mirror.targetBranch);
    if (!(await at.trees.isClean(at.place.distGit, tip, mirror.head)))
      say(`it conflicts with ${mirror.targetBranch} of dist-git`);
  },
];

/** Where its counterpart begins and ends, what its target has, and what source-git has, as files. */
async function treesOf(seen, say) {
  const { mine, mirror, at, base } = seen;
  if (!standing(seen).isMirrored || !base) return undefined;
  const { place, trees, sourceBranches } = at;
  const directory = place.sourceGit.gitDirectory;
  const [source, target] = await Promise.all([
    trees.files(directory, mine.head),
    trees.files(directory, sourceBranches.get(mine.targetBranch)),
  ]);
  const before = await applied(trees, place, base, say);
  const after = await applied(trees, place, mirror.head, say);
  return before && after && { source, target, before, after };
}

/** Blobs by path of what a build of dist-git's commit begins with; where there is none, that is wrong, too. */
export async function applied(trees, place, commit, say) {
  try {
    return await trees.applied(place, commit);
  } catch (error) {
    say(`what dist-git's ${commit} lists cannot be applied: ${error.message}`);
    return undefined;
  }
}

/** With its target branch changed, a merge request may bring what came home to the branch that it was made from. */
async function bringsRelease({ mine, at }, { was, is }) {
  const { place, trees, sourceBranches } = at;
  const { gitDirectory } = place.sourceGit;
  const base = await trees.mergeBase(place.sourceGit, sourceBranches.get(mine.targetBranch), mine.head);
  const [before, after] = await Promise.all(
    [base, mine.head].map(async (commit) => releaseIn(at, await trees.files(gitDirectory, commit), "source")),
  );
  return before === was && after === is;
}

export async function releaseIn({ place, trees }, files, side = "dist") {
  if (place.layout !== "rpm") return undefined;
  const blob = files.get(side === "source" ? ".distro/tally.spec" : "tally.spec");
  const spec = await trees.text({ ...place, layout: undefined }, side, blob);
  return /^Release:.*$/m.exec(spec)?.[0];
}

function isOwn(path) {
  return ownPaths.test(path);
}

/** Layout quilt's tree holds the patches as well. */
function isMadeByLayout(path) {
  return path.startsWith("debian/patches/");
}
